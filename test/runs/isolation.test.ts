import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { outcomes, Project, type ProjectPlan, type RunResult } from './project';
import { echo, echoService } from './services';

/** Writes rows from a process of its own, through the driver that the framework brings along. */
const writer = `
const { createServer } = require('node:http');
const { Client } = require('pg');
const client = new Client({ connectionString: process.env.DATABASE_URL });
const { Redis } = require('ioredis');
const sessions = new Redis(process.env.REDIS_URL.replace(/0$/, '5'));
const connected = client.connect();
createServer(async (request, response) => {
  if (request.url === '/health') { await connected; return response.end(); }
  const { rows } = await client.query("INSERT INTO things (name) VALUES ('of the service') RETURNING id");
  await client.query("UPDATE kinds SET name = 'spoilt'");
  response.setHeader('content-type', 'application/json');
  const visits = await sessions.incr('visits'); // not in the database that its URL names
  response.end(JSON.stringify({ ...rows[0], visits }));
}).listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

/** The same scenario twice: each finds what the seed has, and leaves something in every store. */
const scenario = (name: string) => `
  Scenario: ${name}
    Then table "things" has no rows
    And table "kinds" has only these rows:
      | id | name |
      | 1  | good |
    And cache key "left" is absent
    And for 50 ms topic "orders" has no events
    And outside service mail received 0 calls
    When I send POST "/things"
    Then the response field "id" is 1
    And the response field "visits" is 1
    Given table "things" receives rows:
      | name         |
      | of the world |
    Then table "things" has only these rows:
      | id | name           |
      | 1  | of the service |
      | 2  | of the world   |
    And table "kinds" has rows:
      | name   |
      | spoilt |
    Given cache key "left" is set to "behind"
    And outside service mail responds with 503
    When topic "orders" receives an event with key "k":
      """
      { "n": 1 }
      """
    Then within 2 seconds topic "orders" has 1 event
    And outside service mail received 0 calls
`;

const plan: ProjectPlan = {
  files: {
    'writer.js': writer,
    'schema.sql':
      'CREATE TABLE things (id serial PRIMARY KEY, name text); CREATE TABLE kinds (id int PRIMARY KEY, name text)',
    'seed.sql': "INSERT INTO kinds VALUES (1, 'good')",
    'features/a.feature': `Feature: one${scenario('first')}${scenario('second')}${scenario('third')}`,
  },
  brine: `{
    databases: { main: { sql: ['schema.sql'], seed: ['seed.sql'] } },
    kafka: { topics: { orders: {} } }, stubs: { mail: {} },
    services: { writer: { command: 'node writer.js', env: { PORT: '{{self.port}}', DATABASE_URL: '{{postgres.url}}', REDIS_URL: '{{redis.url}}' } } },
  }`,
};

const allPass = { first: 'PASSED', second: 'PASSED', third: 'PASSED' };

describe('what a scenario leaves is gone in the next: rows, sequences, keys, events, stubs;', {
  concurrency: 2,
}, () => {
  for (const [how, args, env] of [
    ['reset after each scenario', [], {}],
    ['reset before each scenario instead', [], { BRINE_CLEANUP_AFTER_TEST: 'false' }],
    ['in random order', ['--order', 'random'], {}],
  ] as const) {
    it(how, async () => {
      await using project = await Project.create(plan);
      const result = await project.run(args, env);
      assert.deepEqual(outcomes(result), allPass, result.output);
      assert.equal(result.exitCode, 0);
      await project.leavesNothing();
    });
  }
});

describe('without the reset after a scenario', () => {
  it('its data is still there when hooks of the project look, and gone before the next', async () => {
    const look = `
const { After, Before } = require('@cucumber/cucumber');
After(async function () {
  console.log('after: ' + (await this.database().rows('things')).length + ' rows');
});
Before(async function () {
  console.log('before: ' + (await this.database().rows('things')).length + ' rows');
});`;
    await using project = await Project.create({ ...plan, files: { ...plan.files, 'steps.js': look } });
    const { output, exitCode } = await project.run([], { BRINE_CLEANUP_AFTER_TEST: 'false' });
    assert.equal(exitCode, 0, output);
    const told = output.match(/(before|after): \d rows/g);
    assert.deepEqual(told, Array(3).fill(['before: 0 rows', 'after: 2 rows']).flat());
  });
});

describe('parallel lanes', () => {
  const meet = `
