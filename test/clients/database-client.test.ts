import assert from 'node:assert/strict';
import { after, afterEach, before, describe, mock, test } from 'node:test';
import { DatabaseClient } from '../../support/clients';
import { eventually } from '../../support/time';
import { laneDatabase, query, sharedServer } from '../environment/postgres';

const schema = `
  CREATE SCHEMA sales;
  CREATE TYPE mood AS ENUM ('good', 'bad');
  CREATE TABLE people (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE, height numeric(6, 3), born date,
    seen timestamptz, tags text[], extra jsonb, mood mood DEFAULT 'good', active boolean);
  CREATE TABLE sales."Order Lines" ("Line No" integer, total numeric);`;

const server = sharedServer();
let url: string;
let client: DatabaseClient;

before(async () => {
  url = (await laneDatabase(await server(), schema)).url;
  client = await DatabaseClient.connect('shop', url);
});

after(() => client[Symbol.asyncDispose]());

describe('rows', () => {
  test('are written from text, which becomes the type of each column', async () => {
    const columns = ['name', 'height', 'born', 'seen', 'tags', 'extra', 'mood', 'active'];
    await client.insert('people', columns, [
      ['ada', '1.650', '1815-12-10', '2026-01-01T00:00:00Z', '{a,b}', '{"x": 1}', 'bad', 'true'],
      ['bob', null, null, null, null, null, 'good', 'false'],
    ]);
    const [ada, bob] = await client.rows('people');
    assert.equal(ada?.height, '1.650');
    assert.deepEqual(ada?.tags, ['a', 'b']);
    assert.deepEqual(ada?.extra, { x: 1 });
    assert.equal(new Date(String(ada?.seen)).toISOString(), '2026-01-01T00:00:00.000Z');
    assert.equal(ada?.active, true);
    assert.equal(bob?.height, null);
    await client.deleteAll('people');
  });

  test('of a table with any name in any schema are found', async () => {
    await client.insert('sales.Order Lines', ['Line No', 'total'], [['1', '2.50']]);
    assert.deepEqual(await client.rows('Order Lines'), [{ 'Line No': 1, total: '2.50' }]);
    assert.deepEqual(
      [...(await client.describe('Order Lines')).columns],
      [
        ['Line No', 'number'],
        ['total', 'number'],
      ],
    );
    await client.deleteAll('Order Lines');
  });

  test('of an unknown table or column are an error that names the nearest', async () => {
    await assert.rejects(
      client.rows('peple'),
      /unknown table in database "shop": "peple"\n.*did you mean "people"\?/,
    );
    await assert.rejects(
      client.insert('people', ['nane'], [['x']]),
      /table "people" has no column "nane": did you mean "name"\?/,
    );
  });
});

describe('a transaction', () => {
  test('of several statements is kept whole or not at all', async () => {
    await client.inOneTransaction(
      "INSERT INTO people (name) VALUES ('a'); INSERT INTO people (name) VALUES ('b')",
    );
    const twice = "INSERT INTO people (name) VALUES ('c'); INSERT INTO people (name) VALUES ('a')";
    await assert.rejects(client.inOneTransaction(twice), /duplicate key/);
    assert.deepEqual(
      (await client.rows('people')).map(({ name }) => name),
      ['a', 'b'],
    );
    await client.deleteAll('people');
  });

  test('of a scenario is seen by itself only and rolled back, also after an error in the middle', async () => {
    await client.begin();
    await client.insert('people', ['name'], [['ada']]);
    await assert.rejects(client.insert('people', ['name'], [['ada']]), /duplicate key/);
    await client.insert('people', ['name'], [['bob']]);
    assert.equal((await client.rows('people')).length, 2);
    assert.deepEqual(await query(url, 'SELECT * FROM people'), []);
    await client.rollback();
    assert.deepEqual(await client.rows('people'), []);
    await client.rollback();
  });
});

