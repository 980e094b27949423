import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { DatabaseClient } from '../../support/clients';
import { eventually } from '../../support/time';
import { laneDatabase, query, roleUrl, sharedServer } from '../environment/postgres';

const schema = `
  CREATE SCHEMA sales;
  CREATE TABLE people (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE, boss integer REFERENCES people);
  CREATE TABLE orders (id text PRIMARY KEY, person integer NOT NULL REFERENCES people);
  CREATE TABLE badges (id text PRIMARY KEY, name text REFERENCES people (name) ON DELETE CASCADE);
  CREATE TABLE desks (id text PRIMARY KEY, person integer REFERENCES people ON DELETE SET NULL);
  CREATE TABLE sales."Order ""Lines""" (
    "Line No" integer, taken timestamptz, code char(5), total numeric, PRIMARY KEY (taken, "Line No", code) INCLUDE (total));
  CREATE TABLE log (line text);
  CREATE TABLE kept (id integer PRIMARY KEY);
  CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
  CREATE TRIGGER keep BEFORE DELETE ON kept FOR EACH ROW EXECUTE FUNCTION keep();
  CREATE TABLE refused (id integer PRIMARY KEY);
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''never delete this''; END';
  CREATE TRIGGER refuse BEFORE DELETE ON refused FOR EACH ROW EXECUTE FUNCTION refuse();
  CREATE TABLE diverted (id integer PRIMARY KEY);
  CREATE TRIGGER divert BEFORE INSERT ON diverted FOR EACH ROW EXECUTE FUNCTION keep();
  CREATE TABLE parted (id integer PRIMARY KEY) PARTITION BY RANGE (id);
  CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100);
  CREATE TABLE parted_child (id integer, parted integer REFERENCES parted, PRIMARY KEY (id)) PARTITION BY HASH (id);
  CREATE TABLE parted_child_1 PARTITION OF parted_child FOR VALUES WITH (MODULUS 1, REMAINDER 0);`;

const server = sharedServer();
let url: string;
let client: DatabaseClient;

before(async () => {
  url = (await laneDatabase(await server(), schema)).url;
  client = await DatabaseClient.connect('legacy', url, 'foreign');
});

after(() => client[Symbol.asyncDispose]());

/** As another process does it. */
const elsewhere = (...sql: string[]) => query(url, ...sql);
const names = async () => (await elsewhere('SELECT name FROM people ORDER BY name')).map(({ name }) => name);

afterEach(() =>
  elsewhere('TRUNCATE people, orders, badges, desks, sales."Order ""Lines""", log, parted, parted_child'),
);

test('rows that were inserted are deleted, the last one first; those of others stay', async () => {
  await elsewhere("INSERT INTO people (name) VALUES ('somebody')");
  await client.insert('people', ['name'], [['ada'], ['bob']]);
  const [ada] = await elsewhere("SELECT id FROM people WHERE name = 'ada'");
  await client.insert('people', ['name', 'boss'], [['eve', String(ada?.id)]]);
  await client.insert('orders', ['id', 'person'], [['o1', String(ada?.id)]]);
  assert.deepEqual(await client.removeCreated(), []);
  assert.deepEqual(await names(), ['somebody']);
  assert.deepEqual(await elsewhere('SELECT * FROM orders'), []);
});

test('they are forgotten then: a row of others that gets the same key stays', async () => {
  await client.insert('orders', ['id', 'person'], []);
  await client.insert('people', ['name'], [['ada']]);
  await client.removeCreated();
  await elsewhere("INSERT INTO people (name) VALUES ('ada')");
  assert.deepEqual(await client.removeCreated(), []);
  assert.deepEqual(await names(), ['ada']);
});

test('a row that was changed since is deleted; one that was deleted since is no complaint', async () => {
  await client.insert('people', ['name'], [['ada'], ['bob']]);
  await elsewhere(
    "UPDATE people SET name = 'lovelace' WHERE name = 'ada'",
    "DELETE FROM people WHERE name = 'bob'",
  );
  assert.deepEqual(await client.removeCreated(), []);
  assert.deepEqual(await names(), []);
});

test('a key of several columns of any type, in a table of any name, finds its row', async () => {
  const table = 'sales.Order "Lines"';
  const columns = ['Line No', 'taken', 'code', 'total'];
  await elsewhere(`INSERT INTO sales."Order ""Lines""" VALUES (1, '2026-01-01T00:00:00.123457Z', 'a', 1)`);
  await client.insert(table, columns, [['1', '2026-01-01T00:00:00.123456Z', 'a', '1']]);
  await elsewhere('UPDATE sales."Order ""Lines""" SET total = total + 1');
  assert.deepEqual(await client.removeCreated(), []);
  assert.equal((await elsewhere('SELECT * FROM sales."Order ""Lines"""')).length, 1);
});

test('rows of partitions are found and deleted', async () => {
  await client.insert('parted', ['id'], [['7'], ['8']]);
  await elsewhere('INSERT INTO parted_child VALUES (1, 7)');
  assert.deepEqual(await client.removeCreated(), [
    '1 row that a scenario inserted into table "parted" of database "legacy" could not be deleted (id = 7): rows of "parted_child" refer to it',
  ]);
});

