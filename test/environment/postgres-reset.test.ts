import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { DatabaseReset, type LaneDatabaseFacts } from '../../support/environment/postgres';
import { databaseOfUrl, urlOfDatabase } from '../../support/environment/postgres/connection';
import { laneDatabase, query, roleUrl, sharedServer } from './postgres';

const server = sharedServer();

const shop = `
  CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE,
    shout text GENERATED ALWAYS AS (upper(name)) STORED);
  CREATE TABLE orders (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users ON DELETE CASCADE, note json);
  CREATE TABLE lines (order_id int NOT NULL REFERENCES orders ON DELETE CASCADE, no int, PRIMARY KEY (order_id, no));
  CREATE TABLE untouched (id int);
  CREATE VIEW order_count AS SELECT count(*) FROM orders;
  CREATE MATERIALIZED VIEW user_names AS SELECT name FROM users;
  CREATE SEQUENCE numbers START 100;
`;
const seed = `
  INSERT INTO users (name) VALUES ('anna'), ('bert');
  INSERT INTO orders (user_id, note) VALUES (1, '{"gift": true}');
  INSERT INTO lines VALUES (1, 1), (1, 2);
`;

/** Every row of every table outside Brine's schema, and every sequence. */
async function state(url: string): Promise<unknown> {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'S') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('brine', 'information_schema')
       ORDER BY 1`,
    );
    const contents: Record<string, unknown> = {};
    for (const { name } of tables) {
      const { rows } = await client.query({
        text: `SELECT * FROM ${name}`,
        types: { getTypeParser: () => String },
      });
      // log_cnt is the server's own affair
      contents[name] = rows.map(({ log_cnt, ...row }) => JSON.stringify(row)).sort();
    }
    return contents;
  } finally {
    await client.end();
  }
}

/** Runs the statements on a connection of another process's kind, resets, and compares with the state before. */
async function restores(
  database: LaneDatabaseFacts,
  statements: string[],
  restored?: string[],
): Promise<void> {
  await using reset = await DatabaseReset.open(database);
  const baseline = await state(database.url);
  for (const round of [1, 2]) {
    await query(database.url, ...statements);
    const report = await reset.reset();
    if (restored !== undefined) assert.deepEqual([...report.restored].sort(), restored);
    assert.deepEqual(await state(database.url), baseline, `round ${round}`);
    assert.deepEqual(
      await reset.reset(),
      { restored: [], created: [], changed: [] },
      'the reset itself marks nothing dirty',
    );
  }
}

test('rows inserted, changed and deleted by another connection are as before, with their foreign keys', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await restores(
    database,
    [
      `INSERT INTO users (name) VALUES ('carl')`,
      `UPDATE users SET name = 'bertha' WHERE name = 'bert'`,
      `INSERT INTO orders (user_id) VALUES (3)`,
      'DELETE FROM orders WHERE id = 1',
    ],
    ['public.lines', 'public.orders', 'public.users'],
  );
});

test('rows deleted by a cascade come back', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await restores(database, ['DELETE FROM users'], ['public.lines', 'public.orders', 'public.users']);
});

test('TRUNCATE by a service is undone, also with RESTART IDENTITY and CASCADE', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await restores(
    database,
    ['TRUNCATE users RESTART IDENTITY CASCADE'],
    ['public.lines', 'public.orders', 'public.users'],
  );
});

test('MERGE is seen', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await restores(
    database,
    [
      `MERGE INTO users u USING (VALUES ('dora')) v (name) ON u.name = v.name WHEN NOT MATCHED THEN INSERT (name) VALUES (v.name)`,
    ],
    ['public.users'],
  );
});

test('sequences go back when the insert failed, was rolled back, or never was', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await restores(database, ['BEGIN', `INSERT INTO users (name) VALUES ('carl')`, 'ROLLBACK'], []);
  await restores(
    database,
    [
      `DO $$ BEGIN INSERT INTO users (name) VALUES ('anna'); EXCEPTION WHEN unique_violation THEN NULL; END $$`,
    ],
    [],
  );
  await restores(database, [`SELECT nextval('numbers')`], []);
});

test('sequences that were restarted go back, also when a replica did it and nothing was drawn from them', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await restores(database, ['ALTER SEQUENCE numbers RESTART WITH 500'], []);
  await restores(database, ['ALTER TABLE users ALTER id RESTART WITH 7'], ['public.users']);
  await restores(
    database,
    ['SET session_replication_role = replica', 'ALTER SEQUENCE numbers RESTART WITH 500'],
    [],
  );
});

test('a table that is written while its triggers are disabled is restored, and watched again when they stay so', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  const [disable, enable] = ['DISABLE', 'ENABLE'].map((verb) => `ALTER TABLE users ${verb} TRIGGER ALL`);
  const unseen = `INSERT INTO users (name) VALUES ('unseen')`;
  await restores(database, [disable!, unseen, enable!], ['public.users']);
  await restores(database, [disable!, unseen], ['public.users']);
  await restores(database, [unseen], ['public.users']);
});

test('a write that is committed after a reset is undone by the next one', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await using reset = await DatabaseReset.open(database);
  const baseline = await state(database.url);
  const late = new Client(database.url);
  await late.connect();
  await late.query('BEGIN');
  await late.query(`INSERT INTO users (name) VALUES ('late')`);
  await query(database.url, `INSERT INTO users (name) VALUES ('early')`);
  assert.deepEqual((await reset.reset()).restored, ['public.users']);
  await late.query('COMMIT');
  await late.end();
  assert.deepEqual((await reset.reset()).restored, ['public.users']);
  assert.deepEqual(await state(database.url), baseline);
});

test('two writers of one table do not wait for each other', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  const first = new Client(database.url);
  await first.connect();
  await first.query('BEGIN');
  await first.query(`INSERT INTO users (name) VALUES ('first')`);
  await query(database.url, `SET lock_timeout = '1s'`, `INSERT INTO users (name) VALUES ('second')`);
  await first.end();
});

test('partitioned tables are restored, written through the parent or through a partition', async () => {
  const database = await laneDatabase(
    await server(),
    `CREATE TABLE events (id int GENERATED BY DEFAULT AS IDENTITY, at int NOT NULL, text text) PARTITION BY RANGE (at);
     CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);
     CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (10) TO (20) PARTITION BY LIST (at);
     CREATE TABLE events_2_rest PARTITION OF events_2 DEFAULT;`,
    `INSERT INTO events (at, text) VALUES (1, 'a'), (11, 'b')`,
  );
  await restores(database, [`INSERT INTO events (at) VALUES (2), (12)`], ['public.events']);
  await restores(
    database,
    [`INSERT INTO events_1 VALUES (7, 3)`, `DELETE FROM events_2_rest`],
    ['public.events'],
  );
  await restores(database, ['TRUNCATE events_2'], ['public.events']);
});

test('a partition made during a scenario is emptied', async () => {
  const database = await laneDatabase(
    await server(),
    'CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at);',
  );
  await using reset = await DatabaseReset.open(database);
  await query(
    database.url,
    'CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM (20) TO (30)',
    'INSERT INTO events_3 VALUES (21)',
  );
  await reset.reset();
  assert.deepEqual(await query(database.url, 'SELECT * FROM events'), []);
  await query(database.url, 'INSERT INTO events_3 VALUES (22)');
  assert.deepEqual((await reset.reset()).restored, ['public.events']);
  assert.deepEqual(await query(database.url, 'SELECT * FROM events'), []);
});

test('inheriting tables are restored when the parent is updated', async () => {
  const database = await laneDatabase(
    await server(),
    'CREATE TABLE parent (a int); CREATE TABLE child (b int) INHERITS (parent);',
    'INSERT INTO child VALUES (1, 2)',
  );
  await restores(database, ['UPDATE parent SET a = 5']);
});

test('several schemas, mixed case and awkward names are restored', async () => {
  const database = await laneDatabase(
    await server(),
    `CREATE SCHEMA "Sales Dept"; CREATE TABLE "Sales Dept"."Order's ""Lines""" ("Id" serial PRIMARY KEY, "order" text);
     CREATE SCHEMA audit; CREATE TABLE audit.users (id int); CREATE TABLE users (id int);`,
    `INSERT INTO "Sales Dept"."Order's ""Lines""" ("order") VALUES ('x')`,
  );
  await restores(
    database,
    [
      `INSERT INTO "Sales Dept"."Order's ""Lines""" ("order") VALUES ('y')`,
      'INSERT INTO audit.users VALUES (1)',
    ],
    [`"Sales Dept"."Order's ""Lines"""`, 'audit.users'],
  );
});

test('names that the tracking uses itself, and that end a quotation, are restored', async () => {
  const columns = ['rel', 'done', 'names', 'dirty', 'step', 'swap', 'b', 't', '"$make$"', '"%1$s"'];
  const [create, values] = [columns.map((name) => `${name} int`).join(), columns.map(() => '1').join()];
  const names = ['tracked', '"it\'s $restore$ %s"'];
  const database = await laneDatabase(
    await server(),
    names.map((name) => `CREATE TABLE ${name} (id serial PRIMARY KEY, ${create});`).join(''),
    names.map((name) => `INSERT INTO ${name} (${columns.join()}) VALUES (${values});`).join(''),
  );
  await restores(
    database,
    names.flatMap((name) => [`UPDATE ${name} SET done = 2`, `INSERT INTO ${name} (rel) VALUES (3)`]),
    names.map((name) => `public.${name}`).sort(),
  );
});

test('many seeded rows are restored by their difference', async () => {
  const database = await laneDatabase(
    await server(),
    'CREATE TABLE items (id int PRIMARY KEY, "Name" text, data json, big text)',
    `INSERT INTO items SELECT i, 'n' || i, '{"a": 1}', repeat('x', 5000) FROM generate_series(1, 500) i; INSERT INTO items (id) VALUES (0)`,
  );
  await restores(
    database,
    [
      `UPDATE items SET "Name" = NULL WHERE id = 7`,
      `UPDATE items SET data = '{"a":1}' WHERE id = 8`,
      'DELETE FROM items WHERE id > 490',
      'INSERT INTO items (id) VALUES (9999)',
      'UPDATE items SET id = 10000 WHERE id = 0',
    ],
    ['public.items'],
  );
});

test('rows that have taken the place of others are restored, whatever keys the table has', async () => {
  const columns: Record<string, string> = {
    plain: 'key int PRIMARY KEY, v text, extra json',
    key_only: 'key int PRIMARY KEY',
    always_only: 'key int GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
    unique_too: 'key int PRIMARY KEY, v text UNIQUE',
    expression_too:
      'key int PRIMARY KEY, v text; CREATE UNIQUE INDEX ON expression_too (lower(v)) WHERE v > $$$$',
    excluding: 'key int PRIMARY KEY, v text, EXCLUDE USING btree (v WITH =)',
    including: 'key int, v text, PRIMARY KEY (key) INCLUDE (v)',
    always_key: 'key int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text',
    always_other: 'key int PRIMARY KEY, v text, n int GENERATED ALWAYS AS IDENTITY',
    loose: `key text COLLATE loose PRIMARY KEY, v text`,
    domain: `key fits PRIMARY KEY, v text`,
    partial: 'key numeric, v text, at int DEFAULT 1, PRIMARY KEY (at, key)',
    computed: 'key int PRIMARY KEY, v text, twice text GENERATED ALWAYS AS (v || v) STORED',
    keyless: 'key int, v text',
    ruled:
      'key int PRIMARY KEY, v text; CREATE RULE mute AS ON UPDATE TO ruled WHERE new.v IS NULL DO INSTEAD NOTHING; ALTER TABLE ruled ENABLE ALWAYS RULE mute',
  };
  const names = Object.keys(columns);
  const create = names.map((name) => {
    const [table = '', ...others] = (columns[name] ?? '').split(';');
    return `CREATE TABLE ${name} (${table}); ${others.join(';')};`;
  });
  const valued = names.filter((name) => !name.endsWith('_only'));
  const seeded = names.map((name) => {
    const value = name.endsWith('_only') ? '' : `, 'v' || i`;
    const identity = name.startsWith('always') ? 'OVERRIDING SYSTEM VALUE' : '';
    return `INSERT INTO ${name} ${identity} SELECT i${value} FROM generate_series(1, 5) i;`;
  });
  const database = await laneDatabase(
    await server(),
    `CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
     CREATE DOMAIN fits AS text; ${create.join('\n')}`,
    seeded.join('\n'),
  );
  await restores(database, [
    ...names.map((name) => `DELETE FROM ${name} WHERE key::text = '5'`),
    ...valued.map((name) => `UPDATE ${name} SET v = 'v5' WHERE key::text = '1'`),
    ...valued.map((name) => `UPDATE ${name} SET v = 'v1' WHERE key::text = '2'`),
    'UPDATE plain SET key = 5 WHERE key = 1',
    `UPDATE plain SET extra = '{"a": 1}' WHERE key = 3`,
    'INSERT INTO key_only VALUES (99)',
    `DELETE FROM always_other WHERE key = 3; INSERT INTO always_other VALUES (3, 'v3')`,
    'UPDATE partial SET key = 3.00 WHERE key = 3',
    'UPDATE partial SET at = 2 WHERE key = 4',
  ]);
});

test('values that are equal and yet not the same are restored, in keys, too', async () => {
  const database = await laneDatabase(
    await server(),
    `CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
     CREATE TABLE words (word text COLLATE loose PRIMARY KEY, n numeric, note json);
     CREATE SCHEMA apart; CREATE EXTENSION citext SCHEMA apart; -- where = of unqualified names is that of text
     CREATE TABLE names (name apart.citext PRIMARY KEY, n int);
     CREATE TABLE sums (n numeric PRIMARY KEY, f float8);`,
    `INSERT INTO names VALUES ('Anna', 1), ('Bert', 2); INSERT INTO words VALUES ('Anna', 1.0, '{"a": 1}'), ('Bert', 2.0, NULL); INSERT INTO sums VALUES (1.0, 0.0), (2.0, 1)`,
  );
  await restores(database, [
    `UPDATE words SET word = 'ANNA' WHERE word = 'anna'`,
    `UPDATE words SET n = 2.00, note = '{}' WHERE word = 'bert'`,
    `UPDATE names SET name = 'ANNA' WHERE n = 1`,
    `UPDATE sums SET n = 1.000, f = '-0' WHERE n = 1`,
  ]);
});

test("the tables' own triggers do not fire, and what they wrote is undone", async () => {
  const database = await laneDatabase(
    await server(),
    `CREATE TABLE account (id int PRIMARY KEY, balance int);
     CREATE TABLE history (id serial, what text);
     CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO history (what) VALUES (TG_OP); RETURN NEW; END $$;
     CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION note();`,
    'INSERT INTO account VALUES (1, 10)',
  );
  await restores(database, ['UPDATE account SET balance = 0'], ['public.account', 'public.history']);
});

test('a service that writes with session_replication_role = replica is seen', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await restores(
    database,
    ['SET session_replication_role = replica', `INSERT INTO users (name) VALUES ('carl')`],
    ['public.users'],
  );
});

test('a service of another role needs no right on the tracking', async () => {
  const running = await server();
  const database = await laneDatabase(running, shop, seed);
  const url = await roleUrl(running.facts.url, 'clerk', '', databaseOfUrl(database.url));
  await query(database.url, 'GRANT ALL ON ALL TABLES IN SCHEMA public TO clerk');
  await using reset = await DatabaseReset.open(database);
  await query(url, `INSERT INTO lines VALUES (1, 3)`);
  assert.deepEqual((await reset.reset()).restored, ['public.lines']);
});

test('what services wrote before the reset was opened belongs to the baseline', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await query(
    database.url,
    `INSERT INTO users (name) VALUES ('admin')`,
    'CREATE TABLE migrations (id serial PRIMARY KEY, name text)',
    `INSERT INTO migrations (name) VALUES ('m1')`,
  );
  await restores(
    database,
    [`INSERT INTO users (name) VALUES ('x')`, 'DELETE FROM migrations'],
    ['public.migrations', 'public.users'],
  );
});

test('a table made during a scenario is reported, emptied and stays', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await using reset = await DatabaseReset.open(database);
  await query(database.url, 'CREATE TABLE fresh (id serial)', 'INSERT INTO fresh DEFAULT VALUES');
  assert.deepEqual(await reset.reset(), {
    restored: ['public.fresh'],
    created: ['public.fresh'],
    changed: [],
  });
  assert.deepEqual(await query(database.url, 'INSERT INTO fresh DEFAULT VALUES RETURNING id'), [{ id: 1 }]);
  assert.deepEqual(await reset.reset(), { restored: ['public.fresh'], created: [], changed: [] });
  await query(database.url, 'INSERT INTO fresh DEFAULT VALUES', 'DROP TABLE fresh');
  assert.deepEqual(await reset.reset(), { restored: [], created: [], changed: [] });
});

test('a transaction left open is named when it is in the way, and the reset works after it has ended', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await using reset = await DatabaseReset.open(database);
  const baseline = await state(database.url);
  const holder = new Client({ connectionString: database.url, application_name: 'orders-service' });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(`UPDATE users SET name = 'held' WHERE id = 1`);
  await query(database.url, `UPDATE users SET name = 'free' WHERE id = 2`);
  await assert.rejects(reset.reset(), {
    code: 'BRINE_DB_002',
    message: /process \d+ "orders-service" \(idle in transaction\): UPDATE users/,
  });
  await holder.end();
  await reset.reset();
  assert.deepEqual(await state(database.url), baseline);
});

test('the connection that resets may break in between', async () => {
  const running = await server();
  const database = await laneDatabase(running, shop, seed);
  await using reset = await DatabaseReset.open(database);
  await query(database.url, `INSERT INTO users (name) VALUES ('x')`);
  await query(
    running.facts.url,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'brine reset'`,
  );
  assert.deepEqual((await reset.reset()).restored, ['public.users']);
});

