import fc from 'fast-check';

/** Ways to write, each with two small numbers to vary it. Many of them fail at times, as those of a service do. */
const writes: readonly ((n: number, m: number) => string)[] = [
  (n) => `INSERT INTO users (name) VALUES ('u${n}')`,
  (n, m) =>
    `INSERT INTO users (name, mood, tags) SELECT 'bulk${m}-' || i, 'good', ARRAY['x', NULL] FROM generate_series(1, ${n}) i`,
  (n) =>
    `INSERT INTO users (id, name) OVERRIDING SYSTEM VALUE VALUES (${n}, 'anna') ON CONFLICT (name) DO UPDATE SET name = 'upserted'`,
  (n) => `UPDATE users SET name = name || '!', extra = '{"n": ${n}}' WHERE id <= ${n}`,
  (n) => `DELETE FROM users WHERE id % 3 = ${n % 3}`,
  (n) => `DELETE FROM users WHERE id > ${n} AND false`,
  () => 'TRUNCATE users RESTART IDENTITY CASCADE',
  (n) => `INSERT INTO good_users (name, mood) VALUES ('good${n}', 'good')`,
  () => `UPDATE good_users SET mood = 'bad'`,
  (n, m) =>
    `MERGE INTO users u USING (VALUES ('u${n}'), ('anna')) v (name) ON u.name = v.name
     WHEN MATCHED THEN UPDATE SET mood = '${m % 2 ? 'good' : 'bad'}' WHEN NOT MATCHED THEN INSERT (name) VALUES (v.name)`,
  (n, m) => `INSERT INTO sales.orders (user_id, note) VALUES (${n}, '{"m": ${m}}')`,
  (n) => `UPDATE sales.orders SET id = id + ${n + 1}`,
  (n) => `DELETE FROM sales.orders WHERE id = ${n}`,
  (n, m) => `INSERT INTO sales.lines VALUES (${n % 3}, ${m}, 1.5) ON CONFLICT DO NOTHING`,
  () => 'TRUNCATE sales.lines, sales.archive',
  () => 'WITH moved AS (DELETE FROM sales.lines RETURNING *) INSERT INTO sales.archive SELECT * FROM moved',
  (n) => `UPDATE catalogue SET price = -price WHERE id % 50 = ${n}`,
  (n) => `UPDATE catalogue SET data = '{"i":1}' WHERE id = ${n}`,
  (n) => `DELETE FROM catalogue WHERE id > ${n * 40}`,
  (n, m) => `INSERT INTO catalogue (id) VALUES (${1000 + n * m})`,
  (n) => `UPDATE catalogue SET id = id + 1000 WHERE id <= ${n}`,
  (n, m) => `INSERT INTO events (at, text) VALUES (${n * 2}, '${m}'), (${m}, NULL)`,
  (n) => `INSERT INTO events_1 VALUES (${n}, ${n}, 'direct')`,
  () => 'UPDATE events SET at = at + 10 WHERE at < 10',
  () => 'DELETE FROM events_2_rest',
  () => 'TRUNCATE events_2',
  (n) => `UPDATE parent SET a = a + ${n}`,
  (n, m) => `INSERT INTO child VALUES (${n}, ${m})`,
  () => 'TRUNCATE ONLY parent',
  (n, m) => `INSERT INTO tree VALUES (${10 + n}, ${m})`,
  () => 'UPDATE tree SET parent = NULL',
  (n) => `DELETE FROM tree WHERE id = ${n}`,
  (n) => `UPDATE account SET balance = balance - ${n} WHERE id = 1`,
  (n) => `DELETE FROM account WHERE id = ${n}`,
  () => 'INSERT INTO loose SELECT * FROM loose LIMIT 10',
  () => 'DELETE FROM loose WHERE ctid = (SELECT min(ctid) FROM loose)',
  (n) => `INSERT INTO quick (a) VALUES (${n})`,
  (n) => `INSERT INTO "Odd Schema"."It's ""odd""" ("order") VALUES ('${n}')`,
  (n) => `DELETE FROM "Odd Schema"."It's ""odd""" WHERE "Id" = ${n}`,
  () => `SELECT nextval('numbers')`,
  (n) => `SELECT setval('numbers', ${100 + n})`,
  (n) => `ALTER SEQUENCE sales.invoices RESTART WITH ${1 + n}`,
  (n) => `ALTER SEQUENCE quick_id_seq RESTART WITH ${7 + n}`,
  (n) => `ALTER TABLE users ALTER id RESTART WITH ${7 + n}`,
  () => `SELECT nextval('sales.invoices')`,
  (n) =>
    `DO $$ BEGIN INSERT INTO users (name) VALUES ('x${n}'), ('anna'); EXCEPTION WHEN unique_violation THEN NULL; END $$`,
  (n) => `CREATE TABLE IF NOT EXISTS extra (id serial, n int); INSERT INTO extra (n) VALUES (${n})`,
  () => 'DROP TABLE IF EXISTS extra',
  (n) =>
    `CREATE TABLE IF NOT EXISTS events_3 PARTITION OF events FOR VALUES FROM (20) TO (30); INSERT INTO events (at) VALUES (2${n})`,
  (n) => `CREATE TEMP TABLE IF NOT EXISTS passing (n int); INSERT INTO passing VALUES (${n})`,
  () => 'CREATE TABLE copied AS SELECT * FROM users',
  () => 'DROP TABLE IF EXISTS copied',
];

/** What no reset brings back, what only seems so, and what a materialized view or a large object holds. */
const definitions: typeof writes = [
  () => 'DROP TABLE sales.archive',
  () => 'DROP TABLE sales.orders CASCADE',
  () => 'DROP TABLE events_2',
  () => 'ALTER TABLE events DETACH PARTITION events_1',
  (n) => `ALTER TABLE loose RENAME TO loose_${n}`,
  () => 'ALTER TABLE loose SET SCHEMA sales',
  (n) => `ALTER TABLE catalogue ADD COLUMN more_${n} text; UPDATE catalogue SET more_${n} = 'x'`,
  () => 'ALTER TABLE account DROP COLUMN balance',
  () => 'ALTER TABLE users ALTER name DROP NOT NULL',
  () => 'ALTER TABLE account DISABLE TRIGGER note; UPDATE account SET balance = 7',
  () =>
    'ALTER TABLE account DISABLE TRIGGER note; UPDATE account SET balance = 7; ALTER TABLE account ENABLE TRIGGER note',
  () => 'DROP VIEW good_users',
  () => 'ALTER SEQUENCE numbers INCREMENT 7',
  () => 'DROP SEQUENCE sales.invoices',
  (n) => `ALTER TYPE mood ADD VALUE IF NOT EXISTS 'm${n}'`,
  () => `CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`,
  () => 'REFRESH MATERIALIZED VIEW prices',
  () => 'REFRESH MATERIALIZED VIEW CONCURRENTLY prices',
  () => 'REFRESH MATERIALIZED VIEW out_of_date',
  (n) => `SELECT lo_from_bytea(0, '${n}')`,
  () => 'DROP SCHEMA brine CASCADE',
];

const digit = fc.nat(9);

/** One SQL text that writes somewhere. */
export const statement: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 40, arbitrary: fc.constantFrom(...writes) },
      { weight: 1, arbitrary: fc.constantFrom(...definitions) },
    ),
    digit,
    digit,
  )
  .map(([write, n, m]) => write(n, m).replace(/\s+/g, ' '));