/** The names in the table, as the world's connection sees them. */
async function names(): Promise<unknown[]> {
  return (await client.query('SELECT name FROM people ORDER BY id')).map(({ name }) => name);
}

function person(name: string): string {
  return `INSERT INTO people (name) VALUES ('${name}')`;
}

describe('inside the transaction of a scenario', () => {
  afterEach(async () => {
    mock.timers.reset();
    await client.rollback();
    assert.deepEqual(await query(url, 'SELECT * FROM people'), [], 'nothing is left of it');
  });

  test('a transaction is a nested one: kept when it commits, undone when it fails, and gone at the end', async () => {
    await client.begin();
    await client.query(person('ada'));
    await client.inOneTransaction(`${person('bob')}; ${person('carl')}`);
    await assert.rejects(client.inOneTransaction(`${person('dora')}; ${person('ada')}`), /duplicate key/);
    await client.query(person('emil'));
    assert.deepEqual(await names(), ['ada', 'bob', 'carl', 'emil']);
    assert.deepEqual(await query(url, 'SELECT * FROM people'), []);
  });

  test('transactions nest as deeply as they are written, also after an error in the middle', async () => {
    await client.begin();
    await client.dataSource.transaction(async (outer) => {
      await outer.query(person('outer'));
      const inner = outer.transaction(async (manager) => {
        await manager.query(person('inner'));
        await manager.transaction((innermost) => innermost.query(person('innermost')));
        await manager.query('SELECT 1 / 0');
      });
      await assert.rejects(inner, /division by zero/);
      await outer.query(person('after'));
    });
    assert.deepEqual(await names(), ['outer', 'after']);
  });

  test('deferred constraints are checked where a transaction of its own would check them', async () => {
    await query(
      url,
      `CREATE TABLE crates (id int PRIMARY KEY); CREATE TABLE lids (crate int REFERENCES crates DEFERRABLE INITIALLY DEFERRED)`,
    );
    await client.begin();
    await client.inOneTransaction('INSERT INTO lids VALUES (1); INSERT INTO crates VALUES (1)');
    await client.inOneTransaction('INSERT INTO lids VALUES (2); INSERT INTO crates VALUES (2)'); // deferred again
    await assert.rejects(client.inOneTransaction('INSERT INTO lids VALUES (3)'), /foreign key/);
    await assert.rejects(client.query('INSERT INTO lids VALUES (4)'), /foreign key/);
    assert.deepEqual(await client.ask('SELECT crate FROM lids ORDER BY crate'), [{ crate: 1 }, { crate: 2 }]);
  });

  test('what uses the data source takes part: its manager, a query runner, a statement that fails', async () => {
    await client.begin();
    await client.dataSource.manager.query(person('manager'));
    const runner = client.dataSource.createQueryRunner();
    await runner.query(person('runner'));
    await assert.rejects(runner.query(person('manager')), /duplicate key/);
    await runner.startTransaction('SERIALIZABLE');
    await runner.query(person('undone'));
    await runner.rollbackTransaction();
    await runner.startTransaction();
    await runner.query(person('kept'));
    await runner.commitTransaction();
    await runner.startTransaction();
    await runner.query(person('forgotten'));
    await runner.release();
    assert.deepEqual(await names(), ['manager', 'runner', 'kept']);
  });

  test('transactions at the same time take turns, and each is kept or undone whole', async () => {
    await client.begin();
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((name, index) =>
        client.dataSource.transaction(async (manager) => {
          await manager.query(person(`${name}1`));
          await manager.query(index % 2 === 0 ? person(`${name}2`) : person(`${name}1`));
        }),
      ),
    );
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
    );
    assert.deepEqual(await names(), ['a1', 'a2', 'c1', 'c2']);
  });

  test('statements at the same time are undone each for itself', async () => {
    await client.begin();
    const statements = ['ada', 'ada', 'bob', 'bob'].map((name) => client.query(person(name)));
    const outcomes = await Promise.allSettled(statements);
    assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 2);
    assert.deepEqual(await names(), ['ada', 'bob']);
  });

  for (const ending of ['SELECT 1; COMMIT', 'COMMIT; SELECT 1 / 0', 'ROLLBACK; BEGIN; SELECT 1']) {
    test(`SQL that ends it (${ending}) is an error, and what follows is undone all the same`, async () => {
      await client.begin();
      await assert.rejects(client.query(ending), {
        code: 'BRINE_STEP_002',
        message: /has ended the transaction of the scenario[\s\S]*I run SQL in one transaction/,
      });
      await client.query(person('later'));
    });
  }

  test('a transaction that waits for itself by way of the data source is told so', async () => {
    await client.begin();
    mock.timers.enable({ apis: ['setTimeout'] });
    const stuck = client.dataSource.transaction(async (manager) => {
      await manager.query(person('first'));
      const inner = client.query(person('second'));
      setImmediate(() => mock.timers.tick(5_000));
      await inner;
    });
    await assert.rejects(stuck, {
      code: 'BRINE_STEP_002',
      message: /inside a transaction use its own manager/,
    });
    mock.timers.reset();
    assert.deepEqual(await names(), []);
  });

  test('what is late cannot write any more', async () => {
    await client.begin();
    const late = client.dataSource.createQueryRunner();
    await late.query(person('early'));
    await client.rollback();
    await assert.rejects(late.query(person('late')), /the transaction of its scenario has been rolled back/);
    await late.release();
  });

  test('its connection may break', async () => {
    await client.begin();
    await client.query(person('ada'));
    const [own] = await client.query('SELECT pg_backend_pid() AS pid');
    await query(url, `SELECT pg_terminate_backend(${own?.pid}, 5000)`);
    await eventually(() => assert.rejects(client.query('SELECT 1')), { withinMs: 2_000 });
    await client.rollback();
    assert.equal(client.inTransaction, false);
    await client.begin();
    await client.query(person('bob'));
    assert.deepEqual(await names(), ['bob']);
  });
});

