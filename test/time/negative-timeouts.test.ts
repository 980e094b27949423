import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brine-warnings-'));
  for (const name of ['sloppy', 'other']) {
    await mkdir(join(folder, 'node_modules', name), { recursive: true });
    await writeFile(join(folder, 'node_modules', name, 'index.js'), 'setTimeout(() => {}, -1);');
  }
});

after(() => rm(folder, { recursive: true }));

async function warningsOf(code: string): Promise<string> {
  const file = resolve(__dirname, '../../support/time/negative-timeouts.ts');
  const allowing = `require('${file}').allowNegativeTimeoutsOf('sloppy');`;
  const script = join(folder, 'script.js');
  await writeFile(script, allowing + code);
  const register = require.resolve('ts-node/register');
  const { stderr } = await promisify(execFile)(process.execPath, ['--require', register, script], {
    env: { ...process.env, NODE_OPTIONS: '' },
    cwd: resolve(__dirname, '../..'),
  });
  return stderr;
}

test('negative time-outs of the library are not warned of', async () => {
  assert.equal(await warningsOf("require('sloppy');"), '');
});

test('those of others are, and so is anything else', async () => {
  assert.match(await warningsOf("require('other');"), /TimeoutNegativeWarning/);
  assert.match(
    await warningsOf("process.emitWarning('careful', 'SloppyWarning');"),
    /SloppyWarning: careful/,
  );
});
