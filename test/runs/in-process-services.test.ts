import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { outcomes, Project, type RunResult, runOnce } from './project';
import { echo, echoService } from './services';

const door = JSON.stringify(join(__dirname, '../../index'));

/** Answers what it was told and asked; `/boom` throws, `/later` throws after its answer, `/hang` never answers. */
const api = `
import type { IncomingMessage, ServerResponse } from 'node:http';
import { defineService } from ${door};

export const start = defineService(({ name, env, lane, log, url }) => {
  log('%s is up', name, { lane });
  let asked = 0;
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '', url);
    if (pathname === '/boom') throw new TypeError('the database is on fire');
    if (pathname === '/hang') return;
    if (pathname === '/later') setTimeout(() => { throw new TypeError('the database is on fire'); }, 20);
    console.log('asked', request.method, pathname);
    const seen = pathname === '/beside' ? await (await fetch(env.BESIDE + '/hello')).json() : undefined;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ env, lane, url, asked: ++asked, seen }));
  };
  return { server: listener, close: () => log('goodbye') };
});
`;

const answering = `Feature: api
  Scenario: it answers
    When I send GET "/hello" to api
    Then the response status is 200
`;

/** The output of a run of a module that does not start, in plain JavaScript. */
async function failing(module: string, more = ''): Promise<string> {
  const { output, exitCode, durationMs } = await runOnce({
    files: { 'api.js': module, 'features/a.feature': answering },
    brine: `{ retryCount: 0, services: { api: { module: 'api.js', startTimeout: '700 ms', ${more} } } }`,
  });
  assert.equal(exitCode, 1, output);
  assert.ok(durationMs < 15_000, `it took ${durationMs} ms`);
  return output;
}

describe('a service in the process of the run', () => {
  let project: Project;
  let result: RunResult;
  before(async () => {
    project = await Project.create({
      files: {
        'services/api.ts': api,
        'echo.js': echoService,
        'features/a.feature': `Feature: api
  Scenario: it knows what its templates name
    When I send GET "/hello"
    Then the response body matches:
      """
      { "env": { "REDIS": "#regex redis://.*", "OWN": "#string as own" }, "lane": 0 }
      """
    And the response field "url" is "\${own}"
  Scenario: it reaches another service, and is reached by its URL
    When I send GET "/beside"
    Then the response field "seen.path" is "/hello"
    When I send GET "/api" to echo
    Then the response status is 200
  Scenario: what it writes is its log
    When I send GET "/hello"
    Then the response status is 404
`,
      },
      brine: `{ services: {
        api: { module: 'services/api.ts', env: { REDIS: '{{redis.url}}', OWN: '{{self.url}}', BESIDE: '{{services.echo.url}}' } },
        ${echo} } }`,
    });
    result = await project.run();
  });
  after(() => project[Symbol.asyncDispose]());

  it('is started with its templates filled, and answers scenarios and other services', () => {
    assert.deepEqual(outcomes(result), {
      'it knows what its templates name': 'PASSED',
      'it reaches another service, and is reached by its URL': 'PASSED',
      'what it writes is its log': 'FAILED',
    });
  });

  it('has a log, of what it is told and of what its code prints, and none of it is in the output of the run', () => {
    assert.match(result.output, /log api +asked GET \/hello/);
    assert.doesNotMatch(result.stdout, /^asked GET/m);
    assert.doesNotMatch(result.output, /^goodbye/m);
  });

  it('leaves nothing behind', () => project.leavesNothing());
});

