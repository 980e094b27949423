import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { CucumberExpression, ParameterTypeRegistry } from '@cucumber/cucumber-expressions';
import { loadStepLibrary } from '../../docs/generate/step-library';
import '../../step-definitions/define'; // without a name: it builds patterns late from now on

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

test("Brine's own expressions, which are parsed when they are first matched, are right", async () => {
  const { definitions } = await loadStepLibrary('features/**/*.steps.ts');
  const expressions = definitions.map(({ expression }) => expression as CucumberExpression);
  assert.ok(expressions.length > 900, `there are ${expressions.length}`);
  const unread = expressions.filter(({ ast }) => ast.nodes?.length === 0);
  assert.ok(unread.length > 900, `${unread.length} of them were not parsed yet`);
  for (const { regexp, source } of expressions) assert.ok(regexp, source);
  const again = new CucumberExpression(unread[0]?.source ?? '', new ParameterTypeRegistry());
  assert.equal(again.ast.nodes?.length, 0);
  assert.notEqual(
    new CucumberExpression(`a project's own`, new ParameterTypeRegistry()).ast.nodes?.length,
    0,
  );
});

describe('an expression in the thread of a lane, which is parsed late, too', () => {
  /** In a process of its own: what is made late stays so. */
  function inLane(script: string): string {
    const prepared = `process.env.CUCUMBER_PARALLEL = 'true'; require('./step-definitions/define.ts').catalogue;
      const { CucumberExpression, ParameterTypeRegistry } = require('@cucumber/cucumber-expressions');
      const registry = new ParameterTypeRegistry(); ${script}`;
    const hook = ['--require', './support/typescript/register.js'];
    return execFileSync(process.execPath, [...hook, '--eval', prepared], { encoding: 'utf8' }).trim();
  }

  test('has its parts when it is matched, not before', () => {
    const said =
      inLane(`const one = new CucumberExpression('{int} order(s) is/are placed by {string}', registry);
      console.log(one.ast.nodes.length, one.parameterTypes.length);
      console.log(one.match('3 orders are placed by "a"').map((part) => part.getValue()).join(), one.match('orders'));
      console.log(one.ast.nodes.length > 0, one.parameterTypes.length, one.regexp.test('1 order is placed by ""'));`);
    assert.equal(said, '0 0\n3,a null\ntrue 2 true');
  });

  test('is refused when it is matched, every time', () => {
    const said = inLane(`const wrong = new CucumberExpression('an {colour} order', registry);
      for (const n of [1, 2]) try { wrong.match('an order') } catch (error) { console.log(error.undefinedParameterTypeName) }`);
    assert.equal(said, 'colour\ncolour');
  });
});
