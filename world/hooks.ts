import {
  After,
  AfterAll,
  AfterStep,
  Before,
  BeforeAll,
  BeforeStep,
  Status,
  setDefaultTimeout,
  setParallelCanAssign,
  setWorldConstructor,
} from '@cucumber/cucumber';
import { readRunFacts } from '../support/environment/run-facts';
import { BrineError } from '../support/errors';
import { allowNegativeTimeoutsOf } from '../support/time';
import { AcceptanceWorld } from './acceptance-world';
import { rememberBaselines } from './baselines';
import { findPlacesQuickly } from './definition-place';
import { noteMediaType, timelineOf } from './failure-evidence';
import { Lane } from './lane';
import { mayRunBeside } from './parallel-rules';
import { checkStep } from './running-step';
import { endNotes, unnoticedFaults } from './scenario-end';
import { assertCallsExpected } from './stub-calls';

/** The lane of this worker: opened by the first hook, closed by the last. */
class Worker {
  private opened: Lane | undefined;

  get lane(): Lane {
    if (this.opened !== undefined) return this.opened;
    throw new BrineError('BRINE_ENV_007', { reason: 'the lane of this worker is not open' });
  }

  /** Opens the lane before the first scenario, unless there are fewer scenarios than lanes. */
  async prepare(): Promise<void> {
    if (workerIndex() < Number(process.env.BRINE_LANES ?? Number.POSITIVE_INFINITY)) await this.open();
  }

  /** Also a lane that was not expected to get a scenario opens when it does. */
  async open(): Promise<void> {
    if (this.opened !== undefined) return;
    const file = process.env.BRINE_RUN;
    if (file === undefined) throw new BrineError('BRINE_ENV_007', { reason: 'there is no run' });
    if (file === '') return; // no scenario was chosen
    this.opened = await Lane.open(readRunFacts(file), workerIndex());
    for (const note of this.opened.notReset()) process.stderr.write(`${note}\n`);
  }

  async close(): Promise<void> {
    const lane = this.opened;
    this.opened = undefined;
    try {
      await lane?.[Symbol.asyncDispose]();
    } finally {
      for (const note of lane?.endNotes() ?? []) process.stderr.write(`${note}\n`);
    }
  }
}

function workerIndex(): number {
  return Number(process.env.CUCUMBER_WORKER_ID ?? 0);
}

/** Brine's own time-outs come first: their messages say more than the runner's. */
const graceMs = 2_000;
/** Where the plugin does not run (a dry run), nothing takes any time. */
const usualTimeoutMs = 15_000;
/** The start of each service is bounded by the configuration; this bound is for what nobody has thought of. A reset may start them, too. */
const laneTimeoutMs = 300_000;
const hookTimeoutMs = 60_000;

const evidence = { mediaType: 'text/plain', fileName: 'evidence.txt' };

const worker = new Worker();

findPlacesQuickly();
allowNegativeTimeoutsOf('kafkajs'); // in this thread, and in no other way than this one warning
setWorldConstructor(AcceptanceWorld);
setParallelCanAssign(mayRunBeside);
setDefaultTimeout(Number(process.env.BRINE_STEP_TIMEOUT ?? usualTimeoutMs) + graceMs);

BeforeAll({ name: 'open the lane', timeout: laneTimeoutMs }, () => worker.prepare());

AfterAll({ name: 'close the lane', timeout: hookTimeoutMs }, () => worker.close());

Before(
  { name: 'begin the scenario', timeout: laneTimeoutMs },
  async function (this: AcceptanceWorld, { pickle }) {
    await worker.open();
    this.enter(worker.lane, JSON.stringify([pickle.uri, pickle.name, pickle.steps.map(({ text }) => text)]));
    await worker.lane.assertServed(pickle.id);
    const left = worker.lane.isClean ? [] : await worker.lane.reset();
    for (const note of [...left, ...(await worker.lane.beginScenario())]) this.attach(note, noteMediaType);
    await rememberBaselines(this, pickle);
  },
);

Before({ name: 'begin a transaction', tags: '@transactional' }, async function (this: AcceptanceWorld) {
  await this.lane.begin();
});

BeforeStep(function (this: AcceptanceWorld, step) {
  this.step = step;
  checkStep(step);
});

AfterStep(function (this: AcceptanceWorld, { result, error }) {
  this.step = undefined;
  if (result.status !== Status.FAILED) return;
  if (tellsOfDeath(error)) deathTold.add(this);
  const timeline = timelineOf(this);
  if (timeline !== '') this.attach(timeline, evidence);
});

/** Runs last: hooks after a scenario run in the reverse order of their definition. */
After({ name: 'reset the lane', timeout: laneTimeoutMs }, async function (this: AcceptanceWorld, { result }) {
  try {
    // what SQL steps have left in their connections would change the scenarios after this one
    const [open] = await this.lane.restoreSessions();
    if (open !== undefined && result?.status !== Status.FAILED) throw open;
  } finally {
    await resetLane(this);
  }
  if (result?.status === Status.PASSED) assertCallsExpected(this); // also of what came until the services had settled
});

async function resetLane(world: AcceptanceWorld): Promise<void> {
  if (!world.configuration.cleanupAfterTest) return;
  for (const note of await world.lane.reset()) world.attach(note, noteMediaType);
}

After({ name: 'roll back the transaction', tags: '@transactional' }, async function (this: AcceptanceWorld) {
  await this.lane.rollback();
});

/** One hook for all: each costs the runner two messages, which formatters write down. */
After(
  { name: 'look at what happened', timeout: laneTimeoutMs },
  async function (this: AcceptanceWorld, { result }) {
    if (result?.status === Status.FAILED) await this.lane.lookAtBacking();
    const unnoticed = result?.status === Status.PASSED ? await unnoticedFaults(this) : [];
    const death = deathOf(this);
    for (const note of endNotes(this, result?.status)) this.attach(note, noteMediaType);
    const faults = unnoticed.filter(({ message }) => message !== death?.message);
    const [first, ...others] = death === undefined ? faults : [death, ...faults];
    for (const { message } of others) this.attach(message, evidence);
    if (first !== undefined) throw first;
  },
);

/** A service or a backing server that died fails its scenario even when no step had noticed. */
function deathOf(world: AcceptanceWorld): BrineError | undefined {
  return deathTold.has(world) ? undefined : world.lane.death();
}

/** Scenarios with a step that failed for that reason: it need not be said twice. */
const deathTold = new WeakSet<AcceptanceWorld>();

const deaths: ReadonlySet<string> = new Set(['BRINE_SERVICE_001', 'BRINE_ENV_011']);

function tellsOfDeath(error: unknown): boolean {
  return error instanceof BrineError && deaths.has(error.code);
}