describe('what SQL leaves in its session', () => {
  const settings =
    "SELECT current_setting('app.name', true) AS name, to_regclass('pg_temp.scratch') AS scratch";
  const locks = "SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND granted";

  async function sessions(): Promise<unknown[]> {
    const all = await Promise.all(Array.from({ length: 4 }, () => client.ask(settings)));
    return all.flat().filter(({ name, scratch }) => name || scratch);
  }

  test('settings, temporary tables and locks, is taken back', async () => {
    await client.query("SET app.name = 'ada'; CREATE TEMP TABLE scratch (n int); SELECT pg_advisory_lock(7)");
    assert.equal((await sessions()).length, 1);
    assert.deepEqual(await client.restoreSessions(), []);
    assert.deepEqual(await sessions(), []);
    assert.deepEqual(await client.ask(locks), [{ n: 0 }]);
  });

  test('a transaction, is undone, and its SQL is told', async () => {
    const sql = "BEGIN; INSERT INTO people (name) VALUES ('nobody')";
    await client.query(sql);
    await client.query('SELECT 1');
    assert.deepEqual(await client.restoreSessions(), [sql]);
    assert.deepEqual(await client.rows('people'), []);
    await client.query('BEGIN');
    await assert.rejects(client.query('nonsense'), /syntax error/);
    assert.deepEqual(await client.restoreSessions(), ['BEGIN']);
    await client.query('BEGIN');
    await client.query('COMMIT');
    assert.deepEqual(await client.restoreSessions(), []);
  });

  test('a lock inside the transaction of a scenario, is taken back after it', async () => {
    await client.begin();
    await client.query('SELECT pg_advisory_lock(8)');
    assert.deepEqual(await client.restoreSessions(), []);
    await client.rollback();
    assert.deepEqual(await client.restoreSessions(), []);
    assert.deepEqual(await client.ask(locks), [{ n: 0 }]);
  });

  test('a broken connection, is replaced', async () => {
    await assert.rejects(client.query('SELECT pg_terminate_backend(pg_backend_pid())'));
    assert.deepEqual(await client.restoreSessions(), []);
    assert.deepEqual(await client.query('SELECT 1 AS one'), [{ one: 1 }]);
    await client.restoreSessions();
  });

  test('costs nothing to take back when no SQL of a step has run', async () => {
    await client.rows('people');
    const acquired: unknown[] = [];
    const pool = (client.dataSource.driver as unknown as { master: import('pg').Pool }).master;
    pool.on('acquire', (one) => acquired.push(one));
    assert.deepEqual(await client.restoreSessions(), []);
    assert.deepEqual(acquired, []);
  });
});

