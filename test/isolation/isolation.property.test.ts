/**
 * Whatever a scenario does, the next one finds the lane as it was at first: random scenarios write to every store,
 * through the world and behind its back, and after each the state is the baseline, row by row and key by key.
 *
 * `FC_RUNS=1000` runs more of them, and `FC_SEED=... FC_PATH=...` those that failed: a failure prints both.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { resolveConfiguration } from '../../support/config';
import { RunEnvironment } from '../../support/environment/run';
import { Lane } from '../../world/lane';
import { Actor, type Scenario, scenario, Tally } from './actions';
import { type Addresses, BackgroundService } from './background-service';
import { schema, seed as seedRows } from './schema';
import { cacheState, differences, Observer, type State } from './state';

const { FC_RUNS, FC_SEED, FC_PATH } = process.env;
const numRuns = Number(FC_RUNS ?? 25);
const seed = Number(FC_SEED ?? randomInt(2 ** 31));
const parameters = { numRuns, seed, ...(FC_PATH === undefined ? {} : { path: FC_PATH }) };

/** A service that says what it was told of its lane: by that the test's own service finds it. */
const told = `
  const { DATABASE: database, CACHE: cache, BROKERS, PORT } = process.env;
  const text = JSON.stringify({ database, cache, brokers: BROKERS.split(',') });
  require('node:http').createServer((request, response) => response.end(text)).listen(PORT, '127.0.0.1');
`;

const project = mkdtempSync(join(tmpdir(), 'brine-isolation-'));
let environment: RunEnvironment;

before(async () => {
  mkdirSync(join(project, 'sql'));
  writeFileSync(join(project, 'sql/1_schema.sql'), schema);
  writeFileSync(join(project, 'sql/seed.sql'), seedRows);
  writeFileSync(join(project, 'told.js'), told);
  const given = {
    provider: 'embedded',
    settleTimeout: '20 seconds',
    databases: { shop: { sql: ['sql/*_*.sql'], seed: ['sql/seed.sql'] } },
    services: {
      told: {
        command: 'exec node told.js',
        env: {
          PORT: '{{self.port}}',
          DATABASE: '{{databases.shop.url}}',
          CACHE: '{{redis.url}}',
          BROKERS: '{{kafka.brokers}}',
        },
      },
    },
    kafka: {
      topics: { orders: { partitions: 2 }, payments: { partitions: 2 }, audit: { partitions: 2 }, done: {} },
    },
  };
  const own = { ...process.env, BRINE_CACHE_DIR: join(project, 'cache') };
  environment = new RunEnvironment(resolveConfiguration(given, {}), {
    projectDirectory: project,
    environment: own,
    report: () => {},
  });
  await environment.start();
});

after(async () => {
  await environment[Symbol.asyncDispose]();
  rmSync(project, { recursive: true, force: true });
});

/** A lane as a worker has it, with a service of its own, and somebody who looks at it from outside. */
class ObservedLane implements AsyncDisposable {
  private count = 0;

  private constructor(
    private readonly lane: Lane,
    private readonly addresses: Addresses,
    private service: BackgroundService,
    private observer: Observer,
    private readonly baseline: State,
    private readonly tally: Tally,
  ) {}

  static async open(index: number, tally: Tally): Promise<ObservedLane> {
    const lane = await Lane.open(environment.facts, index);
    const request = { method: 'GET', path: '/', timeoutMs: 5_000 };
    const addresses: Addresses = JSON.parse((await lane.http.get('told')!.send(request)).text);
    const service = await BackgroundService.start(addresses);
    const observer = await Observer.connect(addresses.database);
    return new ObservedLane(lane, addresses, service, observer, await observer.state(), tally);
  }

  /** As the hooks of the world do it. */
  async run({ transactional, actions }: Scenario): Promise<void> {
    const id = `${this.lane.index}-${this.count++}`;
    const { client } = this.lane.databases.get('shop')!;
    await this.lane.beginScenario();
    assert.deepEqual(this.lane.events.recorder.since(), [], 'a new scenario sees no event');
    if (transactional) await client.begin();
    const actor = new Actor(this.lane, this.service, this.tally, id);
    for (const action of actions) await actor.perform(action);
    await client.rollback();
    const notes = await this.lane.reset();
    if (notes.some((note) => note.includes('was made anew'))) await this.reconnect();
    else assert.deepEqual(notes, [], 'it came to rest');
    this.assertOwnEvents(id);
    await this.assertBaseline();
  }

  /** The database was made anew; what was connected to it was cut off. */
  private async reconnect(): Promise<void> {
    this.tally.renewed++;
    await this.service[Symbol.asyncDispose]();
    await this.observer[Symbol.asyncDispose]();
    this.service = await BackgroundService.start(this.addresses);
    this.observer = await Observer.connect(this.addresses.database);
  }

  /** Those of another scenario, or of another lane, would be here. */
  private assertOwnEvents(id: string): void {
    const scenarios = this.lane.events.recorder
      .since()
      .map(({ value }) => (value as { scenario: string }).scenario);
    assert.deepEqual([...new Set(scenarios)], scenarios.length === 0 ? [] : [id]);
  }

  private async assertBaseline(): Promise<void> {
    assert.deepEqual(differences(this.baseline, await this.observer.state()), []);
    assert.deepEqual(await cacheState(this.lane.cache), []);
    assert.deepEqual(await this.lane.events.lags(), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]();
    await this.observer[Symbol.asyncDispose]();
    await this.lane[Symbol.asyncDispose]();
  }
}

/** Lanes that are opened anew after a failure, so that the search for a smaller one begins from a clean state. */
class Lanes implements AsyncDisposable {
  readonly tally = new Tally();
  private opened: Promise<ObservedLane[]> | undefined;

  constructor(private readonly count: number) {}

  async run(scenarios: readonly (readonly Scenario[])[]): Promise<void> {
    this.opened ??= Promise.all(
      Array.from({ length: this.count }, (_, index) => ObservedLane.open(index, this.tally)),
    );
    const lanes = await this.opened;
    const results = await Promise.allSettled(
      lanes.map(async (lane, index) => {
        for (const scenario of scenarios[index] ?? []) await lane.run(scenario);
      }),
    );
    const failure = results.find(({ status }) => status === 'rejected');
    if (failure?.status !== 'rejected') return;
    await this[Symbol.asyncDispose]();
    throw failure.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const lanes = await this.opened;
    this.opened = undefined;
    await Promise.all((lanes ?? []).map((lane) => lane[Symbol.asyncDispose]()));
  }
}

for (const count of [1, 2]) {
  test(`after any scenario the lane is as it was at first, with ${count} lane(s) at the same time`, async (t) => {
    await using lanes = new Lanes(count);
    const perLane = fc.array(scenario, { minLength: 1, maxLength: 2 });
    const property = fc.asyncProperty(
      fc.tuple(...Array.from({ length: count }, () => perLane)),
      (scenarios) => lanes.run(scenarios),
    );
    await fc.assert(property, parameters);
    const { done, failed, renewed } = lanes.tally;
    t.diagnostic(
      `seed ${seed}, ${numRuns} runs: ${JSON.stringify(done)} done, ${failed} refused, ${renewed} times made anew`,
    );
    if (FC_PATH !== undefined) return;
    assert.ok(done.statements > failed, 'most statements do something');
    assert.ok(Math.min(done.commands, done.events, done.offsets) > 0);
  });
}