const { existsSync, writeFileSync } = require('node:fs');
const { When } = require('@cucumber/cucumber');
When('both lanes are here', { timeout: 20000 }, async function () {
  writeFileSync('lane-' + this.lane.index, '');
  while (!existsSync('lane-0') || !existsSync('lane-1')) await new Promise((done) => setTimeout(done, 10));
});
When('I note the process', function () { console.log('process ' + this.service('echo').pid + ' of lane ' + this.lane.index); });
`;
  const counting = (name: string) => `Feature: ${name}
  Scenario: ${name}
    When I send POST "/things" to writer
    And table "things" receives rows:
      | name  |
      | extra |
    And cache key "\${uuid}" is set to "x"
    And topic "orders" receives an event:
      """
      { "n": 1 }
      """
    And both lanes are here
    And I note the process
    Then table "things" has 2 rows
    And the cache has 1 key like "*"
    And for 200 ms topic "orders" has 1 event
`;
  let project: Project;
  let result: RunResult;
  before(async () => {
    project = await Project.create({
      files: {
        ...plan.files,
        'echo.js': echoService,
        'steps.js': meet,
        'features/a.feature': counting('one'),
        'features/b.feature': counting('other'),
      },
      brine: plan.brine!.replace('services: {', `services: { ${echo},`),
    });
    result = await project.run(['--parallel', '2']);
  });
  after(() => project[Symbol.asyncDispose]());

  it('see nothing of each other, though both write at the same time', async () => {
    assert.deepEqual(outcomes(result), { one: 'PASSED', other: 'PASSED' }, result.output);
    await project.leavesNothing();
  });

  it('have service processes of their own', () => {
    const told = [...result.output.matchAll(/process (\d+) of lane (\d)/g)];
    assert.deepEqual(told.map(([, , lane]) => lane).sort(), ['0', '1']);
    assert.equal(new Set(told.map(([, pid]) => pid)).size, 2);
  });
});

describe('a scenario that changes what no reset brings back', () => {
  /** Ends when its connection breaks, as many do; and makes a table of its own when it starts. */
  const fragile = writer
    .replace(
      'const connected = client.connect();',
      `const connected = client.connect().then(() => client.query("CREATE TABLE starts (at int); INSERT INTO starts VALUES (1)"));`,
    )
    .replace('const sessions', `client.on('error', () => process.exit(1));\nconst sessions`);
  const isAsAtFirst = `
    Then table "things" has no rows
    And table "kinds" has 1 row
    And table "starts" has 1 row
    And table "things" receives rows:
      | name |
      | more |
    When I send POST "/things"
    Then the response status is 200
    And table "things" has 2 rows`;
  const scenarios: Readonly<Record<string, string>> = {
    'drops a table': 'DROP TABLE things',
    'alters a table': "ALTER TABLE kinds ADD COLUMN more text; INSERT INTO things (name) VALUES ('x')",
    'drops what a service has made': 'DROP TABLE starts',
    'renames one': 'ALTER TABLE things RENAME TO others',
  };
  const feature = Object.entries(scenarios)
    .map(
      ([name, sql]) =>
        `  Scenario: ${name}${isAsAtFirst}\n    When I run SQL:\n      """\n      ${sql}\n      """\n`,
    )
    .join('');
  const dropping: ProjectPlan = {
    ...plan,
    files: {
      ...plan.files,
      'writer.js': fragile,
      'features/a.feature': `Feature: one\n${feature}  Scenario: last${isAsAtFirst}\n`,
    },
    brine: plan.brine!.replace('main: {', `main: { settledWhenNoRows: 'SELECT FROM things WHERE false',`),
  };
  const passed = Object.fromEntries([...Object.keys(scenarios), 'last'].map((name) => [name, 'PASSED']));

  for (const args of [[], ['--parallel', '2', '--order', 'random']]) {
    it(`gives the next a new clone, with services that were started again, and says so (${args[0] ?? 'serial'})`, async () => {
      await using project = await Project.create(dropping);
      const result = await project.run(args);
      assert.deepEqual(outcomes(result), passed, result.output);
      const notes = result.messages.flatMap(({ attachment }) =>
        attachment?.body.includes('made anew') ? [attachment.body] : [],
      );
      assert.equal(notes.length, 4);
      assert.ok(
        notes.includes(
          'database "main" was made anew from its template, and the services of the lane were started again, as this scenario has changed what no reset brings back:' +
            '\n  - table public.things was dropped\n  - sequence public.things_id_seq was dropped',
        ),
        notes.join('\n'),
      );
      await project.leavesNothing();
    });
  }
});
