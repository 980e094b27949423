import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runMetadata } from '../../reports/run-metadata';

describe('the facts about a run', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'brine-metadata-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  const factOf = async (label: string, of = directory) =>
    (await runMetadata({ directory: of })).find((one) => one.label === label)?.value;

  it('are the machine, Node and the versions of packages', async () => {
    const root = resolve(__dirname, '../..');
    assert.equal(await factOf('Node', root), process.version);
    assert.match((await factOf('Machine', root)) ?? '', /core.*GiB$/);
    assert.match((await factOf('@cucumber/cucumber', root)) ?? '', /^13\./);
    assert.match((await factOf('brine', root)) ?? '', /^\d+\.\d+\.\d+/);
  });

  it('leave out what cannot be found', async () => {
    const labels = (await runMetadata({ directory, packages: ['no-such-package'] })).map(
      ({ label }) => label,
    );
    assert.deepEqual(labels, ['Machine', 'Node', 'brine']);
    assert.deepEqual(
      await runMetadata({ directory: '/no/such/folder', packages: [] }).then((all) => all.length),
      3,
    );
  });

  it('have the commit and whether something was changed since', async () => {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: directory, stdio: 'ignore' });
    await writeFile(join(directory, 'a.txt'), 'one');
    git('init', '-b', 'trunk');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'core.hooksPath=/dev/null', 'commit', '-m', 'one');
    assert.match((await factOf('Commit')) ?? '', /^[0-9a-f]{12} on trunk$/);
    await writeFile(join(directory, 'a.txt'), 'two');
    assert.match((await factOf('Commit')) ?? '', /^[0-9a-f]{12} on trunk, with local changes$/);
  });
});
