import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseReset } from '../../support/environment/postgres';
import { urlOfDatabase } from '../../support/environment/postgres/connection';
import { databaseLane, laneDatabase, query, roleUrl, sharedServer } from './postgres';

const server = sharedServer();

const shop = `
  CREATE TYPE mood AS ENUM ('good', 'bad');
  CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, mood mood);
  CREATE TABLE orders (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users, note text DEFAULT 'none' CHECK (note <> ''));
  CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);
  CREATE VIEW order_count AS SELECT count(*) FROM orders;
  CREATE MATERIALIZED VIEW user_names AS SELECT name FROM users;
  CREATE UNIQUE INDEX ON user_names (name);
  CREATE MATERIALIZED VIEW unpopulated AS SELECT name FROM users WITH NO DATA;
  CREATE SEQUENCE numbers START 100;
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
  CREATE TRIGGER note AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION note();
  SELECT lo_from_bytea(7777, 'abc');
`;
const seed = `INSERT INTO users (name) VALUES ('anna'), ('bert'); REFRESH MATERIALIZED VIEW user_names`;

/** What a scenario may do that no reset takes back, and how that is told. */
const changes: readonly (readonly [sql: string, told: RegExp])[] = [
  ['DROP TABLE orders CASCADE', /^table public\.orders was dropped$/],
  ['DROP TABLE events_1', /^table public\.events_1 was dropped$/],
  [
    'ALTER TABLE events DETACH PARTITION events_1',
    /^table public\.events_1: inherits public\.events FOR VALUES FROM \(0\) TO \(10\) is gone$/,
  ],
  ['ALTER TABLE users RENAME TO people', /^table public\.users became table public\.people$/],
  [
    'CREATE SCHEMA other; ALTER TABLE orders SET SCHEMA other',
    /^table public\.orders became table other\.orders$/,
  ],
  ['ALTER TABLE users ADD COLUMN email text', /^table public\.users: column email text is new$/],
  [
    'ALTER TABLE orders DROP COLUMN note',
    /^table public\.orders: column note text DEFAULT 'none'::text is gone, constraint /,
  ],
  [
    'ALTER TABLE orders ALTER note TYPE varchar(10)',
    /^table public\.orders: column note text DEFAULT 'none'::text is gone, .*column note character varying\(10\) DEFAULT .* is new/,
  ],
  [
    'ALTER TABLE orders DROP CONSTRAINT orders_note_check',
    /^table public\.orders: constraint orders_note_check CHECK .* is gone$/,
  ],
  [
    'ALTER TABLE users DISABLE TRIGGER note',
    /^table public\.users: CREATE TRIGGER note .* is gone, .* is new$/,
  ],
  ['DROP TRIGGER note ON users', /^table public\.users: CREATE TRIGGER note .* is gone$/],
  ['CREATE UNIQUE INDEX once ON orders (note)', /^table public\.orders: CREATE UNIQUE INDEX once .* is new$/],
  [
    'ALTER TABLE users ENABLE ROW LEVEL SECURITY',
    /^table public\.users: owner .* is gone, .* ROW LEVEL SECURITY .* is new$/,
  ],
  [
    'CREATE ROLE reader; GRANT SELECT ON users TO reader',
    /^table public\.users: owner .* is gone, .* is new$/,
  ],
  ['DROP VIEW order_count', /^view public\.order_count was dropped$/],
  ['CREATE OR REPLACE VIEW order_count AS SELECT 5::bigint AS count', /^view public\.order_count: /],
  [
    `CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`,
    /^function public\.note\(\): /,
  ],
  [`ALTER TYPE mood ADD VALUE 'so so'`, /^type public\.mood: /],
  [
    'ALTER SEQUENCE numbers INCREMENT 5',
    /^sequence public\.numbers: .* INCREMENT 1 .* is gone, .* INCREMENT 5 .* is new$/,
  ],
  ['DROP SEQUENCE numbers', /^sequence public\.numbers was dropped$/],
  [`SELECT lo_unlink(7777)`, /^large object 7777 was removed$/],
  [`DROP SCHEMA brine CASCADE`, /brine/],
];

test('what no reset takes back is noticed and named, and the clone made anew is as it was', async () => {
  const lane = await databaseLane(await server(), shop, seed);
  const [database] = lane.facts;
  const { url } = database!;
  for (const [sql, told] of changes) {
    {
      await using reset = await DatabaseReset.open(database!);
      await query(url, `INSERT INTO users (name) VALUES ('x')`, sql);
      const { changed } = await reset.reset();
      assert.match(changed[0] ?? 'nothing', told, sql);
    }
    await lane.makeAnew(database!.database);
    assert.deepEqual(await query(url, 'SELECT count(*)::int FROM users, order_count'), [{ count: 2 }]);
  }
});

