import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DatabaseClient } from '../../support/clients';
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
      /unknown table of database "shop" "peple"\n.*did you mean "people"\?/,
    );
    await assert.rejects(
      client.insert('people', ['nane'], [['x']]),
      /unknown column .*"nane"\n.*did you mean "name"\?/,
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