describe('a service in the process of the run', { concurrency: 2 }, () => {
  it('is one for each lane', async () => {
    const scenarios = [1, 2, 3, 4, 5, 6].map(
      (n) => `  Scenario: ${n}
    When I send GET "/hello"
    Then the response body matches:
      """
      { "lane": "\${lane}" }
      """
    And for 100 ms GET "/hello" answers 200
`,
    );
    const { output, exitCode } = await runOnce(
      {
        files: {
          'api.ts': api,
          'features/a.feature': `Feature: a\n${scenarios.join('')}`,
          'steps.js': `require('@cucumber/cucumber').Before(function () { this.variables.set('lane', Number(process.env.CUCUMBER_WORKER_ID)); });`,
        },
        brine: `{ services: { api: { module: './api.ts' } } }`,
      },
      ['--parallel', '2'],
    );
    assert.equal(exitCode, 0, output);
  });

  it('may be a server, which listens already or not', async () => {
    const { output, exitCode } = await runOnce({
      files: {
        'servers.js': `
const { createServer } = require('node:http');
const server = () => createServer((request, response) => response.end('{}'));
exports.quiet = () => server();
exports.listening = ({ port }) => new Promise((done) => { const it = server().listen(port, '127.0.0.1', () => done(it)); });
exports.application = () => ({ server: server(), close() { this.server.close(); } });
`,
        'features/a.feature': `Feature: servers
  Scenario: all of them answer
    When I send GET "/" to quiet
    Then the response status is 200
    When I send GET "/" to listening
    Then the response status is 200
    When I send GET "/" to application
    Then the response status is 200
`,
      },
      brine: `{ services: Object.fromEntries(['quiet', 'listening', 'application'].map((name) => [name, { module: 'servers', export: name }])) }`,
    });
    assert.equal(exitCode, 0, output);
  });

  it('may be an ECMAScript module', async () => {
    const module = (more: string) =>
      `${more}\nexport default function ({ log }) { log('up'); return (request, response) => response.end(); }`;
    const { output, exitCode } = await runOnce({
      files: {
        'api.mjs': module('await Promise.resolve();'),
        'typed/package.json': '{ "type": "module" }',
        'typed/api.ts': module('const lane: number = 0;'),
        'features/a.feature': `${answering}  Scenario: the other one does, too
    When I send GET "/hello" to typed
    Then the response status is 200
`,
      },
      brine: `{ services: { api: { module: 'api.mjs', export: 'default' }, typed: { module: 'typed/api.ts', export: 'default' } } }`,
    });
    assert.equal(exitCode, 0, output);
  });

  it('is not loaded when no chosen scenario needs it', async () => {
    const { output, exitCode } = await runOnce({
      files: {
        'api.js': `throw new Error('it is loaded');`,
        'echo.js': echoService,
        'features/a.feature': answering.replaceAll('api', 'echo'),
      },
      brine: `{ databases: { main: { sql: [] } }, services: { ${echo}, api: { module: 'api.js', neededBy: '@api' } } }`,
    });
    assert.equal(exitCode, 0, output);
    assert.match(output, /api {6}not started: no chosen scenario has the tags @api/);
    assert.match(output, /postgres not started: no chosen scenario uses it/);
  });

  it('that leaves a timer running keeps nobody waiting, and is told', async () => {
    const { output, exitCode, durationMs } = await runOnce({
      files: {
        'api.js': `exports.start = () => { setInterval(() => {}, 1000); return (request, response) => response.end(); };`,
        'features/a.feature': answering,
      },
      brine: `{ services: { api: { module: 'api.js' } } }`,
    });
    assert.equal(exitCode, 0, output);
    assert.match(
      output,
      /a service in this process has left something open \(Timeout\): end it in the close\(\) that its start\(\) gives back/,
    );
    assert.ok(durationMs < 15_000, `it took ${durationMs} ms`);
  });

  it('that does not end in time is left alone, and told', async () => {
    const { output, exitCode } = await runOnce({
      files: {
        'api.js': `exports.start = () => ({ server: (request, response) => response.end(), close: () => new Promise(() => {}) });`,
        'features/a.feature': answering,
      },
      brine: `{ services: { api: { module: 'api.js' } } }`,
    });
    assert.equal(exitCode, 0, output);
    assert.match(
      output,
      /the end of service "api" of lane 0: it did not end within 3 s of its close\(\), and was left alone/,
    );
  });
});