describe('a watch', () => {
  /** Milliseconds until the watch ends while the work is done, of at most so many. */
  async function ended(ms: number, work: () => Promise<unknown>): Promise<number> {
    const watch = await client.watch();
    const begin = performance.now();
    const changed = watch.changed(ms).then(() => performance.now() - begin);
    await work();
    return changed;
  }

  test('ends when a transaction that has written ends, and not before', async () => {
    const other = await DatabaseClient.connect('shop', url);
    try {
      const write = () => other.query(`INSERT INTO people (name) VALUES ('eve')`);
      await other.query('CREATE UNLOGGED TABLE scratch (n int)');
      assert.ok((await ended(10_000, write)) < 5_000, 'a statement alone');
      assert.ok(
        (await ended(10_000, () => other.query('INSERT INTO scratch VALUES (1)'))) < 5_000,
        'not logged',
      );
      await other.begin();
      await write().catch(() => {}); // the name is taken: all the same it had a transaction's number
      const open = async () => {
        await other.rows('people');
        await client.rows('people');
      };
      assert.ok((await ended(60, open)) >= 60, 'reading, and a transaction that is open, change nothing');
      assert.ok((await ended(10_000, () => other.rollback())) < 5_000, 'a rollback');
    } finally {
      await other.rollback();
      await other.query('DROP TABLE scratch');
      await other[Symbol.asyncDispose]();
      await client.deleteAll('people');
    }
  });

  test('sees what has changed between its begin and the question', async () => {
    const watch = await client.watch();
    await client.insert('people', ['name'], [['bob']]);
    const begin = performance.now();
    await watch.changed(10_000);
    assert.ok(performance.now() - begin < 5_000);
    await client.deleteAll('people');
  });

  test('works whatever isolation level sessions have, and takes one connection only', async () => {
    const strict = new URL(url);
    strict.searchParams.set('options', '-c default_transaction_isolation=serializable');
    const other = await DatabaseClient.connect('shop', strict.href);
    try {
      const watches = await Promise.all([1, 2, 3, 4, 5, 6].map(() => other.watch()));
      const changes = Promise.all(watches.map((watch) => watch.changed(10_000)));
      const begin = performance.now();
      await other.ask('SELECT 1'); // there is a connection left for it
      await client.insert('people', ['name'], [['bob']]);
      await changes;
      assert.ok(performance.now() - begin < 5_000);
    } finally {
      await other[Symbol.asyncDispose]();
      await client.deleteAll('people');
    }
  });

  test('that the server refuses leaves no broken connection', async () => {
    await client.query('ALTER LANGUAGE plpgsql RENAME TO plother');
    try {
      const watch = await client.watch();
      await assert.rejects(watch.changed(10_000), /plpgsql/);
    } finally {
      await client.query('ALTER LANGUAGE plother RENAME TO plpgsql');
    }
    assert.deepEqual(await Promise.all([1, 2, 3, 4].map((n) => client.ask(`SELECT ${n} AS n`))), [
      [{ n: 1 }],
      [{ n: 2 }],
      [{ n: 3 }],
      [{ n: 4 }],
    ]);
  });
});