test('after a crash of the server, which loses the notes of what was written, everything is restored', async () => {
  const database = await laneDatabase(await server(), shop, seed);
  await using reset = await DatabaseReset.open(database);
  const baseline = await state(database.url);
  const [victim, witness] = [new Client(database.url), new Client(database.url)];
  for (const client of [victim, witness]) {
    client.on('error', () => {});
    await client.connect();
  }
  await victim.query(`INSERT INTO users (name) VALUES ('x')`);
  await victim.query('CHECKPOINT');
  const { rows } = await victim.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const noticed = new Promise<void>((resolve) => witness.once('end', resolve));
  process.kill(rows[0]!.pid, 'SIGKILL');
  await noticed; // the server has ended all others, and recovers
  assert.ok((await reset.reset()).restored.includes('public.users'));
  assert.deepEqual(await state(database.url), baseline);
  assert.deepEqual(await reset.reset(), { restored: [], created: [], changed: [] });
});

test('rows that resets have removed are cleared away, so that the thousandth reset is as fast as the first', async () => {
  const database = await laneDatabase(await server(), 'CREATE TABLE log (id int PRIMARY KEY)');
  await using reset = await DatabaseReset.open(database);
  const service = new Client(database.url);
  await service.connect();
  for (let scenario = 0; scenario < 420; scenario++) {
    await service.query('INSERT INTO log SELECT generate_series(1, 50)');
    await reset.reset();
  }
  await service.end();
  const [size] = await query(database.url, `SELECT pg_relation_size('log') / 8192 AS pages`);
  assert.ok(Number(size?.pages) < 50, `${size?.pages} pages; without clearing there would be more than 70`);
});

