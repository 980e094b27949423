import type { Client } from 'pg';
import { DatabaseReset, type LaneDatabaseFacts } from '../../support/environment/postgres';
import { dirtied, referenceSize, scenarioSql, seededNames, tableNames } from './reference-schema';
import type { BenchServer } from './server';

/** One way to bring a database back, on a database of its own. */
export interface Way extends AsyncDisposable {
  readonly name: string;
  /** Measured in every so many rounds only; 1 unless it is slow. */
  readonly every: number;
  /** Where the other process writes; it is another database after each reset by cloning. */
  readonly url: string;
  /** False when what is written must go through the way's own connection. */
  readonly ownConnection?: Client;
  /** What is measured. */
  reset(): Promise<void>;
  /** Puts right, unmeasured, what an incomplete way leaves. */
  repair?(): Promise<void>;
}

/** Brine's own: it must find out which tables were written. */
export async function brine(name: string, facts: LaneDatabaseFacts): Promise<Way> {
  const reset = await DatabaseReset.open(facts);
  return {
    name,
    every: 1,
    url: facts.url,
    reset: async () => {
      await reset.reset();
    },
    [Symbol.asyncDispose]: () => reset[Symbol.asyncDispose](),
  };
}

const all = tableNames(referenceSize);
const seeded = seededNames(referenceSize);
const childrenFirst = [...all].reverse();

const restart = (names: readonly string[]) =>
  names
    .map((name) => `SELECT setval('${name}_id_seq', ${seeded.includes(name) ? '20, true' : '1, false'});`)
    .join('\n');
const reseed = (names: readonly string[]) =>
  names
    .filter((name) => seeded.includes(name))
    .map((name) => `INSERT INTO ${name} SELECT * FROM base.${name};`)
    .join('\n');
const remove = (names: readonly string[]) => names.map((name) => `DELETE FROM ${name};`).join('\n');

const everything = `BEGIN; ${remove(childrenFirst)} ${reseed(all)} ${restart(all)} COMMIT`;
const known = `BEGIN; SET LOCAL session_replication_role = replica; ${remove(dirtied)} ${reseed(dirtied)} COMMIT`;
const truncate = `TRUNCATE ${all.join(', ')} CASCADE`;

interface Plan {
  readonly name: string;
  readonly every?: number;
  readonly sql: string;
  /** It leaves the seeds or the identities as it should not. */
  readonly incomplete?: boolean;
}

const plans: readonly Plan[] = [
  {
    name: 'DELETE of the 3 (known beforehand), session_replication_role',
    sql: known,
    incomplete: true,
  },
  { name: 'DELETE of all 30, multi-statement', sql: remove(childrenFirst), incomplete: true },
  { name: 'the same, with seeds and identities', sql: everything },
  { name: 'TRUNCATE of all 30 CASCADE', sql: truncate, every: 10, incomplete: true },
  {
    name: 'the same, with seeds and identities',
    sql: `BEGIN; ${truncate}; ${reseed(all)} ${restart(all)} COMMIT`,
    every: 10,
  },
];

async function bySql(server: BenchServer, database: string, plan: Plan): Promise<Way> {
  const client = await prepared(server, database);
  const run = async (sql: string) => {
    await client.query(sql);
  };
  return {
    name: plan.name,
    every: plan.every ?? 1,
    url: server.urlOf(database),
    reset: () => run(plan.sql),
    ...(plan.incomplete === true ? { repair: () => run(everything) } : {}),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** With a copy of the seeds to restore them from. */
async function prepared(server: BenchServer, database: string): Promise<Client> {
  await server.plain(database, referenceSize);
  const client = await server.connect(database);
  await client.query('SET jit = off; CREATE SCHEMA base');
  for (const name of seeded) await client.query(`CREATE TABLE base.${name} AS SELECT * FROM ${name}`);
  return client;
}

/**
 * The least that bringing back rows costs: as Brine does it, by a function whose plans the server keeps, but written by
 * hand for tables that are known beforehand.
 */
async function byFunction(server: BenchServer): Promise<Way> {
  const client = await prepared(server, 'function');
  const sets = restart(dirtied).replaceAll('SELECT setval', 'PERFORM setval');
  await client.query('SET session_replication_role = replica');
  await client.query(`CREATE FUNCTION base.restore() RETURNS void LANGUAGE plpgsql AS
    $$ BEGIN ${remove(dirtied)} ${reseed(dirtied)} ${sets} END $$`);
  return {
    name: 'the same with seeds and identities, a function by hand (the floor of rows)',
    every: 1,
    url: server.urlOf('function'),
    reset: async () => {
      await client.query({ name: 'restore', text: 'SELECT base.restore()' });
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** Looks which tables have rows; those with seeds always have some, and must be written anew. */
async function byProbe(server: BenchServer): Promise<Way> {
  const client = await prepared(server, 'probe');
  const text = `SELECT ${all.map((name) => `EXISTS (SELECT FROM ${name})`).join(', ')}`;
  const dirty = async (): Promise<string[]> => {
    const { rows } = await client.query<boolean[]>({ name: 'probe', text, rowMode: 'array' });
    return childrenFirst.filter((name) => rows[0]?.[all.indexOf(name)] === true);
  };
  return {
    name: 'EXISTS probe of all 30 + DELETE, seeds, identities',
    every: 1,
    url: server.urlOf('probe'),
    reset: async () => {
      const names = await dirty();
      await client.query(
        `BEGIN; SET LOCAL session_replication_role = replica; ${remove(names)} ${reseed(names)} ${restart(names)} COMMIT`,
      );
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** The floor: nothing was ever committed. Sees only what goes through its own connection. */
async function byRollback(server: BenchServer): Promise<Way> {
  const client = await prepared(server, 'rolled');
  await client.query('BEGIN');
  return {
    name: 'ROLLBACK + BEGIN (own connection only: the floor of all)',
    every: 1,
    url: server.urlOf('rolled'),
    ownConnection: client,
    reset: async () => {
      await client.query('ROLLBACK');
      await client.query('BEGIN');
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

async function byClone(server: BenchServer): Promise<Way> {
  await server.plain('pristine', referenceSize);
  const admin = await server.connect('postgres');
  const clone = (name: string) => admin.query(`CREATE DATABASE ${name} TEMPLATE pristine STRATEGY file_copy`);
  let count = 0;
  await clone('clone_0');
  let connection = await server.connect('clone_0');
  return {
    name: 'clone of a template + connect + drop of the old',
    every: 30,
    get url() {
      return server.urlOf(`clone_${count}`);
    },
    reset: async () => {
      await clone(`clone_${count + 1}`);
      const old = connection;
      connection = await server.connect(`clone_${count + 1}`);
      await old.end();
      await admin.query(`DROP DATABASE clone_${count} WITH (FORCE)`);
      count++;
    },
    [Symbol.asyncDispose]: async () => {
      await connection.end();
      await admin.end();
    },
  };
}

/** The alternatives, each on a database that has nothing of Brine's. */
export async function alternatives(server: BenchServer): Promise<Way[]> {
  const [known, ...others] = await Promise.all(
    plans.map((plan, index) => bySql(server, `plain_${index}`, plan)),
  );
  return [
    await byRollback(server),
    await byProbe(server),
    ...(known === undefined ? [] : [known]),
    await byFunction(server),
    ...others,
    await byClone(server),
  ];
}

/** The same writes for every way, from the other process where the way can bear it. */
export const writes = scenarioSql;
