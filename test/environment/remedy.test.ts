import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { chooseProvider } from '../../support/environment/choose-provider';
import type { Availability, Provider, ProviderName } from '../../support/environment/provider';
import { remedyFor } from '../../support/environment/remedy';
import { temporaryFolder } from '../../support/environment/run-directory';

function provider(name: ProviderName, answer: Availability): Provider<object> {
  const start = () => Promise.reject(new Error('nothing is started here'));
  return { service: 'redis', name, check: async () => answer, start };
}

describe('where a container cannot be had, one command is suggested, by the reason:', () => {
  const folder = mkdtempSync(join(tmpdir(), 'brine-test-remedy-'));
  writeFileSync(join(folder, 'docker'), '#!/bin/sh\n');
  chmodSync(join(folder, 'docker'), 0o755);
  const start = process.platform === 'linux' ? 'sudo systemctl start docker' : 'open -a Docker';
  for (const [reason, command] of [
    [
      'no Docker engine answers (no permission to use /var/run/docker.sock: is the user in the group "docker"?)',
      'sudo usermod -aG docker "$USER" && newgrp docker',
    ],
    ['no Docker engine answers (nobody listens at tcp://127.0.0.1:9 (DOCKER_HOST))', 'unset DOCKER_HOST'],
    [
      'no Docker engine answers (DOCKER_TLS_VERIFY is set, so there must be ca.pem in /x (DOCKER_CERT_PATH))',
      'unset DOCKER_TLS_VERIFY',
    ],
    [
      'no Docker engine answers (tcp://a:2376 (DOCKER_HOST): x; set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH)',
      'DOCKER_TLS_VERIFY=1 npx cucumber-js',
    ],
    [
      'Docker 28.0 answers at /x, but redis:9 is not there and cannot be pulled: no such host',
      'docker pull redis:9',
    ],
    ['no Docker engine answers (there is no /var/run/docker.sock)', start],
  ] as const) {
    test(`${command}, by the doctor and by a run`, async () => {
      const refused = { available: false, reason };
      assert.equal(
        remedyFor('redis', 'container', [{ provider: 'container', reason }], { PATH: folder }),
        command,
      );
      const path = process.env.PATH;
      process.env.PATH = folder;
      try {
        const chosen = chooseProvider('redis', 'container', [provider('container', refused)]);
        await assert.rejects(chosen, ({ message }: Error) => message.includes(`-> \`${command}\`, `));
      } finally {
        process.env.PATH = path;
      }
    });
  }

  test('another provider, where there is no Docker on the machine', () => {
    rmSync(folder, { recursive: true });
    const reason = 'no Docker engine answers (there is no /var/run/docker.sock)';
    const command = remedyFor('redis', 'container', [{ provider: 'container', reason }], { PATH: folder });
    assert.equal(command, 'BRINE_REDIS_PROVIDER=auto npx cucumber-js');
  });
});

test('auto takes nothing else where what is configured is wrong', async () => {
  const wrong = {
    available: false,
    misconfigured: true,
    reason: 'x.yml has no service "b"',
    command: 'look x.yml',
  };
  const candidates = [
    provider('compose', wrong),
    provider('container', { available: true, reason: 'it is there' }),
  ];
  await assert.rejects(chooseProvider('redis', 'auto', candidates), {
    message:
      'redis cannot be had from any provider:\n    no compose: x.yml has no service "b"\n  -> `look x.yml`, or name another provider (BRINE_REDIS_PROVIDER)  [BRINE_ENV_001]',
  });
});

describe("a run's folder", () => {
  test('is made in the temporary folder where memory cannot be written to, and the other way round', () => {
    const disk = tmpdir();
    assert.equal(temporaryFolder('/nowhere', disk), disk);
    if (process.platform === 'linux') assert.equal(temporaryFolder(disk, '/nowhere'), disk);
  });

  test('that can be made nowhere is told with both reasons and one command', () => {
    assert.throws(
      () => temporaryFolder('/nowhere', '/neither'),
      /there is no folder that the run can write its files to: ENOENT.*'\/neither' \(TMPDIR\); .*\/nowhere.*\n {2}-> name one: `TMPDIR=\/var\/tmp npx cucumber-js`/,
    );
  });
});
