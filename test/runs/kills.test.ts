import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { assertPortIsFree } from '../../support/environment/ports';
import { KafkaBroker } from '../../support/kafka-broker';
import { eventually } from '../../support/time';
import { query, sharedServer } from '../environment/postgres';
import { Project, type Run } from './project';
import { seededRandom, shuffled } from './seeded-random';
import { echoService } from './services';

const kills = 30;
const signals = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
const stores = ['embedded', 'external'] as const;
/** One in the runner's own thread, or two in workers. */
const laneCounts = [2, 1] as const;
/** What an interrupted run may take to end; and its reaper afterwards, on a busy machine. */
const endLimitMs = 15_000;

type Signal = (typeof signals)[number];
type Store = (typeof stores)[number];
type LaneCount = (typeof laneCounts)[number];

const scenario = (name: string, guard = '') => `
  Scenario: ${name}
    Given table "things" receives rows:
      | name |
      | a    |
    And cache key "k" is set to "v"
    When topic "t" receives an event:
      """
      { "n": 1 }
      """
    And I send GET "/hello"${guard}
    Then table "things" has 1 row
    And the cache has 1 key like "*"
    And topic "t" has 1 event
`;

/** A worker that is told to go on by a file. */
const steps = `
const { existsSync, watch } = require('node:fs');
const { When } = require('@cucumber/cucumber');
When('somebody says go', { timeout: -1 }, () => new Promise((done) => {
  const look = () => { if (existsSync('go')) { watcher.close(); done(); } };
  const watcher = watch('.', look);
  look();
}));
`;

const server = sharedServer();
let broker: KafkaBroker;
let cache: string;
let projects = 0;

/** The stores that a run makes its databases and topics in, where they are not its own. */
async function environmentOf(store: Store): Promise<NodeJS.ProcessEnv> {
  const shared = { BRINE_CACHE_DIR: cache };
  if (store === 'embedded') return shared;
  return {
    ...shared,
    BRINE_POSTGRES_PROVIDER: 'external',
    BRINE_POSTGRES_URL: (await server()).facts.url,
    BRINE_KAFKA_PROVIDER: 'external',
    BRINE_KAFKA_BROKERS: broker.address,
  };
}

let lastPort = 12_000;

/** Of a project of its own: its lanes count up from there, and meet no port that is given to somebody else. */
function portOfNext(): number {
  lastPort += 2;
  return lastPort;
}

/** A project whose database nobody has made before, when it is to be new. */
async function projectOf(port: number, features: string, isNew: boolean): Promise<Project> {
  const comment = isNew ? `-- ${projects++}\n` : '';
  return Project.create({
    files: {
      'echo.js': echoService,
      'steps.js': steps,
      'schema.sql': `${comment}CREATE TABLE things (id serial PRIMARY KEY, name text)`,
      'features/a.feature': `Feature: a\n${features}`,
    },
    brine: `{
      databases: { main: { sql: ['schema.sql'] } },
      services: { echo: { command: 'node echo.js', port: ${port}, env: { PORT: '{{self.port}}' } } },
    }`,
  });
}

const several = ['one', 'two', 'three'].map((name) => scenario(name)).join('');

const argumentsOf = (lanes: LaneCount) => (lanes === 1 ? [] : ['--parallel', String(lanes)]);

/** Processes that carry the identifier of one of these runs, wherever they came from. */
function carriersOf(runs: readonly string[]): string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8');
      return runs.some((run) => environment.includes(`BRINE_RUN_ID=${run}\0`));
    } catch {
      return false;
    }
  });
}

/** What runs have made in the stores that others use, but for templates. */
async function madeInStores(): Promise<string[]> {
  const databases = await query<{ name: string }>(
    (await server()).facts.url,
    `SELECT datname AS name FROM pg_database WHERE starts_with(datname, 'brine_') AND NOT starts_with(datname, 'brine_tpl_')`,
  );
  return [
    ...databases.map(({ name }) => `database ${name}`),
    ...broker.topics().map(({ name }) => `topic ${name}`),
    ...broker.groups().map(({ groupId }) => `group ${groupId}`),
  ];
}

const runOf = (made: string) => /brine_([0-9a-f]{8})_/.exec(made)?.[1];

/** How long a run takes on this machine, beside others. */
async function lengthOf(store: Store, lanes: LaneCount): Promise<number> {
  await using project = await projectOf(portOfNext(), several, false);
  const run = project.start(argumentsOf(lanes), { env: await environmentOf(store) });
  const { durationMs, exitCode, output } = await run.ended;
  assert.equal(exitCode, 0, output);
  return durationMs;
}