for (const [table, sql, what] of [
  ['orders', "INSERT INTO orders SELECT 'o', id FROM people WHERE name = 'ada'", 'forbids the deletion'],
  ['badges', "INSERT INTO badges VALUES ('b', 'ada')", 'would delete them, too'],
  ['desks', "INSERT INTO desks SELECT 'd', id FROM people WHERE name = 'ada'", 'would change them'],
] as const) {
  test(`a row that rows of others refer to by a key that ${what} stays, and so do they`, async () => {
    await client.insert('people', ['name'], [['ada'], ['bob']]);
    await elsewhere(sql);
    const [row] = await elsewhere("SELECT id FROM people WHERE name = 'ada'");
    const before = await elsewhere(`SELECT * FROM ${table}`);
    assert.deepEqual(await client.removeCreated(), [
      `1 row that a scenario inserted into table "people" of database "legacy" could not be deleted (id = ${row?.id}): rows of "${table}" refer to it`,
    ]);
    assert.deepEqual(await names(), ['ada']);
    assert.deepEqual(await elsewhere(`SELECT * FROM ${table}`), before);
  });
}

test('a row that refers to itself is deleted', async () => {
  await client.insert('people', ['name'], [['ada']]);
  await elsewhere('UPDATE people SET boss = id');
  assert.deepEqual(await client.removeCreated(), []);
  assert.deepEqual(await names(), []);
});

test('what cannot be deleted is told, with the reason; the rest is deleted all the same', async () => {
  await client.insert('people', ['name'], [['ada']]);
  await client.insert('log', ['line'], [['one'], ['two']]);
  await client.insert('kept', ['id'], [['1']]);
  await client.insert('refused', ['id'], [['1'], ['2'], ['3'], ['4'], ['5'], ['6']]);
  await client.insert('diverted', ['id'], [['1']]);
  const left = (count: string, table: string) =>
    `${count} that a scenario inserted into table "${table}" of database "legacy" could not be deleted`;
  assert.deepEqual(await client.removeCreated(), [
    `${left('1 row', 'diverted')}: no primary key could be read back`,
    `${left('6 rows', 'refused')} (id = 1; id = 2; id = 3; id = 4; id = 5; ...): never delete this`,
    `${left('1 row', 'kept')} (id = 1): a trigger or a rule keeps it`,
    `${left('2 rows', 'log')}: no primary key could be read back`,
  ]);
  assert.deepEqual(await names(), []);
});

test('a role that may only insert still inserts; what it may not read or delete is told', async () => {
  const facts = (await server()).facts;
  const inserter = await roleUrl(facts.url, 'inserter', '', new URL(url).pathname.slice(1));
  await elsewhere('GRANT INSERT ON log, orders, people TO inserter', 'GRANT SELECT ON people TO inserter');
  const limited = await DatabaseClient.connect('legacy', inserter, 'foreign');
  try {
    await limited.insert('people', ['name'], [['ada']]);
    const [ada] = await elsewhere('SELECT id FROM people');
    await limited.insert('orders', ['id', 'person'], [['o', String(ada?.id)]]);
    const notes = await limited.removeCreated();
    assert.equal(notes.length, 2);
    assert.match(notes[0] ?? '', /"orders" .*: no primary key could be read back$/);
    assert.match(notes[1] ?? '', /"people" .*: permission denied for table/);
  } finally {
    await limited[Symbol.asyncDispose]();
  }
});

test('a row that somebody has locked is waited for a while, then told', async () => {
  await client.insert('people', ['name'], [['ada']]);
  const locked = elsewhere('BEGIN', 'SELECT * FROM people FOR UPDATE', 'SELECT pg_sleep(6)', 'COMMIT');
  const sleeping =
    "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
  await eventually(async () => assert.equal((await elsewhere(sleeping)).length, 1), { withinMs: 5_000 });
  const [note] = await client.removeCreated();
  assert.match(note ?? '', /could not be deleted \(id = \d+\): canceling statement due to statement timeout/);
  await locked;
});

test('a failing insert leaves nothing to delete', async () => {
  await elsewhere("INSERT INTO people (name) VALUES ('ada')");
  await assert.rejects(client.insert('people', ['name'], [['bob'], ['ada']]), /duplicate key/);
  assert.deepEqual(await client.removeCreated(), []);
  assert.deepEqual(await names(), ['ada']);
});

test('rows of a transaction that was rolled back are not deleted again: the key may be of others by now', async () => {
  await client.begin();
  await client.insert('orders', ['id', 'person'], []);
  await client.insert('parted', ['id'], [['9']]);
  await client.deleteAll('parted');
  await client.insert('parted', ['id'], [['9']]);
  await client.rollback();
  await elsewhere('INSERT INTO parted VALUES (9)');
  assert.deepEqual(await client.removeCreated(), []);
  assert.deepEqual(await elsewhere('SELECT * FROM parted'), [{ id: 9 }]);
});

test('a table is not emptied', async () => {
  await elsewhere("INSERT INTO people (name) VALUES ('somebody')");
  await assert.rejects(client.deleteAll('people'), {
    code: 'BRINE_STEP_002',
    message: /table "people" of database "legacy": it is not emptied: .*\n.*databases\.legacy\.mayReset/,
  });
  assert.deepEqual(await names(), ['somebody']);
});
