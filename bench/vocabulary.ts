/**
 * What the vocabulary costs: `npm run bench:vocabulary`, or with more rounds than 3: `... -- 5`.
 *
 * - A job of 200 scenarios (a POST makes a row and a cached value; status, row and key are asserted; all is reset), beside the
 *   same job written by hand with cucumber-js, supertest, pg and ioredis, with the two usual ways to clean a database of 30 tables.
 *   All take turns, so that the noise of the machine is shared: read ratios rather than milliseconds.
 * - How soon a wait notices a row and an event, and what it costs meanwhile, of a core.
 * - How long it takes to match a JSON of 1,000 fields.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/environment/ports';
import { startInProcessRedis } from '../support/environment/redis/in-process-server';
import { type Json, matchJson } from '../support/matching';
import { Project, type RunResult } from '../test/runs/project';
import { digits, main, print, Samples, table } from './harness';
import { referenceSize, schemaSql, seedSql, tableNames } from './isolation/reference-schema';
import { BenchServer } from './isolation/server';

const rounds = Number(process.argv[2] ?? 3);
const scenarios = 200;
const waits = 25;
/** Waits that are not counted: what they use is loaded with them. */
const firstWaits = 5;
const targets = { byDelete: 1.25, byTruncate: 4, rowMs: 7, eventMs: 2, coreShare: 0.04, jsonMs: 2 };

const service = join(__dirname, 'vocabulary/order-service.js');
const brine = `{
  databases: { main: { sql: ['schema.sql'], seed: ['seed.sql'] } },
  kafka: { topics: { orders: { partitions: 1 } } },
  services: { orders: { command: 'node ${service}', env: {
    PORT: '{{self.port}}', DATABASE_URL: '{{postgres.url}}', REDIS_URL: '{{redis.url}}', KAFKA: '{{kafka.brokers}}',
    TOPIC_PREFIX: '{{kafka.topicPrefix}}', CONNECTIONS_FILE: process.env.CONNECTIONS_FILE,
    ACKNOWLEDGED_FILE: process.env.ACKNOWLEDGED_FILE } } },
}`;
/** Without Kafka, which the job does not use. */
const brineOfJob = brine.replace(/KAFKA:.*\n.*TOPIC_PREFIX: '[^']*',/, '').replace(/ {2}kafka: .*\n/, '');

const ofBrine = (n: number) => `
  Scenario: order ${n}
    When I send POST "/orders" with body:
      """
      { "name": "o-${n}" }
      """
    Then the response status is 201
    And table "t20" has only these rows:
      | name  |
      | o-${n} |
    And cache key "order:o-${n}" is "placed"
`;

const byHand = (n: number) => `
  Scenario: order ${n}
    When the order "o-${n}" is placed
    Then the answer has the status 201
    And the orders are:
      | name  |
      | o-${n} |
    And the cache has "order:o-${n}" as "placed"
`;

const ofWaits = (n: number) => `
  Scenario: a row ${n}
    When I send POST "/later" with body:
      """
      { "name": "row ${n}" }
      """
    And the meter runs
    Then within 5 seconds table "t20" has rows:
      | name    |
      | row ${n} |
    And the notice of the row is noted

  Scenario: an event ${n}
    When I send POST "/later" with body:
      """
      { "name": "event ${n}" }
      """
    And the meter runs
    Then within 5 seconds topic "orders" has an event with key "event ${n}":
      """
      { "name": "event ${n}" }
      """
    And the notice of the event is noted
`;

function feature(count: number, scenario: (n: number) => string): string {
  return `Feature: orders\n${Array.from({ length: count }, (_, n) => scenario(n)).join('')}`;
}

/** From the first scenario's begin to the last one's end, resets included. */
function scenariosMs({ messages }: RunResult): number {
  const at = ({ seconds, nanos }: { seconds: number; nanos: number }) => seconds * 1_000 + nanos / 1e6;
  const times = messages.flatMap(({ testCaseStarted, testCaseFinished }) => {
    const one = testCaseStarted ?? testCaseFinished;
    return one === undefined ? [] : [at(one.timestamp)];
  });
  return Math.max(...times) - Math.min(...times);
}

