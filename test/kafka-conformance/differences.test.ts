import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

test('every difference that a check asserts is explained in docs/kafka-broker.md, and no other', () => {
  const folders = ['cases', 'secured-cases'].map((name) => join(__dirname, name));
  const files = folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
  const sources = [...files, join(__dirname, 'cluster.test.ts')].map((file) => readFileSync(file, 'utf8'));
  const asserted = sources.flatMap((source) =>
    [...source.matchAll(/\.differs(?:<[^>]*>)?\(\s*'([^']+)'/g)].map((match) => match[1]),
  );
  const page = readFileSync(join(__dirname, '../../docs/kafka-broker.md'), 'utf8');
  const explained = [...page.matchAll(/^\| `([a-z0-9-]+)` +\|/gm)].map((match) => match[1]);
  assert.deepEqual([...new Set(asserted)].sort(), explained.sort());
  assert.ok(explained.length > 0);
});
