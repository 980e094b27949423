import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BrineError } from '../../support/errors';
import {
  type Json,
  matchJson,
  matchRows,
  parseJson,
  type Row,
  renderMismatches,
  renderRowsResult,
  renderTable,
  renderValue,
} from '../../support/matching';

const throwing = { get: () => assert.fail('thrown on purpose') };
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

/** Values that break careless renderers. */
function oddities(): readonly unknown[] {
  const cyclic: Record<string, unknown> = { name: 'loop' };
  cyclic.self = { inner: [cyclic] };
  return [
    cyclic,
    Object.defineProperty({}, 'bad', { enumerable: true, get: () => assert.fail('thrown on purpose') }),
    Object.create(null),
    { toJSON: () => assert.fail(), toString: () => assert.fail(), valueOf: () => assert.fail() },
    Object.defineProperty(new Error('x'), 'message', { get: () => assert.fail() }),
    Symbol('s'),
    10n,
    new Date(Number.NaN),
    Buffer.from([0, 255]),
    new Map<unknown, unknown>([[{}, new Set([1])]]),
    () => 1,
    'x'.repeat(100_000),
    '\ud800',
    -0,
    undefined,
    null,
    new Array(3),
    new Float64Array(2),
    new WeakMap(),
  ];
}

/** Values that fast-check itself cannot handle. */
function hostile(): readonly unknown[] {
  const traps = { ownKeys: () => assert.fail(), getPrototypeOf: () => assert.fail() };
  return [new Proxy({ a: 1 }, throwing), new Proxy({}, traps), revoked()];
}

const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withSparseArray: true,
  }),
  fc.constantFrom(...oddities()),
);

describe('rendering a value', () => {
  const cases: readonly [unknown, string][] = [
    [{ sku: 'A-1', qty: 2, tags: ['x', null] }, '{"sku": "A-1", "qty": 2, "tags": ["x", null]}'],
    ['say "hi"\n', '"say \\"hi\\"\\n"'],
    [12345678901234567890n, '12345678901234567890'],
    [parseJson('0.12345678901234567890', 'x'), '0.12345678901234567890'],
    [undefined, 'absent'],
    [new Date('2026-01-31T10:00:00Z'), '2026-01-31T10:00:00.000Z'],
    [new Date(Number.NaN), 'an invalid date'],
    [Buffer.from([10, 255]), '0x0aff'],
    [Buffer.alloc(1_000), `0x${'00'.repeat(64)}\u2026 (1,000 bytes)`],
    [new Map([['a', 1]]), '{"a": 1}'],
    [new Set([1, 'b']), '[1, "b"]'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 1, '(a function)'],
    [new TypeError('no'), 'TypeError: no'],
    [-0, '-0'],
  ];
  for (const [value, text] of cases) it(text.slice(0, 60), () => assert.equal(renderValue(value), text));

  it('shows a cycle as one, and the same object twice as itself', () => {
    const cyclic: Record<string, unknown> = { a: 1 };
    cyclic.self = cyclic;
    assert.equal(renderValue(cyclic), '{"a": 1, "self": (circular)}');
    const shared = { x: 1 };
    assert.equal(renderValue([shared, shared]), '[{"x": 1}, {"x": 1}]');
  });

  it('shows what cannot be read as unreadable', () => {
    const value = Object.defineProperty({ a: 1 }, 'b', {
      enumerable: true,
      get: () => {
        throw new Error('closed');
      },
    });
    assert.equal(renderValue(value), '{"a": 1, "b": (unreadable: closed)}');
    assert.match(renderValue(revoked()), /^\(unreadable: /);
  });

  it('cuts what is long, and says so', () => {
    assert.equal(renderValue('x'.repeat(5_000), { limit: 3 }), '"xxx"\u2026 (5,000 characters)');
    assert.equal(renderValue([1, 2, 3, 4], { limit: 6 }), '[1, 2,\u2026 (cut)');
    assert.equal(renderValue({ a: 'xxxxxxxxxx' }, { limit: 8 }), '{"a": "xx"\u2026 (10 characters)');
  });

  it('shows 1,000 levels, and 100,000', () => {
    const nested = (levels: number) => {
      let value: unknown = 1;
      for (let level = 0; level < levels; level++) value = [value];
      return value;
    };
    for (const levels of [1_000, 100_000]) {
      const text = renderValue(nested(levels), { limit: Number.POSITIVE_INFINITY });
      assert.equal(text, `${'['.repeat(levels)}1${']'.repeat(levels)}`);
    }
  });

  it('never throws, and stays within its limit', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: 200 }), (value, limit) => {
        assert.ok(renderValue(value, { limit }).length <= 6 * limit + 200);
      }),
    );
    for (const value of [...oddities(), ...hostile()]) {
      assert.equal(typeof renderValue([value, { value }]), 'string');
    }
  });
});

