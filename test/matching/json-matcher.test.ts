import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Json, jsonMatcher, lookUp, matchJson } from '../../support/matching';

const captured = new Map<string, unknown>([['id', 7]]);
const modes = fc.constantFrom<'contains' | 'exactly'>('contains', 'exactly');
const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

function small(): fc.Arbitrary<Json> {
  const leaf = fc.constantFrom<Json>(1, 2, 'a', 'b', null, '#number', '#string', '##string', '#number as id');
  return fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      leaf,
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('json')),
      fc.array(tie('json'), { maxLength: 3 }),
    ),
  })).json;
}

describe('a matcher for many values', () => {
  test('says of each what a comparison says of it', () => {
    fc.assert(
      fc.property(small(), fc.array(small(), { maxLength: 5 }), modes, (expected, values, mode) => {
        const matcher = jsonMatcher(expected, { mode, captured });
        for (const value of values)
          assert.equal(
            matcher.matches(value),
            matchJson(expected, value, { mode, captured }).mismatches.length === 0,
          );
      }),
    );
  });

  test('finds nothing nearer than what matches', () => {
    fc.assert(
      fc.property(small(), small(), (expected, value) => {
        const plain = JSON.parse(JSON.stringify(expected).replace(/"#[^"]*"/g, '1')) as Json;
        const matcher = jsonMatcher(plain, { mode: 'contains', captured });
        assert.ok(matcher.nearness(plain) >= matcher.nearness(value));
      }),
    );
  });

  test('counts the fields that are right, at any depth', () => {
    const matcher = jsonMatcher(
      { type: 'created', order: { id: '#number', items: [{ n: 1 }, { n: 2 }] } },
      { mode: 'contains', captured: new Map() },
    );
    const values = [
      'created',
      {},
      { type: 'created' },
      { type: 'created', order: { id: 'x' } },
      { type: 'created', order: { id: 1, items: [{ n: 1 }, { n: 3 }] } },
      { type: 'created', order: { id: 1, items: [{ n: 1 }, { n: 2 }] } },
    ];
    const near = values.map((value) => matcher.nearness(value));
    assert.deepEqual(
      near,
      near.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(near).size, values.length);
  });

  test('captures nothing, and does not match what is nested too deeply', () => {
    const matcher = jsonMatcher({ a: '#number as n' }, { mode: 'contains', captured: new Map() });
    assert.equal(matcher.matches({ a: 1 }), true);
    assert.equal(matcher.matches({ a: 2 }), true);
    const deep = (levels: number): Json => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    const lists = jsonMatcher(deep(1_000), { mode: 'contains', captured: new Map() });
    assert.equal(lists.matches(deep(900)), false);
    assert.equal(lists.matches([]), false);
    assert.equal(jsonMatcher([], { mode: 'contains', captured: new Map() }).matches([]), true);
  });
});

describe('a path of plain names', () => {
  const root = { a: { b: 1, 'b.c': 2, '': 5, d: { 'e.f': 3 } }, 'a.b': 4, x: null, y: undefined };
  const cases: ReadonlyArray<readonly [path: string, found: boolean, value?: unknown]> = [
    ['a.b', true, 4],
    ['a.b.c', true, 2],
    ['a.d.e.f', true, 3],
    ['a.d.e', false],
    ['a.', false],
    ['a..b', true, 1],
    ['.a', true, root.a],
    ['x', true, null],
    ['x.y', false],
    ['y', false],
    ['constructor', false],
    ['a.__proto__', false],
    ['$.a.b', true, 1],
    ['$', true, root],
  ];
  for (const [path, found, value] of cases) {
    test(`"${path}"`, () => assert.deepEqual(lookUp(root, path), { found, value }));
  }

  test('leads to a field of any JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]+$/), json), (object) => {
        for (const [name, value] of Object.entries(object))
          assert.deepEqual(lookUp({ value: object }, `value.${name}`), { found: true, value });
      }),
    );
  });
});
