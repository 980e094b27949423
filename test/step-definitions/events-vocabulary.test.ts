import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadStepLibrary } from '../../docs/generate/step-library';
import { parameterTypes } from '../../step-definitions/define';
import { StepUses } from '../../step-definitions/step-uses';

const feature = join(__dirname, '../../features/vocabulary/events.feature');
const files: ReadonlySet<string> = new Set(['events.steps.ts', 'events-published.steps.ts']);

test('the feature of the words for events says each of them', async () => {
  const entries = (await loadStepLibrary()).catalogue.all();
  const uses = new StepUses(entries, parameterTypes);
  const lines = readFileSync(feature, 'utf8').matchAll(/^ *(?:Given|When|Then|And|But) (.*)$/gm);
  const said = new Set([...lines].map(([, text = '']) => uses.entryOf(text)?.phrase));
  const unsaid = entries.filter(({ file, phrase }) => files.has(file) && !said.has(phrase));
  assert.deepEqual(
    unsaid.map(({ phrase }) => phrase),
    [],
  );
});
