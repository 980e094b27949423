import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { Client, type Pool } from 'pg';
import { DataSource, EntitySchema } from 'typeorm';
import { DatabaseClient, type ServiceConnection } from '../../support/clients';
import { laneDatabase, query, sharedServer } from '../environment/postgres';

interface Person {
  id: number;
  name: string;
}

const people = new EntitySchema<Person>({
  name: 'Person',
  tableName: 'people',
  columns: { id: { type: Number, primary: true, generated: true }, name: { type: String } },
});

const server = sharedServer();
let url: string;
let world: DatabaseClient;
let service: ServiceConnection;
let pool: Pool;

before(async () => {
  const schema = 'CREATE TABLE people (id serial PRIMARY KEY, name text UNIQUE NOT NULL)';
  url = (await laneDatabase(await server(), schema)).url;
  world = await DatabaseClient.connect('main', url);
  service = world.serviceConnection('api');
  pool = service.pool;
});

afterEach(async () => {
  await world.rollback();
  await world.deleteAll('people');
});

after(async () => {
  await service[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const add = 'INSERT INTO people (name) VALUES ($1) RETURNING name';
const namesOf = async (from: Pick<DatabaseClient, 'rows'>) =>
  (await from.rows('people')).map(({ name }) => name).sort();

async function committed(): Promise<unknown[]> {
  return (await query(url, 'SELECT name FROM people ORDER BY name')).map(({ name }) => name);
}

describe('the connection of a service in this process', () => {
  test('is its own outside of the transaction of a scenario, by its name', async () => {
    await pool.query(add, ['ada']);
    assert.deepEqual(await committed(), ['ada']);
    const { rows } = await pool.query("SELECT current_setting('application_name') AS name");
    assert.deepEqual(rows, [{ name: 'service api' }]);
  });

  test('is in the transaction of the scenario while there is one, and what it wrote is rolled back', async () => {
    await world.begin();
    await world.insert('people', ['name'], [['ada']]);
    assert.deepEqual((await pool.query('SELECT name FROM people')).rows, [{ name: 'ada' }]);
    await pool.query(add, ['grace']);
    assert.deepEqual(await namesOf(world), ['ada', 'grace']);
    assert.deepEqual(await committed(), []);
    await world.rollback();
    assert.deepEqual((await pool.query('SELECT name FROM people')).rows, []);
  });

  test('has nested transactions there: one that is rolled back, or has failed, undoes itself only', async () => {
    await world.begin();
    await pool.query(add, ['ada']);
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query(add, ['grace']);
    await client.query('ROLLBACK');
    await client.query({ text: 'BEGIN' });
    await client.query({ text: add, values: ['edsger'] });
    await assert.rejects(client.query(add, ['ada']), /duplicate key/);
    await assert.rejects(client.query(add, ['barbara']), /current transaction is aborted/);
    assert.equal((await client.query('COMMIT')).command, 'ROLLBACK');
    await client.query('BEGIN');
    await client.query(add, ['alan']);
    assert.equal((await client.query('COMMIT')).command, 'COMMIT');
    client.release();
    assert.deepEqual(await namesOf(world), ['ada', 'alan']);
  });

  test('goes on there after a statement that fails by itself', async () => {
    await world.begin();
    await pool.query(add, ['ada']);
    await assert.rejects(pool.query(add, ['ada']), /duplicate key/);
    await pool.query(add, ['grace']);
    assert.deepEqual(await namesOf(world), ['ada', 'grace']);
  });

  test('may have savepoints of its own in its transactions', async () => {
    await world.begin();
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query(add, ['ada']);
    await client.query('SAVEPOINT mine');
    await assert.rejects(client.query(add, ['ada']), /duplicate key/);
    await client.query('ROLLBACK TO SAVEPOINT mine');
    await client.query(add, ['grace']);
    await client.query('COMMIT');
    client.release();
    assert.deepEqual(await namesOf(world), ['ada', 'grace']);
  });

  test('undoes a transaction there that was not ended when the connection was given back', async () => {
    await world.begin();
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query(add, ['ada']);
    client.release();
    assert.deepEqual(await namesOf(world), []);
  });

  test('answers callbacks there, too', async () => {
    await world.begin();
    const ask = (...given: [string, unknown[]] | [string]) =>
      new Promise((done) =>
        pool.connect((_error, client, release) => {
          client?.query(given[0], given[1] ?? [], (error: Error | null, result) => {
            release();
            done(error?.message ?? result.rows);
          });
        }),
      );
    assert.deepEqual(await ask(add, ['ada']), [{ name: 'ada' }]);
    assert.match(String(await ask(add, ['ada'])), /duplicate key/);
    const counted = new Promise((done) => pool.query('SELECT 1 AS n', (_error, { rows }) => done(rows)));
    assert.deepEqual(await counted, [{ n: 1 }]);
  });

  test('refuses a cursor there', async () => {
    await world.begin();
    const client = await pool.connect();
    const cursor = { submit() {} };
    assert.throws(
      () => client.query(cursor as never),
      /this SQL in a @transactional scenario: a cursor or a stream would need the connection for itself/,
    );
    client.release();
  });

  test("serves TypeORM with the service's own entities", async () => {
    const source = await new DataSource({ ...service.dataSourceOptions, entities: [people] }).initialize();
    const repository = source.getRepository(people);
    await world.begin();
    await repository.save({ name: 'ada' });
    const failing = source.transaction(async (manager) => {
      await manager.save(people, { name: 'grace' });
      await manager.save(people, { name: 'ada' });
    });
    await assert.rejects(failing, /duplicate key/);
    await source.transaction((manager) => manager.save(people, { name: 'alan' }));
    assert.deepEqual(await namesOf(world), ['ada', 'alan']);
    await world.rollback();
    assert.equal(await repository.count(), 0);
    await repository.save({ name: 'ada' });
    assert.deepEqual(await committed(), ['ada']);
    await source.destroy();
  });

  test('ends with the service, also where a connection was never given back', async () => {
    const other = world.serviceConnection('leaky');
    await other.pool.connect();
    await other.pool.query('SELECT 1');
    await other[Symbol.asyncDispose]();
    const client = new Client(url);
    await client.connect();
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'service leaky'",
    );
    await client.end();
    assert.deepEqual(rows, [{ n: 0 }]);
  });
});
