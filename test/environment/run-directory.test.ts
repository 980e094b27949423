import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { RunDirectory } from '../../support/environment/run-directory';

/** A run of this process, with what it was told when it began. */
function begin(reports: string) {
  const told: string[] = [];
  const directory = RunDirectory.create({ project: '/shop', reports }, (line) => told.push(line));
  return { told: told.filter((line) => line.includes(reports)), directory };
}

test('a run is told of another one that lives and writes to the same reports, and how both are kept', () => {
  const reports = `/shop/reports-${process.pid}`;
  const runs = [begin(reports), begin(`${reports}-other`), begin(reports)];
  const [first, other, second] = runs.map(({ told }) => told);
  assert.deepEqual([first, other], [[], []]);
  assert.deepEqual(second, [
    `another run (process ${process.pid}) writes its reports to ${reports}, too, so those of one will be lost: ` +
      'give one of them another folder (BRINE_REPORTS_DIRECTORY)',
  ]);
  for (const { directory } of runs) {
    assert.deepEqual(directory.remove(), []);
    assert.ok(!existsSync(directory.path));
  }
  const later = begin(reports);
  later.directory.remove();
  assert.deepEqual(later.told, []);
});
