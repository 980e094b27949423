import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BrineError } from '../../support/errors';
import { type Json, type MatchOptions, matchJson, parseJson, renderMismatches } from '../../support/matching';

type Options = Partial<MatchOptions>;

function match(expected: string | Json, actual: unknown, options: Options = {}) {
  const json = typeof expected === 'string' ? parseJson(expected, 'the body') : expected;
  return matchJson(json, actual, { mode: 'contains', captured: new Map(), ...options });
}

/** The mismatches as a tester sees them; '' when it matches. */
function text(expected: string | Json, actual: unknown, options: Options = {}): string {
  return renderMismatches(match(expected, actual, options).mismatches);
}

const anyOrder: Options = { arrays: 'any order' };
const containing: Options = { arrays: 'contains' };

describe('matching JSON', () => {
  it('every JSON equals itself, exactly and in any order', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        if (JSON.stringify(value).includes('#')) return;
        const expected = { value: value as Json };
        assert.equal(text(expected, { value }, { mode: 'exactly' }), '');
        assert.equal(text(expected, { value }, { mode: 'exactly', ...anyOrder }), '');
      }),
    );
  });

  it('lists every mismatch with its path, not the first only', () => {
    const actual = { id: 'abc', n: -1, status: 'pending', items: [{ sku: 'A' }, { sku: 'C' }], 'a b': 1 };
    assert.equal(
      text(
        '{"id":"#uuid","n":"#? _ > 0","status":"confirmed","items":[{"sku":"A"},{"sku":"B"}],"a b":2,"x":null}',
        actual,
      ),
      [
        '$.id: expected #uuid (a UUID), was "abc"',
        '$.n: expected #? _ > 0, was -1',
        '$.status: expected "confirmed", was "pending"',
        '$.items[1].sku: expected "B", was "C"',
        '$["a b"]: expected 2, was 1',
        '$.x: expected null, but it is missing',
      ].join('\n'),
    );
  });

  it('gives mismatches as data', () => {
    assert.deepEqual(match('{"a":{"b":2}}', { a: { b: 3 } }).mismatches, [
      { path: '$.a.b', reason: 'expected 2, was 3', expected: 2, actual: 3 },
    ]);
  });

  it('lets objects have more fields, at every level, unless told exactly', () => {
    const actual = { a: { b: 1, c: 2 }, d: 3 };
    assert.equal(text('{"a":{"b":1}}', actual), '');
    assert.equal(
      text('{"a":{"b":1}}', actual, { mode: 'exactly' }),
      '$.a.c: is not expected, was 2\n$.d: is not expected, was 3',
    );
  });

  it('tells types apart and names them', () => {
    assert.equal(text('{"a":"2"}', { a: 2 }), '$.a: expected "2" (text), was 2 (a number)');
    assert.equal(text('{"a":[]}', { a: {} }), '$.a: expected [] (an array), was {} (an object)');
    assert.equal(text('{"a":true}', { a: null }), '$.a: expected true (a boolean), was null');
    assert.equal(text('{"a":1}', 'text'), '$: expected {"a": 1} (an object), was "text" (text)');
  });

  it('hints at a field of a similar name', () => {
    assert.equal(
      text('{"orderId":1}', { orderID: 1 }),
      '$.orderId: expected 1, but it is missing (there is "orderID")',
    );
  });

  it('hints at case, white space and Unicode forms, and shows long texts where they differ', () => {
    assert.equal(text('"a"', 'A'), '$: expected "a", was "A" (only upper and lower case differ)');
    assert.equal(text('"a b"', 'a  b'), '$: expected "a b", was "a  b" (only white space differs)');
    assert.equal(
      text('"\\u00e9"', 'e\u0301'),
      '$: expected "\u00e9", was "e\u0301" (the same to the eye: another Unicode form)',
    );
    const long = 'x'.repeat(500);
    assert.equal(
      text(`"${long}a"`, `${long}b`),
      `$: expected …"${'x'.repeat(30)}a", was …"${'x'.repeat(30)}b", different from character 501 on`,
    );
  });

  it('compares numbers by value, however large or written', () => {
    assert.equal(text('[12345678901234567890, 1.50, 1e2, 0]', [12345678901234567890n, 1.5, 100, -0]), '');
    assert.equal(
      text('{"id":9007199254740993}', { id: 9007199254740992 }),
      '$.id: expected 9007199254740993, was 9007199254740992 ' +
        '(beyond 2^53: where it was read, it may have lost digits)',
    );
    assert.notEqual(text('0.12345678901234567890', parseJson('0.12345678901234567891', 'x')), '');
  });

  it('compares a Date with the text of its instant', () => {
    const at = new Date('2026-01-31T10:00:00Z');
    assert.equal(text('{"at":"2026-01-31T11:00:00+01:00"}', { at }), '');
    assert.notEqual(text('{"at":"2026-01-31T11:00:00Z"}', { at }), '');
  });

  it('is not misled by prototypes', () => {
    assert.notEqual(text('{"constructor":"#present"}', {}), '');
    assert.notEqual(text('{"__proto__":{}}', {}), '');
    assert.equal(text('{"__proto__":{"a":1}}', JSON.parse('{"__proto__":{"a":1}}')), '');
  });

  it('matches 1,000 levels, and refuses expected JSON that contains itself', () => {
    const deep = (levels: number) => `${'{"a":['.repeat(levels / 2)}1${']}'.repeat(levels / 2)}`;
    const value: unknown = JSON.parse(deep(1_000));
    assert.equal(text(deep(1_000), value, { mode: 'exactly' }), '');
    assert.equal(text(deep(1_000), value, { mode: 'exactly', ...anyOrder }), '');
    const loop: { self?: unknown } = {};
    loop.self = loop;
    assert.equal(text('{"self":{"self":"#object"}}', loop), '');
    assert.throws(() => text(loop as Json, loop), /nested deeper than 1200 levels/);
    assert.equal(text('[[1],2]', [2, [1]], anyOrder), '');
  });
});

