import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CucumberExpression, ParameterTypeRegistry } from '@cucumber/cucumber-expressions';
import '../../step-definitions/define'; // builds patterns late from now on

describe('an expression whose pattern is built late', () => {
  const registry = new ParameterTypeRegistry();

  test('matches as ever, also the second time', () => {
    const expression = new CucumberExpression('{int} order(s) is/are placed by {string}', registry);
    for (const text of ['3 orders are placed by "a"', "1 order is placed by 'b'"])
      assert.equal(expression.match(text)?.length, 2, text);
    assert.equal(expression.match('orders are placed'), null);
  });

  test('shows its regular expression', () => {
    const { regexp } = new CucumberExpression('a/an order of {int}', registry);
    assert.match('an order of 5', regexp);
    assert.doesNotMatch('some order of 5', regexp);
  });

  test('is refused at once when it is wrong', () => {
    assert.throws(
      () => new CucumberExpression('an {colour} order', registry),
      /Undefined parameter type 'colour'/,
    );
    assert.throws(() => new CucumberExpression('an order()', registry), /optional/i);
    assert.throws(() => new CucumberExpression('an order (', registry), /parenthesis|\(/);
  });
});