function identities(project: Project): string[] {
  return project.runDirectories().map((path) => basename(path).replace('brine-run-', ''));
}

/** @returns false when the run was faster this time */
async function killedAfter(run: Run, ms: number, signal: Signal): Promise<boolean> {
  const moment = new Promise<true>((done) => setTimeout(() => done(true), ms));
  const inTime = await Promise.race([moment, run.ended.then(() => false)]);
  if (inTime) run.kill(signal);
  const late = new Promise<never>((_, failed) =>
    setTimeout(() => failed(new Error(`it goes on:\n${run.output}`)), endLimitMs).unref(),
  );
  await Promise.race([run.ended, late]);
  return inTime;
}

describe(`runs that are ended at ${kills} random moments leave nothing`, () => {
  const seed = Number(process.env.BRINE_TEST_SEED ?? randomInt(2 ** 31));
  const random = seededRandom(seed);
  const lengths = new Map<string, number>();
  let other: Project;
  let otherRun: Run;
  let othersProcesses: string[];
  let othersStores: string[];
  const withoutTemporary = (lines: readonly string[]) =>
    lines.filter((line) => !line.startsWith('temporary'));

  before(async () => {
    cache = await mkdtemp(join(tmpdir(), 'brine-kills-cache-'));
    broker = await KafkaBroker.start({ port: 0 });
    other = await projectOf(portOfNext(), scenario('waits', '\n    And somebody says go'), false);
    otherRun = other.start([], { env: await environmentOf('external') });
    await eventually(
      async () => assert.ok((await madeInStores()).filter((made) => made.startsWith('topic')).length > 0),
      { withinMs: 30_000 },
    );
    const measure = async (store: Store, lanes: LaneCount) =>
      lengths.set(`${store} ${lanes}`, await lengthOf(store, lanes));
    // the first embedded one makes the cluster that the others copy
    await Promise.all([measure('external', 1), measure('external', 2), lengthOf('embedded', 1)]);
    await Promise.all([measure('embedded', 1), measure('embedded', 2)]);
    othersProcesses = withoutTemporary(other.leftovers()).sort();
    othersStores = (await madeInStores()).sort();
  });

  after(async () => {
    await other[Symbol.asyncDispose]();
    await broker.close();
    await rm(cache, { recursive: true, force: true });
  });

  it('and of a run that goes on at the same time they take nothing', { concurrency: 3 }, async (t) => {
    t.diagnostic(`BRINE_TEST_SEED=${seed}`);
    const parts = shuffled(
      Array.from({ length: kills }, (_, index) => (index + random()) / kills),
      random,
    );
    await Promise.all(
      parts.map((part, index) => {
        const signal = signals[index % signals.length]!;
        const store = stores[Math.floor(index / signals.length) % stores.length]!;
        const lanes = laneCounts[Math.floor(index / 6) % laneCounts.length]!;
        const isNew = Math.floor(index / 12) % 2 === 1;
        // what makes a template takes longer
        const ms = part * lengths.get(`${store} ${lanes}`)! * (isNew ? 1.2 : 1);
        const name = `${signal} after ${Math.round(ms)} ms, ${store}, ${lanes === 1 ? 'serial' : 'parallel'}${isNew ? ', a new database' : ''}`;
        return t.test(name, async (test) => {
          const port = portOfNext();
          await using project = await projectOf(port, several, isNew);
          const run = project.start(argumentsOf(lanes), { env: await environmentOf(store) });
          const known = new Set<string>();
          const watch = setInterval(() => {
            for (const id of identities(project)) known.add(id);
          }, 50);
          if (!(await killedAfter(run, ms, signal))) test.diagnostic('it had ended before');
          clearInterval(watch);
          for (const id of identities(project)) known.add(id);
          await project.leavesNothing(endLimitMs);
          await eventually(
            async () => {
              const made = (await madeInStores()).filter((each) => known.has(runOf(each) ?? ''));
              assert.deepEqual([...made, ...carriersOf([...known])], []);
            },
            { withinMs: endLimitMs },
          );
          for (const lane of [0, 1]) await assertPortIsFree(port + lane, 'a lane', 'the port');
        });
      }),
    );
    assert.deepEqual(withoutTemporary(other.leftovers()).sort(), othersProcesses);
    assert.deepEqual((await madeInStores()).sort(), othersStores);
    assert.deepEqual(
      readdirSync(join(cache, 'postgres')).filter((name) => name.startsWith('unfinished')),
      [],
    );
    await other.write({ go: '' });
    const { exitCode, output } = await otherRun.ended;
    assert.equal(exitCode, 0, output);
    await other.leavesNothing();
    assert.deepEqual(await madeInStores(), []);
  });
});