describe('matching arrays', () => {
  it('demands the same items in the same order unless told otherwise', () => {
    assert.equal(text('[1,2]', [2, 1]), '$[0]: expected 1, was 2\n$[1]: expected 2, was 1');
    assert.equal(text('[1,2]', [2, 1], anyOrder), '');
    assert.equal(text('[1]', [2, 1], containing), '');
    assert.equal(text('[{"a":1}]', [{ a: 2 }], anyOrder), '$[0].a: expected 1, was 2');
  });

  it('says which items lack or are too many when the length differs', () => {
    assert.equal(
      text('{"a":[1,2,3]}', { a: [1, 3] }),
      '$.a: expected 3 items, there are 2\n$.a: no item matches 2',
    );
    assert.equal(text('[1]', [1, 2]), '$: expected 1 item, there are 2\n$[1]: is not expected, was 2');
    assert.equal(text('[1]', [2, 1], anyOrder), '$[0]: is not expected, was 2');
  });

  it('shows the closest item with what differs', () => {
    assert.equal(
      text('[{"sku":"A","qty":2}]', [{ sku: 'B' }, { sku: 'A', qty: 3 }], containing),
      '$: no item matches {"sku": "A", "qty": 2}; closest: $[1].qty expected 2, was 3',
    );
  });

  it('finds the pairs where a greedy choice would fail', () => {
    const expected = '[{"a":"#present"},{"a":1},{"a":"#number"}]';
    assert.equal(text(expected, [{ a: 1 }, { a: 2 }, { a: 'x' }], anyOrder), '');
  });

  it('lets an actual item match one expected item only', () => {
    assert.equal(text('[1,1]', [1, 2], containing), '$: no item matches 1');
  });

  it('matches any shuffled array in any order', () => {
    const items = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 5 }), fc.record({ a: fc.nat(3), b: fc.nat(3) })),
    );
    fc.assert(
      fc.property(
        items.chain((list) =>
          fc.tuple(
            fc.constant(list),
            fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
          ),
        ),
        ([list, shuffled]) => assert.equal(text(list, shuffled, anyOrder), ''),
      ),
    );
  });
});

