import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { postgresProviders } from '../../support/environment/postgres';
import { openCacheLane } from '../../support/environment/redis/lane';
import { settings, TestProject, TestRun } from './postgres';

/** Tells its version; else it says something, never answers anybody, and does not let itself be ended. */
function stubborn(version: string): string {
  return `#!/bin/sh
case "$*" in *--version*) echo "${version}"; exit 0;; esac
trap '' TERM INT QUIT
echo "the disk is slow today"
while :; do sleep 1; done
`;
}

function program(project: TestProject, path: string, text: string): string {
  const file = join(project.directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  chmodSync(project.directory, 0o755);
  return file;
}

describe('a server that never answers, and refuses to end', () => {
  it('PostgreSQL: its start is bounded, told with its owner and log, and leaves no process', async () => {
    using project = new TestProject();
    using run = new TestRun(project);
    program(project, 'server/bin/initdb', '#!/bin/sh\nexit 0\n');
    program(project, 'server/bin/postgres', stubborn('postgres (PostgreSQL) 17.2'));
    const programs = join(project.directory, 'server');
    const provider = postgresProviders({ ...settings, programs, startTimeoutMs: 500 }).embedded;
    await assert.rejects(provider.start(run.context), {
      code: 'BRINE_ENV_002',
      message:
        /PostgreSQL \(embedded\) did not start: not within 500 ms.*ECONNREFUSED.*the disk is slow today.*allow it more time/s,
    });
    assert.deepEqual(run.alive(), []);
  });

  it('Redis: its start is bounded, told with its lane and log, and leaves no process', async () => {
    using project = new TestProject();
    using run = new TestRun(project);
    const binary = program(project, 'redis-server', stubborn('Redis server v=7.4.0'));
    const facts = { provider: 'embedded', version: '', firstDatabase: 0, mayReset: true } as const;
    await assert.rejects(openCacheLane(facts, { binary }, 0, run.context), {
      code: 'BRINE_ENV_002',
      message: /redis of lane 0 did not start: .*does not answer within 5 s.*the disk is slow today.*-> .+/s,
    });
    assert.deepEqual(run.alive(), []);
  });
});
