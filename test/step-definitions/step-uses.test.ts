import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadStepLibrary } from '../../docs/generate/step-library';
import type { StepEntry } from '../../step-definitions/catalogue';
import { parameterTypes } from '../../step-definitions/define';
import { StepUses } from '../../step-definitions/step-uses';

const everything = ['postgres', 'redis', 'kafka'];

describe('what a step uses', () => {
  let entries: readonly StepEntry[];
  let uses: StepUses;

  before(async () => {
    entries = (await loadStepLibrary()).catalogue.all();
    uses = new StepUses(entries, parameterTypes);
  });

  test('is told by the library that it comes from', () => {
    assert.deepEqual(uses.of('table "users" has no rows'), ['postgres']);
    assert.deepEqual(uses.of('within 200 ms cache key "a" is absent'), ['redis']);
    assert.deepEqual(uses.of('for 1.5 seconds topic "orders" has no events'), ['kafka']);
    for (const text of [
      'I send GET "/users"',
      'within 5 seconds the response status is 200',
      'outside service payments responds with 503',
      'variable "a" is set to "b"',
    ]) {
      assert.deepEqual(uses.of(text), [], text);
    }
  });

  test('is known for every example of the catalogue', () => {
    for (const { examples, uses: declared } of entries) {
      for (const example of examples) {
        const text = (example.split('\n')[0] ?? '').replace(/^(Given|When|Then) /, '');
        assert.deepEqual(uses.of(text), declared, text);
        const all = text === 'within 5 seconds these agree:'; // it may look at every store
        assert.ok(all || declared.length < everything.length, `${text}: its library says what it uses`);
      }
    }
  });

  test('is everything for a step that is none of the catalogue', () => {
    assert.deepEqual(uses.of('I do something of my own'), everything);
  });

  test('is everything for a phrase with a parameter type that only the runner knows', () => {
    const own = { ...entries[0]!, expressions: ['the {colour} moon'], uses: [] };
    assert.deepEqual(new StepUses([own], parameterTypes).of('the red moon'), everything);
  });

  test('is told for every form of a word, and with optional text', () => {
    const own = { ...entries[0]!, expressions: ['the sun/moon rise(s)', '(the )tide comes'], uses: [] };
    const ownUses = new StepUses([own], parameterTypes);
    for (const text of ['the sun rises', 'the moon rise', 'the tide comes', 'tide comes'])
      assert.deepEqual(ownUses.of(text), [], text);
    assert.deepEqual(ownUses.of('the star rises'), everything);
  });
});