test('what says the same as before, and what is only added, changes nothing', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await using reset = await DatabaseReset.open(database);
  for (const sql of [
    `ALTER TABLE orders DROP CONSTRAINT orders_note_check; ALTER TABLE orders ADD CONSTRAINT orders_note_check CHECK (note <> '')`,
    `ALTER TABLE users DISABLE TRIGGER note; ALTER TABLE users ENABLE TRIGGER note`,
    `CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`,
    'CREATE OR REPLACE VIEW order_count AS SELECT count(*) FROM orders',
    'GRANT SELECT ON users TO postgres',
    'CREATE VIEW more AS SELECT * FROM users; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'CREATE TABLE lines (order_id int REFERENCES orders, user_id int REFERENCES users)',
    'CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (10) TO (20)',
    'CREATE TABLE IF NOT EXISTS users (id int)',
    'CREATE TEMP TABLE passing (a int); ALTER TABLE passing ADD b int; DROP TABLE passing',
    'REINDEX TABLE users; ANALYZE users',
  ]) {
    await query(database.url, sql, `INSERT INTO users (name) VALUES ('x')`);
    const { changed, restored } = await reset.reset();
    assert.deepEqual(changed, [], sql);
    assert.ok(restored.includes('public.users'), sql);
  }
});

test('a temporary table, and CREATE TABLE IF NOT EXISTS of one that exists, cost no look at the definitions', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await using reset = await DatabaseReset.open(database);
  await query(database.url, 'CREATE TEMP TABLE passing (a int)', 'CREATE TABLE IF NOT EXISTS users (id int)');
  assert.deepEqual(await query(database.url, 'SELECT relid FROM brine.dirty'), []);
  assert.deepEqual((await reset.reset()).restored, []);
});

test('a table whose trigger of tracking was dropped is restored and watched again', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await using reset = await DatabaseReset.open(database);
  await query(database.url, 'DROP TRIGGER "~brine" ON users', `INSERT INTO users (name) VALUES ('unseen')`);
  assert.deepEqual((await reset.reset()).restored, ['public.users']);
  await query(database.url, `INSERT INTO users (name) VALUES ('seen')`);
  assert.deepEqual((await reset.reset()).restored, ['public.users']);
});

test('a materialized view that was refreshed holds again what it held; new large objects are removed', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await using reset = await DatabaseReset.open(database);
  for (const concurrently of ['', 'CONCURRENTLY']) {
    await query(
      database.url,
      `INSERT INTO users (name) VALUES ('x')`,
      `REFRESH MATERIALIZED VIEW ${concurrently} user_names`,
      'REFRESH MATERIALIZED VIEW unpopulated',
      `SELECT lo_from_bytea(0, 'new')`,
    );
    assert.deepEqual((await reset.reset()).changed, []);
    assert.deepEqual(await query(database.url, 'SELECT name FROM user_names ORDER BY 1'), [
      { name: 'anna' },
      { name: 'bert' },
    ]);
    await assert.rejects(query(database.url, 'SELECT * FROM unpopulated'), /has not been populated/);
    assert.deepEqual(await query(database.url, 'SELECT oid::int FROM pg_largeobject_metadata'), [
      { oid: 7777 },
    ]);
  }
});

test('a materialized view that was out of date at first needs a new clone once it was refreshed', async () => {
  const database = await laneDatabase(await server(), shop, `INSERT INTO users (name) VALUES ('anna')`);
  await using reset = await DatabaseReset.open(database);
  await query(database.url, 'REFRESH MATERIALIZED VIEW user_names');
  assert.deepEqual((await reset.reset()).changed, [
    'materialized view public.user_names was refreshed, and did not hold what a refresh gives',
  ]);
});

test('a database that is gone is noticed, too', async () => {
  const running = await server();
  const database = await laneDatabase(running, shop, seed);
  await using reset = await DatabaseReset.open(database);
  await query(running.facts.url, `DROP DATABASE "${new URL(database.url).pathname.slice(1)}" WITH (FORCE)`);
  assert.match((await reset.reset()).changed[0] ?? '', /^database "brine_.*" does not exist$/);
});

for (const role of ['superuser', 'modest'] as const) {
  test(`in a database that is no clone a change is an error once, and its baseline from then on (${role})`, async () => {
    const { facts } = await server();
    const admin = role === 'superuser' ? facts.url : await roleUrl(facts.url, 'modest', 'CREATEDB');
    await query(admin, `CREATE DATABASE brine_own_${role}`);
    const url = urlOfDatabase(admin, `brine_own_${role}`);
    await query(url, shop, seed);
    const database = { database: 'orders', url, mayReset: true, whyNot: '' };
    {
      await using reset = await DatabaseReset.open(database);
      await query(
        url,
        `INSERT INTO users (name) VALUES ('x')`,
        'DROP TABLE orders CASCADE',
        'ALTER TABLE users DROP mood',
      );
      await assert.rejects(reset.reset(), {
        code: 'BRINE_DB_003',
        message:
          /changed database "orders".*\n {2}- table public\.orders was dropped\n {2}- view public\.order_count was dropped\n[\s\S]*- table public\.users: column mood/,
      });
      const users = [{ name: 'anna' }, { name: 'bert' }];
      assert.deepEqual(
        await query(url, 'SELECT name FROM users ORDER BY 1'),
        users,
        'its rows are restored all the same',
      );
      await query(
        url,
        `INSERT INTO users (name) VALUES ('y')`,
        `UPDATE users SET name = 'z' WHERE name = 'anna'`,
      );
      assert.deepEqual((await reset.reset()).restored, ['public.users']);
      assert.deepEqual(await query(url, 'SELECT name FROM users ORDER BY 1'), users);
    }
    assert.deepEqual(await query(url, `SELECT FROM pg_namespace WHERE nspname = 'brine'`), []);
  });
}