/** One way to do the job, what its scenarios took, and the whole run. */
class Way {
  readonly job: Samples;
  readonly run: Samples;

  constructor(
    readonly name: string,
    private readonly project: Project,
    private readonly env: () => Promise<NodeJS.ProcessEnv>,
  ) {
    this.job = new Samples(name);
    this.run = new Samples(name);
  }

  async once(isWarmUp: boolean): Promise<void> {
    const result = await this.project.run(isWarmUp ? ['--name', 'order 0$'] : [], await this.env());
    if (result.exitCode !== 0) throw new Error(`${this.name} failed:\n${result.output.slice(-2_000)}`);
    if (isWarmUp) return;
    this.job.add(scenariosMs(result));
    this.run.add(result.durationMs);
  }
}

/** @returns the connections over which Brine sent its requests, too */
async function job(): Promise<{ brine: Way; byDelete: Way; byTruncate: Way; connections: number }> {
  await using server = await BenchServer.start('/dev/shm', []);
  const redis = await startInProcessRedis(0);
  const files = { 'schema.sql': schemaSql(referenceSize), 'seed.sql': seedSql(referenceSize) };
  await using withBrine = await Project.create({
    brine: brineOfJob,
    files: { ...files, 'features/orders.feature': feature(scenarios, ofBrine) },
  });
  const steps = JSON.stringify(join(__dirname, 'vocabulary/hand-written.steps.js'));
  await using hand = await Project.create({
    files: {
      'features/orders.feature': feature(scenarios, byHand),
      'steps.js': `require(${steps})`,
      'cucumber.js': `module.exports = { default: { require: ['steps.js'], format: [['message', 'reports/out/messages.ndjson']] } };`,
      'reports/out/.keep': '',
    },
  });
  const connectionsFile = withBrine.path('connections');
  const cleaned = (name: string, database: string, clean: string) =>
    new Way(name, hand, async () => ({
      PORT: String(await freePort()),
      DATABASE_URL: server.urlOf(database),
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      SERVICE: service,
      CLEAN: clean,
    }));
  try {
    await server.plain('deleted', referenceSize);
    await server.plain('truncated', referenceSize);
    const written = 'DELETE FROM t21; DELETE FROM t20; DELETE FROM t4 WHERE id > 20'; // 20 are seeded
    const all = `TRUNCATE ${tableNames(referenceSize).join(', ')} RESTART IDENTITY CASCADE; ${seedSql(referenceSize)}`;
    const ways = {
      brine: new Way('Brine', withBrine, async () => ({
        CONNECTIONS_FILE: connectionsFile,
        ACKNOWLEDGED_FILE: '',
      })),
      byDelete: cleaned('by hand, DELETE from the tables that were written', 'deleted', written),
      byTruncate: cleaned('by hand, TRUNCATE of all, and the seed', 'truncated', all),
    };
    for (let round = -1; round < rounds; round++) {
      for (const way of Object.values(ways)) await way.once(round < 0);
    }
    return { ...ways, connections: Number(readFileSync(connectionsFile, 'utf8')) };
  } finally {
    await redis.close();
  }
}

interface Notice {
  readonly what: 'row' | 'event';
  readonly latencyMs: number;
  readonly cpuMs: number;
  readonly waitedMs: number;
}

/** What waits have noticed, and what the service itself waited for the acknowledgement of its events, in milliseconds. */
async function notices(): Promise<{ noticed: readonly Notice[]; acknowledged: Samples }> {
  const steps = JSON.stringify(join(__dirname, 'vocabulary/meter.steps.js'));
  await using project = await Project.create({
    brine,
    files: {
      'schema.sql': schemaSql(referenceSize),
      'seed.sql': seedSql(referenceSize),
      'features/waits.feature': feature(waits, ofWaits),
      'steps.js': `require(${steps})`,
    },
  });
  const file = project.path('meter.ndjson');
  const acknowledgedFile = project.path('acknowledged');
  const { exitCode, output } = await project.run([], {
    METER_FILE: file,
    CONNECTIONS_FILE: '',
    ACKNOWLEDGED_FILE: acknowledgedFile,
  });
  if (exitCode !== 0) throw new Error(`the waits failed:\n${output.slice(-2_000)}`);
  const acknowledged = new Samples('acknowledged');
  for (const ms of lines(acknowledgedFile).slice(firstWaits)) acknowledged.add(Number(ms));
  return { noticed: lines(file).map((line) => JSON.parse(line)), acknowledged };
}

