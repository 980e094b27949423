/**
 * What the isolation of databases costs between two scenarios, beside the other ways to get it:
 * `npm run bench:isolation`, or with more rounds than 300: `npm run bench:isolation -- 1000`.
 *
 * The reference schema has 30 tables with foreign keys and identities, a third of them seeded with 20 rows. Before
 * each reset another process writes about 30 rows to three of them. All ways take turns in one run, so that the
 * noise of the machine is shared: read ratios rather than milliseconds. "Complete" is a way that leaves rows, seeds and
 * identities as they were; what TRUNCATE alone does is less than that, and yet what Brine is compared with.
 */
import { tmpdir } from 'node:os';
import { Client } from 'pg';
import { DatabaseReset, type LaneDatabaseFacts } from '../support/environment/postgres';
import { digits, main, print, Samples, table } from './harness';
import { OtherProcess } from './isolation/other-process';
import { referenceSize } from './isolation/reference-schema';
import { RoundTripCounter } from './isolation/round-trips';
import { BenchServer } from './isolation/server';
import { alternatives, brine, type Way, writes } from './isolation/ways';

const large = 10 * referenceSize;
const rounds = Number(process.argv[2] ?? 300);
const blocks = 10;
const warmUp = 5;

const legend = `
Before each reset another process commits about 30 rows to three tables, which is not measured. Only Brine and the probe find out which;
the others are told. All have one connection, open since the start, and but for cloning one to three round trips. "Against TRUNCATE" is
against "TRUNCATE of all ${referenceSize} CASCADE", one statement that brings back neither seeds nor identities ("complete": no).
`;

interface Target {
  readonly what: string;
  readonly met: boolean;
  readonly measured: string;
}

/** Rows and sequences: the way is complete when they are the same afterwards. */
async function stateOf(url: string): Promise<string> {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT oid::regclass::text AS name FROM pg_class
       WHERE relkind IN ('r', 'S') AND relnamespace = 'public'::regnamespace ORDER BY 1`,
    );
    const parts: string[] = [];
    for (const { name } of rows) {
      const content = await client.query(`SELECT * FROM ${name} ORDER BY 1`);
      parts.push(name, JSON.stringify(content.rows.map(({ log_cnt, ...row }) => row)));
    }
    return parts.join('\n');
  } finally {
    await client.end();
  }
}

async function dirty(way: Way, other: OtherProcess): Promise<void> {
  const { url, ownConnection } = way;
  if (ownConnection === undefined) return other.writes({ url, statements: writes, last: way.every > 10 });
  for (const statement of writes) await ownConnection.query(statement);
}

/** Whether the way leaves the database as it was before the writes. */
async function completeness(way: Way, other: OtherProcess): Promise<string> {
  const before = await stateOf(way.url);
  await dirty(way, other);
  await way.reset();
  const after = await stateOf(way.url);
  await way.repair?.();
  return after === before ? 'yes' : 'no';
}

/** The ways take turns in blocks, so that each finds the caches as warm as in a suite of its own. */
async function measure(ways: readonly Way[], other: OtherProcess): Promise<Samples[]> {
  const samples = ways.map(({ name }) => new Samples(name));
  for (let block = 0; block < blocks; block++) {
    for (const [index, way] of ways.entries()) {
      const count = Math.ceil(rounds / blocks / way.every);
      for (let round = -warmUp; round < count; round++) {
        if (round < -1 && way.every > 1) continue; // slow ones are warm after one
        await dirty(way, other);
        const into = round < 0 ? new Samples('warm-up') : samples[index];
        await into?.time(() => way.reset());
        await way.repair?.();
      }
    }
  }
  return samples;
}

/** A reset when nothing was written: its time, and how often it goes to the server and back. */
async function nothingWritten(facts: LaneDatabaseFacts): Promise<{ samples: Samples; roundTrips: number }> {
  using counter = await RoundTripCounter.before(facts.url);
  await using reset = await DatabaseReset.open({ ...facts, url: counter.url });
  for (let round = 0; round < warmUp; round++) await reset.reset();
  const before = counter.count;
  for (let round = 0; round < rounds; round++) await reset.reset();
  const roundTrips = (counter.count - before) / rounds;
  const samples = new Samples('nothing written');
  await using direct = await DatabaseReset.open(facts);
  for (let round = 0; round < rounds; round++) await samples.time(() => direct.reset());
  return { samples, roundTrips };
}

async function bench(place: string, limitMs: number): Promise<Target[]> {
  await using server = await BenchServer.start(place, [referenceSize, large]);
  using other = new OtherProcess();
  const kind = server.inMemory ? 'tmpfs' : 'disk';
  const [small, big] = [lane(server, referenceSize), lane(server, large)];
  const idle = await nothingWritten(small);
  const ways = [
    await brine('Brine: 3 of 30 tables, found and restored', small),
    await brine(`Brine: 3 of ${large} tables`, big),
    ...(await alternatives(server)),
  ];
  const complete: string[] = [];
  for (const way of ways) complete.push(await completeness(way, other));
  const samples = await measure(ways, other);
  for (const way of ways) await way[Symbol.asyncDispose]();

  const truncate = samples.find(({ name }) => name.startsWith('TRUNCATE'))?.median ?? Number.NaN;
  const rows = [...samples, idle.samples].map((sample, index) => [
    sample.name,
    digits(sample.quantile(0.25)),
    digits(sample.median),
    digits(sample.quantile(0.95)),
    `${digits(truncate / sample.median)} x`,
    complete[index] ?? '',
    String(sample.count),
  ]);
  print(`\n${server.version}, data on ${kind} (${place})\n`);
  print(table(['way', '25 % ms', 'median ms', '95 % ms', 'against TRUNCATE', 'complete', 'rounds'], rows));
  print(legend);
  const [three, ofMany] = [samples[0]?.median ?? Number.NaN, samples[1]?.median ?? Number.NaN];
  const growth = ofMany / three - 1;
  return [
    target(`${kind}: median below ${limitMs} ms`, three < limitMs, `${digits(three)} ms`),
    target(
      `${kind}: 25 x as fast as TRUNCATE of all`,
      truncate / three >= 25,
      `${digits(truncate / three)} x`,
    ),
    target(`${kind}: one round trip when nothing was written`, idle.roundTrips === 1, `${idle.roundTrips}`),
    target(
      `${kind}: less than half more from 30 to ${large} tables`,
      growth < 0.5,
      `${(growth * 100).toFixed(0)} %`,
    ),
  ];
}

function target(what: string, met: boolean, measured: string): Target {
  return { what, met, measured };
}

function lane(server: BenchServer, tables: number): LaneDatabaseFacts {
  const facts = server.lanes.get(tables);
  if (facts === undefined) throw new Error(`there is no database of ${tables} tables`);
  return facts;
}

main(async () => {
  const targets = [...(await bench('/dev/shm', 0.6)), ...(await bench(tmpdir(), 1))];
  print('\n');
  print(
    table(
      ['target', 'measured', ''],
      targets.map(({ what, met, measured }) => [what, measured, met ? 'met' : 'MISSED']),
    ),
  );
});