describe('rendering mismatches', () => {
  it('writes one line for each, and counts those beyond the limit', () => {
    const { mismatches } = matchJson(
      { a: 1, b: '#uuid', c: 3 },
      { a: 2, b: 'abc' },
      { mode: 'contains', captured: new Map() },
    );
    assert.equal(
      renderMismatches(mismatches, { limit: 2 }),
      '$.a: expected 1, was 2\n$.b: expected #uuid (a UUID), was "abc"\n... and 1 more',
    );
  });

  it('never throws, whatever the actual value', () => {
    const expected = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('#'));
    fc.assert(
      fc.property(expected, anything, (json, value) => {
        const result = matchJson(json as Json, [value, { a: value }], {
          mode: 'contains',
          captured: new Map(),
        });
        assert.equal(typeof renderMismatches(result.mismatches), 'string');
      }),
    );
  });
});

describe('rendering tables', () => {
  it('aligns columns and escapes as Gherkin does', () => {
    assert.equal(
      renderTable(
        ['name', 'a|b'],
        [
          ['line\nbreak', '\\'],
          ['\u65e5\u672c', 'e\u0301'],
        ],
      ),
      ['| name        | a\\|b |', '| line\\nbreak | \\\\   |', '| \u65e5\u672c        | e\u0301    |'].join(
        '\n',
      ),
    );
  });

  it('cuts wide cells and fills up short rows', () => {
    const [, second, third] = renderTable(['a', 'b'], [['x'.repeat(200)], ['1', '2']]).split('\n');
    assert.equal(second, `| ${'x'.repeat(120)}\u2026 |   |`);
    assert.equal(third, `| 1${' '.repeat(120)} | 2 |`);
  });

  it('never throws, whatever the rows hold', () => {
    const row = fc.dictionary(fc.constantFrom('a', 'b', 'c.d', '__proto__'), anything);
    const cells = fc.array(
      fc.constantFrom('1', 'null', '', 'x', '{"a":1}', '#uuid', '#? _ > 0', '#string as s'),
      {
        minLength: 2,
        maxLength: 2,
      },
    );
    const mode = fc.constantFrom(
      'contains' as const,
      'only' as const,
      'in order' as const,
      'only in order' as const,
    );
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 5 }),
        fc.array(cells, { maxLength: 4 }),
        mode,
        (actual, rows, mode) => {
          const expected = { columns: ['a', 'c.d'], rows };
          const result = matchRows(expected, actual as Row[], { mode, captured: new Map() });
          assert.equal(typeof renderRowsResult(result), 'string');
        },
      ),
    );
    const none = matchRows({ columns: ['a'], rows: [] }, [], { mode: 'only', captured: new Map() });
    const unexpected = [...oddities(), ...hostile()].map((a) => ({ a }));
    for (const row of [...unexpected, ...(hostile() as Row[])]) {
      assert.equal(typeof renderRowsResult({ ...none, ok: false, unexpected: [row] }), 'string');
    }
  });
});

describe('every rendering is bounded:', () => {
  const huge = fc.oneof(
    fc.constant('x'.repeat(200_000)),
    fc.constant(
      Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`field ${at}`, 'y'.repeat(300)])),
    ),
    fc.constant(Array.from({ length: 3_000 }, (_, at) => ({ at, text: 'z'.repeat(300) }))),
    anything,
  );
  const most = 45_000;

  it('of mismatches, whatever they hold', () => {
    fc.assert(
      fc.property(huge, huge, fc.string(), (expected, actual, name) => {
        const reason = renderValue(expected, { limit: 1_000_000 });
        const mismatches = Array.from({ length: 300 }, () => ({ path: name, reason, expected, actual }));
        assert.ok(renderMismatches(mismatches).length < most);
      }),
      { numRuns: 20 },
    );
  });

  it('of rows with many wide columns', () => {
    const columns = Array.from({ length: 1_000 }, (_, at) => `column ${at}`);
    const row = Object.fromEntries(columns.map((column) => [column, 'w'.repeat(500)]));
    const expected = { columns, rows: Array.from({ length: 30 }, () => columns) };
    const rows = Array.from({ length: 30 }, () => row);
    const text = renderRowsResult(matchRows(expected, rows, { mode: 'only', captured: new Map() }));
    assert.ok(text.length < most, `${text.length}`);
    assert.match(text, /\n\.\.\. and \d+ more lines$/);
  });

  it('of what is wrong with JSON, for any text', () => {
    const broken = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.json().map((text) => text.slice(0, -1)),
      fc.json().map((text) => `${text}${text}`),
      fc.constantFrom(
        '"'.padEnd(100_000, 'x'),
        `{"${'n'.repeat(100_000)}" 1}`,
        `{"${'n'.repeat(100_000)}":1,}`,
        '['.repeat(5_000),
      ),
    );
    fc.assert(
      fc.property(broken, (text) => {
        try {
          parseJson(text, 'the body');
        } catch (error) {
          assert.ok(error instanceof BrineError && error.code === 'BRINE_JSON_001', String(error));
          assert.ok(error.message.length < 1_000, `${error.message.length}`);
        }
      }),
    );
  });
});