test('a database that is not ours is refused and not even connected to', async () => {
  const url = 'postgres://somebody:secret@127.0.0.1:1/production';
  const whyNot = 'its name does not begin with "brine_"';
  await using reset = await DatabaseReset.open({ database: 'orders', url, mayReset: false, whyNot });
  await assert.rejects(reset.reset(), (error: Error) => {
    assert.match(
      error.message,
      /database "orders" at postgres:\/\/somebody:\*\*\*@127.0.0.1:1\/production is not to be reset/,
    );
    assert.match(error.message, /does not begin with "brine_"[\s\S]*databases\.orders\.mayReset/);
    assert.doesNotMatch(error.message, /secret/);
    return 'code' in error && error.code === 'BRINE_ENV_006';
  });
});

test("somebody's database is tracked while it is used, and left without a trace", async () => {
  const { facts } = await server();
  await query(facts.url, 'CREATE DATABASE brine_somebody');
  const url = urlOfDatabase(facts.url, 'brine_somebody');
  await query(url, shop, seed);
  const database = { database: 'orders', url, mayReset: true, whyNot: '' };
  const before = await state(url);
  const first = await DatabaseReset.open(database);
  const second = await DatabaseReset.open(database);
  await query(url, `INSERT INTO users (name) VALUES ('x')`);
  assert.deepEqual((await first.reset()).restored, ['public.users']);
  await first[Symbol.asyncDispose]();
  await query(url, `INSERT INTO users (name) VALUES ('y')`);
  assert.deepEqual((await second.reset()).restored, ['public.users']);
  await second[Symbol.asyncDispose]();
  assert.deepEqual(await state(url), before);
  assert.deepEqual(await query(url, `SELECT FROM pg_namespace WHERE nspname = 'brine'`), []);
  assert.deepEqual(await query(url, `SELECT FROM pg_trigger WHERE tgname LIKE '%brine%'`), []);
});

