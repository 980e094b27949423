import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ExpressionError, readExpression } from '../../support/matching/expression';

describe('a predicate', () => {
  const cases: readonly [expression: string, value: unknown, result: unknown][] = [
    ['_ > 0', 1, true],
    ['_ * 2 + 1 == 7', 3, true],
    ['1 + 2 * 3', null, 7],
    ['(1 + 2) * 3', null, 9],
    ['-_ - -1', 3, -2],
    ['7 % 4', null, 3],
    ['_ / 4', 1, 0.25],
    ['!(_ == null) && _ != 1', 2, true],
    ['_ == 1 || _ == 2', 2, true],
    ['_.length >= 2', 'ab', true],
    ['_.length', [1, 2, 3], 3],
    ['_.order.items[0].sku == "A"', { order: { items: [{ sku: 'A' }] } }, true],
    ["_['a b']", { 'a b': 1 }, 1],
    ["_.trim().toUpperCase() == 'X'", ' x ', true],
    ["_.endsWith('z')", 'xyz', true],
    ["_.indexOf('y')", 'xyz', 1],
    ['_.slice(1, 2)', 'xyz', 'y'],
    ['_.includes(2)', [1, 2], true],
    ['_ == 12345678901234567890', 12345678901234567890n, true],
    ['_ + 1', 9007199254740993n, 9007199254740994n],
    ["'a' < 'b'", null, true],
    ['_.missing == null', {}, false],
    ["'it\\'s'", null, "it's"],
  ];
  for (const [expression, value, result] of cases) {
    it(expression, () => assert.deepEqual(readExpression(expression)(value), result));
  }

  it('reaches nothing but data', () => {
    for (const expression of ['_.constructor', '_.__proto__', "_['constructor']"]) {
      assert.equal(readExpression(expression)({}), undefined);
    }
    assert.throws(() => readExpression('_.constructor("x")')({}), ExpressionError);
    assert.throws(() => readExpression('globalThis')({}), ExpressionError);
    const trap = Object.defineProperty({}, 'x', { get: () => assert.fail('a getter was called') });
    assert.equal(readExpression('_.x')(trap), undefined);
  });

  it('is read, or refused with an ExpressionError, whatever the text', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'_.()[]<>=!&|+-*/%\'"1a, ') });
    fc.assert(
      fc.property(noise, fc.jsonValue(), (text, value) => {
        try {
          readExpression(text)(value);
        } catch (error) {
          assert.ok(error instanceof ExpressionError, String(error));
        }
      }),
      { numRuns: 2_000 },
    );
    assert.throws(() => readExpression('('.repeat(100_000)), ExpressionError);
    assert.throws(() => readExpression('!'.repeat(100_000)), ExpressionError);
  });
});