describe('markers', () => {
  const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
  const cases: readonly [marker: string, fits: readonly unknown[], not: readonly unknown[]][] = [
    ['#string', ['', 'x'], [1, null, {}]],
    ['#number', [0, 1.5, 10n], ['1', null, Number.NaN]],
    ['#boolean', [true, false], ['true', 0, null]],
    ['#array', [[], [1]], [{}, 'x', null]],
    ['#object', [{}, { a: 1 }], [[], null, 'x', new Date()]],
    ['#null', [null], [undefined, 0, '']],
    ['#notnull', [0, '', false], [null, undefined]],
    ['#present', [null, 0], [undefined]],
    ['#notpresent', [undefined], [null, 0]],
    ['#ignore', [undefined, null, 1], []],
    ['#uuid', [uuid, uuid.toUpperCase()], ['abc', `${uuid}0`, 1, null]],
    ['#date', ['2026-01-31', '2026-01-31T10:00:00.123Z', new Date()], ['2026-02-30', '31.1.2026', 1, 'x']],
    ['#regex [a-z]+\\d{2}', ['ab12'], ['ab1', 'xab12 ', 12]],
    ['#[]', [[], [1, 2]], [{}, null]],
    ['#[2]', [[1, 2]], [[1], [], 'ab']],
    ['#[_ > 1]', [[1, 2]], [[1]]],
    ['#[2] #string', [['a', 'b']], [['a', 1], ['a']]],
    ['#[] ##number', [[1, null], []], [['a']]],
    ['##string', ['x', null, undefined], [1]],
    ['##[1]', [[1], null, undefined], [[]]],
    ['#? _ > 0 && _ < 10', [5], [0, 10, '5', null]],
    ["#? _.startsWith('ab')", ['abc'], ['xab', 1]],
  ];
  for (const [marker, fits, not] of cases) {
    it(`${marker} tells what fits from what does not`, () => {
      for (const value of fits) assert.equal(text({ a: marker }, { a: value }), '', String(value));
      for (const value of not) assert.notEqual(text({ a: marker }, { a: value }), '', String(value));
    });
  }

  it('explain what they expected', () => {
    const said = (marker: string, value: unknown) => text({ a: marker }, { a: value });
    assert.equal(said('#[3]', [1]), '$.a: expected #[3] (an array of 3 items), was [1] (it has 1 item)');
    assert.equal(said('#[2] #string', ['a', 1]), '$.a[1]: expected #string (a text), was 1');
    assert.equal(said('##uuid', 'x'), '$.a: expected ##uuid (a UUID, or null, or absent), was "x"');
    assert.equal(said('#regex \\d+', 12), '$.a: expected #regex \\d+, was 12 (a pattern matches text only)');
    assert.equal(said('#uuid', undefined), '$.a: expected #uuid (a UUID), but it is missing');
    assert.equal(said('#notpresent', 1), '$.a: expected #notpresent (absent), was 1');
    assert.equal(
      said('#? _ > 0', 'x'),
      '$.a: expected #? _ > 0, was "x" ("x" > 0 compares neither two numbers nor two texts)',
    );
    assert.equal(
      said('#? _ + 1', 1),
      '$.a: expected #? _ + 1, was 1 (the expression gives neither true nor false)',
    );
  });

  it('are written literally with a backslash', () => {
    assert.equal(text({ a: '\\#uuid' }, { a: '#uuid' }), '');
    assert.equal(text({ a: '\\\\#uuid' }, { a: '\\#uuid' }), '');
    assert.equal(text({ a: 'no #1' }, { a: 'no #1' }), '');
  });

  it('are refused when unknown, with the place and the nearest', () => {
    assert.throws(
      () => match('{"items":[{"id":"#uid"}]}', {}),
      (error) => {
        assert.ok(error instanceof BrineError);
        assert.equal(
          error.message,
          'the expected JSON at $.items[0].id has the unknown marker "#uid"\n  -> did you mean "#uuid"? known markers: ' +
            '#string #number #boolean #array #object #null #notnull #present #notpresent #ignore #uuid #date ' +
            '#regex #[n] #? ##<marker>; text that begins with # is written \\#...  [BRINE_MATCH_001]',
        );
        return true;
      },
    );
  });

  it('are refused when they cannot be read, with the reason', () => {
    const reason = (marker: string) => {
      try {
        match({ a: marker }, {});
      } catch (error) {
        assert.ok(error instanceof BrineError && error.code === 'BRINE_MATCH_002');
        return error.parameters.reason;
      }
      return assert.fail();
    };
    assert.match(String(reason('#regex [')), /Invalid regular expression/);
    assert.equal(reason('#regex'), 'the pattern is missing');
    assert.equal(reason('#? _ >'), 'it ends where a value is due');
    assert.equal(reason('#? 0 < _ < 5'), 'comparisons cannot be chained: join them with &&');
    assert.equal(
      reason('#? process.exit()'),
      '"process" stands where a value is due (the value at hand is _)',
    );
    assert.equal(reason('#[3'), '"]" is missing');
    assert.equal(reason('#notpresent as x'), 'what is absent cannot be captured');
  });
});