describe('a service in the process of the run, in a @transactional scenario', () => {
  it('writes what its steps see, and none of it is left', async () => {
    const { output, exitCode } = await runOnce({
      files: {
        'notes.sql': 'CREATE TABLE notes (id serial PRIMARY KEY, text text UNIQUE)',
        'api.js': `exports.start = ({ database }) => async (request, response) => {
          const text = new URL(request.url, 'http://x').searchParams.get('text');
          const { pool } = database();
          try {
            if (text) await pool.query('INSERT INTO notes (text) VALUES ($1)', [text]);
          } catch (error) {
            response.statusCode = 409;
          }
          const { rows } = await pool.query('SELECT text FROM notes ORDER BY id');
          response.setHeader('content-type', 'application/json').end(JSON.stringify(rows.map((row) => row.text)));
        };`,
        'features/a.feature': `Feature: notes
  @transactional
  Scenario: a
    Given table "notes" receives rows:
      | text |
      | step |
    When I send POST "/?text=service"
    Then the response body is exactly:
      """
      ["step", "service"]
      """
    When I send POST "/?text=step"
    Then the response status is 409
    When I run SQL in one transaction:
      """
      INSERT INTO notes (text) VALUES ('service');
      """
    Then the transaction was rolled back with "duplicate key"
    When I send POST "/?text=last"
    Then table "notes" has only these rows:
      | text    |
      | step    |
      | service |
      | last    |
  @transactional
  Scenario: b
    When I send GET "/"
    Then the response body is exactly:
      """
      []
      """
  Scenario: c
    When I send POST "/?text=committed"
    Then table "notes" has 1 row
`,
      },
      brine: `{ databases: { main: { sql: ['notes.sql'] } }, services: { api: { module: 'api.js' } } }`,
    });
    assert.equal(exitCode, 0, output);
  });

  it('does so with a database that was made anew before, too', async () => {
    const { output, exitCode } = await runOnce({
      files: {
        'notes.sql': 'CREATE TABLE notes (text text)',
        'other.sql': 'CREATE TABLE others (text text)',
        'api.js': `exports.start = ({ database, log }) => ({
          server: async (request, response) => {
            if (request.method === 'POST') await database().pool.query("INSERT INTO notes VALUES ('service')");
            response.end();
          },
          close: () => log('closed'),
        });`,
        'features/a.feature': `Feature: notes
  Scenario: a
    When I send POST "/"
    And I run SQL:
      """
      ALTER TABLE notes ADD COLUMN more text
      """
    Then table "notes" has 1 row
  @transactional
  Scenario: b
    When I send POST "/"
    Then table "notes" has only these rows:
      | text    |
      | service |
  Scenario: c
    Then table "notes" has no rows
`,
      },
      brine: `{ databases: { main: { sql: ['notes.sql'] }, other: { sql: ['other.sql'] } }, services: { api: { module: 'api.js' } } }`,
    });
    assert.equal(exitCode, 0, output);
    assert.match(
      output,
      /database "main" was made anew from its template, and the services of the lane were started again/,
    );
  });

  it('is told which databases there are', async () => {
    const output = await failing(
      `exports.start = ({ database }) => database('odrers');`,
      `}, nobody: { url: 'http://127.0.0.1:9' } }, databases: { orders: { sql: [] } }, stubs: { y: {`,
    );
    assert.match(output, /service "api" threw "unknown database "odrers"" while it was starting/);
    assert.match(output, /-> did you mean "orders"\? known: orders/);
  });
});

describe('a service in the process of the run that throws what nothing catches', () => {
  let result: RunResult;
  before(async () => {
    result = await runOnce({
      files: {
        'api.ts': api,
        'features/a.feature': `Feature: api
  Scenario: in its listener
    When I send GET "/boom"
    Then the response status is 200
  Scenario: in a timer
    When I send GET "/later"
    Then within 10 seconds GET "/hang" answers 200
  Scenario: afterwards it lives again
    When I send GET "/hello"
    Then the response field "asked" is 2
`,
      },
      brine: `{ services: { api: { module: 'api.ts' } } }`,
    });
  });

  it('fails that scenario, and no other', () => {
    assert.deepEqual(outcomes(result), {
      'in its listener': 'FAILED',
      'in a timer': 'FAILED',
      'afterwards it lives again': 'PASSED',
    });
  });

  it('is told with the error and its place, as the end of its log', () => {
    const told = result.output.match(
      /service "api" threw "the database is on fire", which nothing caught, during the run\n\s+the end of its log:\n(\s+.*\n)*?\s+TypeError: the database is on fire\n\s+at .*api\.ts:\d+:\d+/g,
    );
    assert.equal(told?.length, 2, result.output);
    assert.match(result.output, /see the end of its log; its module is: api\.ts/);
  });

  it('is started again before the next scenario, which is noted', () => {
    assert.match(
      result.output,
      /afterwards it lives again .*\(service "api" threw "the database is on fire", which nothing caught, before this scenario, and was started again\)/,
    );
  });
});

