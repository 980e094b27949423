import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { locatePrograms, programVersion } from '../../support/environment/postgres/programs';

/** Programs with this content, removed with the test. */
function programs(t: { after(work: () => void): void }, content: string | Buffer) {
  const folder = mkdtempSync(join(tmpdir(), 'brine-programs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'bin'));
  for (const name of ['postgres', 'initdb']) {
    writeFileSync(join(folder, 'bin', name), content, { mode: 0o755 });
  }
  return locatePrograms(folder);
}

test('a server program for another processor is told so', async (t) => {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.writeUInt16LE(process.arch === 'x64' ? 0xb7 : 0x3e, 18);
  await assert.rejects(programVersion(programs(t, header)), {
    code: 'BRINE_ENV_008',
    message: new RegExp(`it is for another architecture than ${process.platform} ${process.arch}`),
  });
});

test('a server program that may not be executed is told so, with the command that changes that', async (t) => {
  const found = programs(t, '#!/bin/sh\nexit 0\n');
  chmodSync(found.postgres, 0o644);
  await assert.rejects(programVersion(found), {
    code: 'BRINE_ENV_008',
    message: new RegExp(`${found.postgres} is not executable\\n.*run \`chmod \\+x ${found.postgres}\``),
  });
});

test('a server program whose loader is not there is told to want another C library', async (t) => {
  await assert.rejects(programVersion(programs(t, '#!/lib/ld-of-another-system.so.1\n')), {
    code: 'BRINE_ENV_008',
    message: /has not the C library that it needs/,
  });
});

test('a server program that ends with an error is shown with what it said', async (t) => {
  await assert.rejects(programVersion(programs(t, '#!/bin/sh\necho the moon is full >&2; exit 1\n')), {
    message: /the moon is full/,
  });
});
