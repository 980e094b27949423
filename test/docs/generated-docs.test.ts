import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configurationPage } from '../../docs/generate/configuration';
import { readPage } from '../../docs/generate/page';
import { loadStepLibrary } from '../../docs/generate/step-library';
import { stepsPage } from '../../docs/generate/steps';
import { configurationSchema, leaves } from '../../support/config';
import { markerNames } from '../../support/matching';

const stale = 'it is stale: run `npm run docs`';

test('docs/configuration.md says what the schema says', () => {
  assert.equal(readPage('configuration.md'), configurationPage(), stale);
});

test('docs/steps.md says what the step catalogue says', async () => {
  assert.equal(readPage('steps.md'), await stepsPage(), stale);
});

test('every key of the configuration is described', () => {
  const undescribed = configurationPage()
    .split('\n')
    .filter((line) => /^\| `.* \|\s+\| `BRINE_/.test(line));
  assert.deepEqual(undescribed, []);
  assert.ok(leaves(configurationSchema, {}).length > 20);
});

test('docs/steps.md explains every parameter type that a phrase uses', async () => {
  const { catalogue } = await loadStepLibrary();
  const used = catalogue.all().flatMap(({ phrase }) => phrase.match(/\{\w+\}/g) ?? []);
  const page = readPage('steps.md');
  const unexplained = [...new Set([...used, '{duration}'])].filter(
    (type) => !page.includes(`\n| \`${type}\` `),
  );
  assert.deepEqual(unexplained, []);
});

test('docs/steps.md explains every marker', () => {
  const page = readPage('steps.md');
  assert.deepEqual(
    markerNames.filter((marker) => !page.includes(marker.replace('##<marker>', '##string'))),
    [],
  );
});