describe('a service in the process of the run does not start', { concurrency: 2 }, () => {
  it('when there is no such file, before anything else is started', async () => {
    const { output, exitCode } = await runOnce({
      files: { 'services/api.ts': api, 'features/a.feature': answering },
      brine: `{ services: { api: { module: 'services/apu.ts' } } }`,
    });
    assert.equal(exitCode, 1);
    assert.match(
      output,
      /configuration key "services\.api\.module" in brine\(\{\.\.\.\}\) has the value "services\/apu\.ts": there is no such file\n\s+-> did you mean "services\/api\.ts"\? expected a TypeScript or JavaScript file, relative to /,
    );
    assert.doesNotMatch(output, /embedded/);
  });

  it('when the file exports no such function', async () => {
    const output = await failing('exports.begin = () => {}; exports.answer = 42;', `export: 'begim'`);
    assert.match(
      output,
      /configuration key "services\.api\.export" in brine\(\{\.\.\.\}\) has the value "begim": api\.js exports nothing of this name\n\s+-> did you mean "begin"\? expected the name of a function that starts the service; api\.js exports: begin, answer/,
    );
    assert.match(
      await failing('exports.start = 42;'),
      /has the value "start": api\.js exports no function of this name, but number\n/,
    );
  });

  it('when the module throws as it is loaded, with its file and line', async () => {
    const output = await failing('\nnull.port;');
    assert.match(
      output,
      /service "api" could not be loaded: api\.js \(services\.api\.module\) throws Cannot read properties of null \(reading 'port'\)\n\s+at .*api\.js:2:6/,
    );
    assert.match(
      await failing(`require('expres');`),
      /service "api" could not be loaded: api\.js \(services\.api\.module\) throws Cannot find module 'expres'\n/,
    );
  });

  it('when its start throws, with the end of its log', async () => {
    const output = await failing(
      `exports.start = async ({ log }) => { log('looking for tables'); throw new Error('no such table: users'); };`,
    );
    assert.match(
      output,
      /service "api" threw "no such table: users" while it was starting\n\s+the end of its log:\n\s+looking for tables\n\s+Error: no such table: users\n\s+at .*api\.js:1:/,
    );
  });

  it('when its start does not end', async () => {
    const output = await failing(`exports.start = () => new Promise(() => {});`);
    assert.match(
      output,
      /service "api" was not healthy within 700 ms: start\(\) of api\.js has given nothing back yet\n\s+\(it wrote no log\)/,
    );
  });

  it('when its module is never loaded', async () => {
    const { output, exitCode } = await runOnce({
      files: {
        'api.mjs': 'await new Promise((done) => setTimeout(done, 5_000)); export const start = () => {};',
        'features/a.feature': answering,
      },
      brine: `{ services: { api: { module: 'api.mjs', startTimeout: '700 ms' } } }`,
    });
    assert.equal(exitCode, 1);
    assert.match(
      output,
      /service "api" was not loaded within 700 ms: an await on top of api\.mjs, or of what it imports, has not ended/,
    );
  });

  it('when it gives back what answers no requests', async () => {
    const output = await failing(`exports.start = () => 'http://localhost:3000';`);
    assert.match(
      output,
      /service "api" threw "it gave back 'http:\/\/localhost:3000', and not what answers requests: a listener \(an Express application; callback\(\) of Koa\), an http\.Server \(app\.server of Fastify\), or \{ server, close\(\) \}" while it was starting/,
    );
  });

  it('when its server listens somewhere else', async () => {
    const output = await failing(
      `exports.start = () => new Promise((done) => { const it = require('node:http').createServer().listen(0, '127.0.0.1', () => done(it)); });`,
    );
    assert.match(
      output,
      /service "api" threw "its server listens at \d+, and not on the port \d+ that it was given: let it listen there, or leave that to Brine" while it was starting/,
    );
  });

  it('when it is to be spoken with over TLS, and gives back no server that speaks it', async () => {
    assert.match(
      await failing('exports.start = () => (request, response) => response.end();', 'tls: {}'),
      /threw "it is spoken with over TLS \(services\.api\.tls\), so it must give back an https\.Server with a certificate of its own" while it was starting/,
    );
  });

  it('when its health check says no', async () => {
    const output = await failing(
      `exports.start = () => (request, response) => { response.statusCode = 503; response.end(); };`,
    );
    assert.match(
      output,
      /service "api" was not healthy within 700 ms: http:\/\/127\.0\.0\.1:\d+\/health answered 503\n/,
    );
  });

  it('when it is to be started in two ways', async () => {
    const output = await failing(`exports.start = () => {};`, `command: 'node api.js'`);
    assert.match(
      output,
      /service "api" has both a module, which runs in Brine's own process, and services\.api\.command\n\s+-> take out services\.api\.module or services\.api\.command/,
    );
  });
});