function lines(file: string): string[] {
  return readFileSync(file, 'utf8').trim().split('\n');
}

/** Of the waits for one kind of thing: the median of the latencies, and the share of a core. */
function summary(all: readonly Notice[], what: Notice['what']): { median: number; share: number } {
  const latencies = new Samples(what);
  const ofKind = all.filter((notice) => notice.what === what).slice(firstWaits);
  for (const { latencyMs } of ofKind) latencies.add(latencyMs);
  const total = (field: 'cpuMs' | 'waitedMs') => ofKind.reduce((sum, notice) => sum + notice[field], 0);
  return { median: latencies.median, share: total('cpuMs') / total('waitedMs') };
}

function json(): Samples {
  const samples = new Samples('1,000 fields');
  const field = (n: number) => [`field ${n}`, { id: n, name: `name ${n}`, tags: ['a', 'b'] }] as const;
  const actual = Object.fromEntries(Array.from({ length: 250 }, (_, n) => field(n)));
  const expected: Json = JSON.parse(JSON.stringify(actual).replaceAll(/"id":\d+/g, '"id":"#number"'));
  for (let n = -200; n < 500; n++) {
    const begin = performance.now();
    const { mismatches } = matchJson(expected, actual, { mode: 'contains', captured: new Map() });
    if (n >= 0) samples.add(performance.now() - begin);
    if (mismatches.length > 0) throw new Error('it should match');
  }
  return samples;
}

async function bench(): Promise<void> {
  const { brine: ours, byDelete, byTruncate, connections } = await job();
  const rows = [ours, byDelete, byTruncate].map(({ name, job: ofJob, run }) => [
    name,
    digits(ofJob.quantile(0)),
    digits(ofJob.median),
    digits(ofJob.median / scenarios),
    digits(run.median),
  ]);
  print(table([`${scenarios} scenarios`, 'least ms', 'median ms', 'ms each', 'whole run, ms'], rows));
  const { noticed: all, acknowledged } = await notices();
  const row = summary(all, 'row');
  const event = summary(all, 'event');
  const matching = json();
  const target = (what: string, met: boolean, measured: string) => [what, met ? 'yes' : 'NO', measured];
  const overDelete = ours.job.median / byDelete.job.median;
  const underTruncate = byTruncate.job.median / ours.job.median;
  print('\n');
  print(
    table(
      ['target', 'met', 'measured'],
      [
        target(
          `the job takes at most ${targets.byDelete} x the time of DELETE by hand`,
          overDelete <= targets.byDelete,
          `${digits(overDelete)} x`,
        ),
        target(
          `and is at least ${targets.byTruncate} x as fast as TRUNCATE by hand`,
          underTruncate >= targets.byTruncate,
          `${digits(underTruncate)} x`,
        ),
        target(
          'no new TCP connection for each HTTP step',
          connections < scenarios / 10,
          `${connections} connections`,
        ),
        target(
          `a row is noticed within ${targets.rowMs} ms`,
          row.median <= targets.rowMs,
          `${digits(row.median)} ms`,
        ),
        target(
          `for less than ${targets.coreShare * 100} % of a core`,
          row.share < targets.coreShare,
          `${digits(row.share * 100)} % (of an event: ${digits(event.share * 100)} %)`,
        ),
        target(
          `an event within ${targets.eventMs} ms of its acknowledgement`,
          event.median - acknowledged.median <= targets.eventMs,
          `${digits(event.median - acknowledged.median)} ms (${digits(event.median)} ms after it is sent, acknowledged after ${digits(acknowledged.median)} ms)`,
        ),
        target(
          `a JSON of 1,000 fields is matched within ${targets.jsonMs} ms`,
          matching.median <= targets.jsonMs,
          `${digits(matching.median)} ms`,
        ),
      ],
    ),
  );
}

main(bench);
