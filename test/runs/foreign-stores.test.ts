import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { type InProcessRedis, startInProcessRedis } from '../../support/environment/redis/in-process-server';
import { query, sharedServer } from '../environment/postgres';
import { outcomes, Project, type ProjectPlan, type RunResult } from './project';

const scenario = (name: string) => `
  Scenario: ${name}
    Then table "people" has only these rows:
      | name     |
      | somebody |
    And cache key "left" is absent
    And cache key "theirs" is "kept"
    Given table "people" receives rows:
      | id  | name  |
      | 100 | ada   |
      | 101 | grace |
    And table "orders" receives rows:
      | id | person |
      | o1 | 100    |
    And cache key "left" is set to "behind"
    And cache key "theirs" is set to "changed"
    When I run SQL:
      """
      INSERT INTO log VALUES ('\${uuid}')
      """
    Then table "orders" has 1 row
`;

const referring = `
  Scenario: one whose row others use
    Given table "people" receives rows:
      | id  | name |
      | 200 | eve  |
    And table "log" receives rows:
      | line |
      | x    |
    When I run SQL:
      """
      INSERT INTO badges VALUES ('b1', 200)
      """

  Scenario: one that would empty a table
    Given table "people" is emptied
`;

const server = sharedServer();
let redis: InProcessRedis;
let url: string;
let databases = 0;

before(async () => {
  redis = await startInProcessRedis(0);
  url = (await server()).facts.url;
});

after(() => redis.close());

/** Somebody's database and cache, with what is in them. */
async function foreignStores() {
  const name = `legacy_${databases++}`;
  await query(url, `CREATE DATABASE ${name}`);
  const database = new URL(url);
  database.pathname = `/${name}`;
  await query(
    database.href,
    `CREATE TABLE people (id integer PRIMARY KEY, name text);
     CREATE TABLE orders (id text PRIMARY KEY, person integer REFERENCES people);
     CREATE TABLE badges (id text PRIMARY KEY, person integer REFERENCES people ON DELETE CASCADE);
     CREATE TABLE log (line text);
     INSERT INTO people VALUES (1, 'somebody')`,
  );
  const cache = new Redis(`redis://${redis.host}:${redis.port}/0`);
  await cache.flushdb();
  await cache.mset('theirs', 'kept', 'other', 'x');
  const brine = `{
    databases: { main: { url: '${database.href}' } },
    redis: { provider: 'external', url: 'redis://${redis.host}:${redis.port}/0' },
  }`;
  return {
    cache,
    brine,
    rows: (table: string) => query(database.href, `SELECT * FROM ${table}`),
    [Symbol.dispose]: () => cache.disconnect(),
  };
}

function notes({ messages }: RunResult): string[] {
  return messages.flatMap(({ attachment }) =>
    attachment?.mediaType === 'text/x.brine.note+plain' ? [attachment.body] : [],
  );
}

const untracked =
  'what services and SQL steps write to database "main", the cache is left there in every scenario';

describe('stores that Brine has no right to reset', () => {
  for (const [how, args, env] of [
    ['after each scenario', [], {}],
    ['before the next scenario', [], { BRINE_CLEANUP_AFTER_TEST: 'false' }],
  ] as const) {
    it(`what steps wrote is taken back ${how}; the rest is as it was found`, async () => {
      using stores = await foreignStores();
      const { cache, brine, rows } = stores;
      const feature = `Feature: a${scenario('first')}${scenario('second')}`;
      await using project = await Project.create({ files: { 'features/a.feature': feature }, brine });
      const result = await project.run(args, env);
      assert.deepEqual(outcomes(result), { first: 'PASSED', second: 'PASSED' }, result.output);
      assert.deepEqual(notes(result), [untracked]);
      assert.match(
        result.output,
        /postgres external {2}PostgreSQL \d+\.\d+ \(no server is started: every database that is needed has a URL of its own\)/,
      );
      assert.match(result.output, /database "main" is not reset, only rows that steps insert are deleted: /);
      assert.match(result.output, /the cache is not reset, only keys that steps write are put back: /);
      const last =
        how === 'after each scenario'
          ? []
          : [
              { id: 100, name: 'ada' },
              { id: 101, name: 'grace' },
            ];
      assert.deepEqual(await rows('people'), [{ id: 1, name: 'somebody' }, ...last]);
      assert.equal((await rows('log')).length, 2);
      assert.deepEqual(
        (await cache.keys('*')).sort(),
        last.length === 0 ? ['other', 'theirs'] : ['left', 'other', 'theirs'],
      );
      assert.equal(await cache.get('theirs'), last.length === 0 ? 'kept' : 'changed');
      await project.leavesNothing();
    });
  }

  it('what cannot be deleted is told beside its scenario, and no table is emptied', async () => {
    using stores = await foreignStores();
    const { brine, rows } = stores;
    const plan: ProjectPlan = { files: { 'features/a.feature': `Feature: a${referring}` }, brine };
    await using project = await Project.create(plan);
    const result = await project.run();
    assert.deepEqual(
      outcomes(result),
      { 'one whose row others use': 'PASSED', 'one that would empty a table': 'FAILED' },
      result.output,
    );
    const left = [
      '1 row that a scenario inserted into table "log" of database "main" could not be deleted: no primary key could be read back',
      '1 row that a scenario inserted into table "people" of database "main" could not be deleted (id = 200): rows of "badges" refer to it',
    ];
    assert.deepEqual(notes(result), [...left, untracked.replace(', the cache', '')]);
    for (const note of left) assert.ok(result.output.includes(note), result.output);
    assert.match(
      result.output,
      /table "people" of database "main": it is not emptied: the database is not one of Brine's own/,
    );
    assert.deepEqual(await rows('people'), [
      { id: 1, name: 'somebody' },
      { id: 200, name: 'eve' },
    ]);
    await project.leavesNothing();
  });
});

describe('a database that the configuration says runs already', () => {
  it('is asked before anything is started; no server is started in its stead', async () => {
    const brine = `{ databases: { main: { url: 'postgres://me:secret@127.0.0.1:9/shop' } } }`;
    const feature = `Feature: a${scenario('first')}`;
    await using project = await Project.create({ files: { 'features/a.feature': feature }, brine });
    const { output, exitCode } = await project.run();
    assert.notEqual(exitCode, 0);
    assert.match(
      output,
      /databases\.main\.url.*postgres:\/\/me:\*\*\*@127\.0\.0\.1:9\/shop[\s\S]*ECONNREFUSED/,
    );
    assert.doesNotMatch(output, /postgres +embedded/);
    await project.leavesNothing();
  });
});