describe('captures', () => {
  it('give the value under its name', () => {
    const { captured } = match('{"id":"#string as orderId","n":"#? _ > 0 as n"}', { id: 'a', n: 5 });
    assert.deepEqual(
      [...captured],
      [
        ['orderId', 'a'],
        ['n', 5],
      ],
    );
  });

  it('compare from then on, with what was captured earlier and within one match', () => {
    const captured = new Map([['orderId', 'a']]);
    assert.equal(text('{"id":"#string as orderId"}', { id: 'a' }, { captured }), '');
    assert.equal(
      text('{"id":"#string as orderId"}', { id: 'b' }, { captured }),
      '$.id: expected "a", was "b" (captured before as orderId)',
    );
    assert.equal(
      text('["#ignore as x", "#ignore as x"]', [1, 2]),
      '$[1]: expected 1, was 2 (captured before as x)',
    );
  });

  it('give nothing when the match fails', () => {
    assert.equal(match('{"id":"#string as x","a":1}', { id: 'a' }).captured.size, 0);
  });

  it('of items in any order come from the items that were chosen together', () => {
    const expected = '[{"k":"#ignore as k"},{"k":"#ignore as k","last":true}]';
    const actual = [{ k: 1 }, { k: 2 }, { k: 2, last: true }];
    assert.deepEqual([...match(expected, actual, containing).captured], [['k', 2]]);
    assert.equal(
      text(expected, [{ k: 1 }, { k: 2, last: true }], anyOrder),
      '$[1].k: expected 1, was 2 (captured before as k)',
    );
  });

  it('skip what is optional and absent', () => {
    assert.equal(match('{"a":"##string as x"}', {}).captured.size, 0);
  });
});

describe('speed', () => {
  const best = (runs: number, body: () => void) => {
    const times = Array.from({ length: runs }, () => {
      const start = performance.now();
      body();
      return performance.now() - start;
    });
    return Math.min(...times);
  };

  it('matches a JSON of 1,000 fields in less than 2 ms', () => {
    const actual = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, i) => [`field_${i}`, i % 3 ? `v${i}` : i]),
    );
    const expected = Object.fromEntries(
      Object.entries(actual).map(([name, value], i) => [
        name,
        i % 4 ? value : typeof value === 'string' ? '#string' : '#number',
      ]),
    );
    assert.equal(text(expected, actual, { mode: 'exactly' }), '');
    assert.ok(best(50, () => match(expected, actual, { mode: 'exactly' })) < 2);
  });

  it('matches 10,000 items in reverse, with markers and captures, within a second', () => {
    const actual = Array.from({ length: 10_000 }, (_, id) => ({ id, sku: `s${id}`, qty: id % 7 }));
    const expected = actual.map(({ id, sku }) => ({ id, sku, qty: `#number as q${id}` })).reverse();
    let size = 0;
    assert.ok(best(3, () => (size = match(expected, actual, anyOrder).captured.size)) < 1_000);
    assert.equal(size, 10_000);
  });
});