test("those who begin with somebody's database at the same time share one baseline, and leave no trace", async () => {
  const { facts } = await server();
  await query(facts.url, 'CREATE DATABASE brine_shared');
  const url = urlOfDatabase(facts.url, 'brine_shared');
  await query(url, shop, seed);
  const before = await state(url);
  const database = { database: 'orders', url, mayReset: true, whyNot: '' };
  const resets = await Promise.all([1, 2, 3, 4].map(() => DatabaseReset.open(database)));
  for (const reset of resets) {
    await query(url, `INSERT INTO users (name) VALUES ('x')`);
    assert.deepEqual((await reset.reset()).restored, ['public.users']);
    assert.deepEqual(await state(url), before);
  }
  await Promise.all(resets.map((reset) => reset[Symbol.asyncDispose]()));
  assert.deepEqual(await query(url, `SELECT FROM pg_namespace WHERE nspname = 'brine'`), []);
});

test('without the right to set session_replication_role, rows are restored in the order of the foreign keys', async () => {
  const { facts } = await server();
  const role = await roleUrl(facts.url, 'modest', 'CREATEDB');
  await query(role, 'CREATE DATABASE brine_modest');
  const url = urlOfDatabase(role, 'brine_modest');
  await query(
    url,
    `${shop}
     CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree);
     CREATE TABLE log (what text);
     CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (TG_OP); RETURN NEW; END $$;
     CREATE TRIGGER note AFTER INSERT OR DELETE ON lines FOR EACH ROW EXECUTE FUNCTION note();`,
    seed,
    'INSERT INTO tree VALUES (1, 2), (2, NULL)',
  );
  const database = { database: 'orders', url, mayReset: true, whyNot: '' };
  await restores(database, ['DELETE FROM users', 'DELETE FROM tree']);
  await restores(database, [
    `UPDATE users SET name = 'x' WHERE id = 1`,
    'UPDATE tree SET id = 3 WHERE id = 1',
  ]);
  await using reset = await DatabaseReset.open(database);
  await query(url, 'CREATE TABLE fresh (id int)', 'INSERT INTO fresh VALUES (1)');
  assert.deepEqual((await reset.reset()).created, ['public.fresh']);
});
