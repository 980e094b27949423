import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CucumberExpression, ParameterTypeRegistry } from '@cucumber/cucumber-expressions';
import { loadStepLibrary } from '../../docs/generate/step-library';
import { parameterTypes } from '../../step-definitions/define';
import { literalBeginning } from '../../step-definitions/literal-beginning';

describe('what all texts of an expression begin with', () => {
  test('ends before what may differ', () => {
    const beginnings = {
      'the response status is {status}': 'the response status is ',
      'I wait': 'I wait',
      '{requests} has(have) a header': '',
      'topic(s) {string}': 'topic',
      'the sun/moon rises': 'the ',
      'a/an {string} exists': '',
      'a path \\/users': 'a path ',
    };
    for (const [expression, beginning] of Object.entries(beginnings))
      assert.equal(literalBeginning(expression), beginning, expression);
  });

  test('is the beginning of every example that its pattern matches', async () => {
    const entries = (await loadStepLibrary()).catalogue.all();
    const texts = entries.flatMap(({ examples }) => examples.map((example) => example.split('\n')[0] ?? ''));
    const steps = texts.map((text) => text.replace(/^(Given|When|Then) /, ''));
    for (const expression of entries.flatMap(({ expressions }) => expressions)) {
      const pattern = parameterTypes.pattern(expression);
      for (const step of steps.filter((text) => pattern?.test(text)))
        assert.ok(step.startsWith(literalBeginning(expression)), `${expression}: ${step}`);
    }
  });

  test('changes nothing of what an expression matches', () => {
    const registry = new ParameterTypeRegistry();
    const match = (expression: string, text: string) =>
      new CucumberExpression(expression, registry).match(text)?.map((argument) => argument.getValue(null));
    assert.deepEqual(match('{int} order(s) is/are placed', '3 orders are placed'), [3]);
    assert.deepEqual(match('order {string} is placed', 'order "a" is placed'), ['a']);
    assert.equal(match('order {string} is placed', 'an order "a" is placed'), undefined);
  });
});
