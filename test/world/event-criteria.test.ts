import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Criterion, criteriaPattern, readCriteria } from '../../world/event-criteria';

const whole = new RegExp(`^(?:${criteriaPattern.source})$`);

const cases: ReadonlyArray<readonly [text: string, criteria: readonly Criterion[]]> = [
  ['with key "a"', [{ kind: 'key', value: 'a' }]],
  ['with key \'say "a"\'', [{ kind: 'key', value: 'say "a"' }]],
  ['with key null', [{ kind: 'key', value: null }]],
  ['with key 7', [{ kind: 'key', value: 7 }]],
  ['with key "a \\" b and key \\"c"', [{ kind: 'key', value: 'a " b and key "c' }]],
  ['with key "${orderId}"', [{ kind: 'key', value: '${orderId}' }]],
  ['on partition 12', [{ kind: 'partition', value: 12 }]],
  ['with header "a b" "t-1"', [{ kind: 'header', name: 'a b', value: 't-1' }]],
  ['where "value.total" is 2.5', [{ kind: 'path', path: 'value.total', value: 2.5 }]],
  ['where "value.paid" is false', [{ kind: 'path', path: 'value.paid', value: false }]],
  [
    'with key "a" and header "h" "1" on partition 0 where "value.n" is 5 and "value.t" is "#uuid as id"',
    [
      { kind: 'key', value: 'a' },
      { kind: 'header', name: 'h', value: '1' },
      { kind: 'partition', value: 0 },
      { kind: 'path', path: 'value.n', value: 5 },
      { kind: 'path', path: 'value.t', value: '#uuid as id' },
    ],
  ],
  [
    'on partition 1 and with header "h" "1" and where "key" is "x where y"',
    [
      { kind: 'partition', value: 1 },
      { kind: 'header', name: 'h', value: '1' },
      { kind: 'path', path: 'key', value: 'x where y' },
    ],
  ],
];

describe('what a step says of the events it means', () => {
  for (const [text, criteria] of cases) {
    test(text, () => {
      assert.match(text, whole);
      assert.deepEqual(readCriteria(text), criteria);
    });
  }

  for (const text of ['and key "a"', 'with key a', 'with keys "a"', 'on 3 partitions', 'with bytes "0x00"']) {
    test(`is not: ${text}`, () => assert.doesNotMatch(text, whole));
  }

  for (const [text, rest] of [
    ['with key', 'with key'],
    ['with header "trace"', 'with header "trace"'],
    ['with key "a" and header "trace" where "n" is 1', 'and header "trace" where "n" is 1'],
    ['on partition "1"', 'on partition "1"'],
    ['where "value.n" 5', 'where "value.n" 5'],
    ['on partition 1.5', 'on partition 1.5'],
  ] as const) {
    test(`is refused: ${text}`, () => {
      assert.match(text, whole);
      const words = `"... ${rest}": it does not say which events are meant`;
      assert.throws(
        () => readCriteria(text),
        (error: Error) => error.message.startsWith(words),
      );
    });
  }
});
