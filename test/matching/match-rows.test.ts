import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BrineError } from '../../support/errors';
import {
  type ColumnKind,
  literalCell,
  matchRows,
  type Row,
  type RowsOptions,
  renderRowsResult,
  rowMatcher,
  type TableExpectation,
} from '../../support/matching';

type Options = Partial<RowsOptions>;

/** A table as a feature has it. */
function table(text: string): TableExpectation {
  const lines = text.trim().split('\n');
  const [columns = [], ...rows] = lines.map((line) =>
    line
      .trim()
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  return { columns, rows };
}

function match(expected: string, actual: readonly Row[], options: Options = {}) {
  return matchRows(table(expected), actual, { mode: 'contains', captured: new Map(), ...options });
}

function ok(expected: string, actual: readonly Row[], options: Options = {}): boolean {
  return match(expected, actual, options).ok;
}

function text(expected: string, actual: readonly Row[], options: Options = {}): string {
  return renderRowsResult(match(expected, actual, options));
}

/** Whether a cell matches a value in a column of some kind. */
function fits(cell: string, value: unknown, kind: ColumnKind = 'unknown'): boolean {
  const columnTypes = new Map([['a', kind]]);
  return matchRows({ columns: ['a'], rows: [[cell]] }, [{ a: value }], {
    mode: 'only',
    captured: new Map(),
    columnTypes,
  }).ok;
}

const orders: readonly Row[] = [
  { id: 1, status: 'pending', total: '9.90', note: null },
  { id: 2, status: 'confirmed', total: '5.00', note: '' },
];
const money: Options = { columnTypes: new Map([['total', 'number']]) };

describe('cells', () => {
  const at = new Date('2026-01-31T10:00:00.123Z');
  const cases: readonly [
    kind: ColumnKind,
    cell: string,
    fits: readonly unknown[],
    not: readonly unknown[],
  ][] = [
    ['unknown', 'null', [null], ['null', '', 0, undefined]],
    ['unknown', '"null"', ['null'], [null]],
    ['unknown', '', [''], [null, ' ', 0]],
    ['unknown', '" x "', [' x '], ['x']],
    ['unknown', '"#1"', ['#1'], []],
    ['unknown', '\\#1', ['#1'], []],
    ['unknown', '"a" and "b"', ['"a" and "b"'], ['a']],
    ['unknown', '10', [10, 10n, '10'], ['10.0', 11, true]],
    ['unknown', '10.50', [10.5, '10.50'], ['10.5']],
    ['unknown', '"10"', ['10'], [10]],
    ['unknown', '12345678901234567890', [12345678901234567890n], [12345678901234567891n]],
    ['unknown', 'true', [true, 'true'], [false, 1]],
    ['unknown', '2026-01-31T10:00:00.123Z', [at], [new Date(0)]],
    ['unknown', '2026-01-31 11:00:00.123+01', [at], []],
    ['unknown', '2026-01-31', [new Date(2026, 0, 31), new Date('2026-01-31')], [at]],
    ['unknown', '{"a": "#number"}', [{ a: 1, b: 2 }, '{"a": "#number"}'], [{ a: 'x' }, '{"a":1}']],
    ['unknown', '[1, 2]', [[1, 2]], [[2, 1], [1]]],
    ['unknown', '0x0aff', [Buffer.from([10, 255])], [Buffer.from([10])]],
    ['text', '10', ['10'], ['10.0']],
    ['text', '{"a":1}', ['{"a":1}'], [{ a: 1 }]],
    ['number', '10.5', ['10.50', 10.5, '1.05e1'], ['10.51', null, 'x']],
    ['number', 'NaN', ['NaN', Number.NaN], [0]],
    ['number', '#number', ['10.50', 3], ['x', null]],
    ['number', '#? _ > 9', ['10.50', '12345678901234567890'], ['8']],
    ['boolean', 'true', [true, 1], [false, 0]],
    ['boolean', 'FALSE', [false], [true]],
    ['json', '{"a": 1}', [{ a: 1 }, '{"a": 1, "b": 2}'], [{ a: 2 }, 'x']],
    ['json', 'abc', ['abc', '"abc"'], [1]],
    ['json', '5', [5, '5'], ['"5"']],
    ['timestamp', '2026-01-31T10:00:00.123Z', [at, '2026-01-31 10:00:00.123+00'], [new Date(0)]],
    [
      'timestamp',
      '2026-01-31T10:00:00.123456Z',
      [at, '2026-01-31 10:00:00.123456'],
      ['2026-01-31 10:00:00.123'],
    ],
    ['timestamp', '#date', [at, '2026-01-31 10:00:00.123+00'], ['soon']],
    ['date', '2026-01-31', ['2026-01-31', '2026-01-31T23:00:00Z', at], ['2026-02-01']],
    ['bytes', '\\x0aff', [Buffer.from([10, 255])], []],
    ['bytes', 'base64:Cv8=', [Buffer.from([10, 255])], []],
    ['bytes', 'h\u00e9', [Buffer.from('h\u00e9')], [Buffer.from('h')]],
  ];
  for (const [kind, cell, good, bad] of cases) {
    it(`${cell || '(empty)'} in a column of kind ${kind}`, () => {
      for (const value of good) assert.ok(fits(cell, value, kind), `does not fit ${String(value)}`);
      for (const value of bad) assert.ok(!fits(cell, value, kind), `fits ${String(value)}`);
    });
  }

  it('written for a value match that value', () => {
    const scalars = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.bigInt(),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(fc.property(scalars, (value) => assert.ok(fits(literalCell(value), value))));
  });

  it('that cannot be read are errors with their place', () => {
    const refused = (cell: string, kind: ColumnKind, message: RegExp) =>
      assert.throws(
        () => fits(cell, 1, kind),
        (error) => error instanceof BrineError && message.test(error.message),
      );
    refused(
      '#uid',
      'unknown',
      /^column "a" in row 1 of the expected table has the unknown marker "#uid"\n {2}-> did you mean "#uuid"/,
    );
    refused(
      '{"a": #uuid}',
      'json',
      /^column "a" in row 1 of the expected table is not valid JSON at line 1, column 7/,
    );
  });
});

describe('rows', () => {
  it('contains: each expected row is there, others may be', () => {
    assert.ok(ok('|id|\n|2|', orders));
    assert.ok(!ok('|id|\n|3|', orders));
  });

  it('an actual row matches one expected row only', () => {
    assert.ok(!ok('|id|\n|2|\n|2|', orders));
  });

  it('only: no row is left over', () => {
    assert.ok(ok('|id|\n|2|\n|1|', orders, { mode: 'only' }));
    assert.ok(!ok('|id|\n|2|', orders, { mode: 'only' }));
    assert.ok(ok('|id|', [], { mode: 'only' }));
  });

  it('only in order: and each in its place', () => {
    assert.ok(ok('|id|\n|1|\n|2|', orders, { mode: 'only in order' }));
    assert.ok(!ok('|id|\n|2|\n|1|', orders, { mode: 'only in order' }));
  });

  it('in order: others may come between', () => {
    const rows = [3, 1, 4, 2].map((id) => ({ id }));
    assert.ok(ok('|id|\n|3|\n|2|', rows, { mode: 'in order' }));
    assert.ok(!ok('|id|\n|2|\n|3|', rows, { mode: 'in order' }));
  });

  it('pairs so that all match where a greedy choice would fail', () => {
    assert.ok(ok('|id|\n|#number|\n|1|', [{ id: 1 }, { id: 2 }], { mode: 'only' }));
  });

  it('follow captures from row to row', () => {
    const rows = [
      { id: 'a', parent: null },
      { id: 'b', parent: null },
      { id: 'c', parent: 'b' },
    ];
    const result = match('|id|parent|\n|#string as top|null|\n|c|#string as top|', rows);
    assert.deepEqual([...result.captured], [['top', 'b']]);
  });

  it('compare a captured number with its text, since tables speak in texts', () => {
    assert.ok(ok('|key|\n|#string as id|', [{ key: '42' }], { captured: new Map([['id', 42]]) }));
  });

  it('events: columns may be paths, and an own property of that name comes first', () => {
    const events = [
      {
        key: 'o-1',
        value: { orderId: 'o-1', items: [{ sku: 'A' }] },
        headers: { 'event-type': 'x', 'a.b': '1' },
      },
    ];
    const expected = '|key|value.orderId|value.items[0].sku|headers.event-type|headers.a.b|\n|o-1|o-1|A|x|1|';
    assert.ok(ok(expected, events, { mode: 'only' }));
    assert.ok(ok('|value.orderId|\n|direct|', [{ 'value.orderId': 'direct', value: { orderId: 'nested' } }]));
  });

  it('any rows match the table written from them, in any order', () => {
    const row = fc.record({ a: fc.integer({ min: 0, max: 3 }), b: fc.oneof(fc.string(), fc.constant(null)) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const expected = {
          columns: ['a', 'b'],
          rows: [...rows].reverse().map(({ a, b }) => [literalCell(a), literalCell(b)]),
        };
        assert.ok(matchRows(expected, rows, { mode: 'only', captured: new Map() }).ok);
      }),
    );
  });

  it('10,000 against 10,000 in reverse take less than a second', () => {
    const rows = Array.from({ length: 10_000 }, (_, id) => ({ id, name: `n${id}` }));
    const expected = {
      columns: ['id', 'name'],
      rows: rows.map(({ id, name }) => [String(id), name]).reverse(),
    };
    const start = performance.now();
    assert.ok(matchRows(expected, rows, { mode: 'only', captured: new Map() }).ok);
    assert.ok(performance.now() - start < 1_000);
  });
});

describe('bad tables are errors', () => {
  const refused = (expected: TableExpectation, message: string, options: Options = {}) =>
    assert.throws(
      () => matchRows(expected, orders, { mode: 'contains', captured: new Map(), ...options }),
      (error) => {
        assert.ok(error instanceof BrineError);
        assert.equal(error.message, message);
        return true;
      },
    );

  it('an unknown column, where the columns are known', () => {
    const columns = ['id', 'status'];
    refused(
      table('|staus|\n|x|'),
      'the expected table has no column "staus": did you mean "status"?\n  -> its columns: id, status  [BRINE_MATCH_003]',
      { columns },
    );
    assert.ok(ok('|payload.id|\n|1|', [{ payload: { id: 1 } }], { columns: ['payload'] }));
  });

  it('a ragged table', () => {
    refused(
      { columns: ['id', 'status'], rows: [['1', 'x'], ['2']] },
      'row 2 of the expected table: it has 1 cell, the header 2\n  -> give each row as many cells as the header  [BRINE_STEP_002]',
    );
  });

  it('a column given twice', () => {
    refused(
      table('|id|id|\n|1|1|'),
      'the expected table: the column "id" is given twice\n  -> remove one  [BRINE_STEP_002]',
    );
  });
});

describe('a failure shows', () => {
  it('each missing row with the closest one and only its differing columns', () => {
    assert.equal(
      text('|id|status|total|\n|1|confirmed|9.9|\n|2|confirmed|5|', orders, money),
      [
        '1 of 2 expected rows missing; there are 2 rows',
        'missing (row 1 of the table):',
        '  | id | status    | total |',
        '  | 1  | confirmed | 9.9   |',
        '  closest is row 1 of 2, which differs in:',
        '    | status  |',
        '    | pending |',
      ].join('\n'),
    );
  });

  it('unexpected rows, in the notation of the feature', () => {
    assert.equal(
      text('|id|note|\n|1|null|', [...orders, { id: 3, note: 'null' }], { mode: 'only' }),
      [
        '2 unexpected rows; there are 3 rows',
        'unexpected:',
        '  | id | note   |',
        '  | 2  |        |',
        '  | 3  | "null" |',
      ].join('\n'),
    );
  });

  it('the rows that are out of order, and only those', () => {
    assert.equal(
      text('|id|\n|1|\n|3|\n|2|', [{ id: 1 }, { id: 2 }, { id: 3 }], { mode: 'only in order' }),
      [
        '1 row out of order; there are 3 rows',
        'out of order (row 2 of the table is row 3):',
        '  | id |',
        '  | 3  |',
      ].join('\n'),
    );
  });

  it('what is there when nothing comes close', () => {
    assert.equal(
      text('|status|\n|lost|', orders),
      [
        '1 of 1 expected row missing; there are 2 rows',
        'missing (row 1 of the table):',
        '  | status |',
        '  | lost   |',
        'no row comes close; what is there:',
        '  | status    |',
        '  | pending   |',
        '  | confirmed |',
      ].join('\n'),
    );
  });

  it('a column that no row has, with the nearest', () => {
    assert.equal(
      text('|id|staus|\n|1|pending|', orders),
      [
        '1 of 1 expected row missing; there are 2 rows',
        'no row has "staus"; did you mean "status"? (they have: id, status, total, note)',
        'missing (row 1 of the table):',
        '  | id | staus   |',
        '  | 1  | pending |',
        '  closest is row 1 of 2, which differs in:',
        '    | staus |',
        '    |       |',
        '    staus: expected pending, but it is missing',
      ].join('\n'),
    );
  });

  it('what a marker wanted, where nested JSON differs, and why texts and numbers differ', () => {
    const rows = [{ id: 'abc', payload: { items: [{ qty: 2 }] }, total: '9.90', status: 'Pending' }];
    assert.equal(
      text('|id|payload|total|status|\n|#uuid|{"items":[{"qty":3}]}|9.9|pending|', rows),
      [
        '1 of 1 expected row missing; there is 1 row',
        'missing (row 1 of the table):',
        '  | id    | payload               | total | status  |',
        '  | #uuid | {"items":[{"qty":3}]} | 9.9   | pending |',
        '  the only row differs in:',
        '    | id  | payload               | total | status  |',
        '    | abc | {"items":[{"qty":2}]} | 9.90  | Pending |',
        '    id: expected #uuid (a UUID), was "abc"',
        '    payload.items[0].qty: expected 3, was 2',
        '    total: expected 9.9, was 9.90 (the same number, but the value is text)',
        '    status: expected pending, was Pending (only upper and lower case differ)',
      ].join('\n'),
    );
  });

  it('that an empty cell is not NULL', () => {
    assert.equal(
      text('|id|note|\n|1||', orders.slice(0, 1)),
      [
        '1 of 1 expected row missing; there is 1 row',
        'missing (row 1 of the table):',
        '  | id | note |',
        '  | 1  |      |',
        '  the only row differs in:',
        '    | note |',
        '    | null |',
        '    note: expected empty text, was null (an empty cell is the empty text; NULL is written null)',
      ].join('\n'),
    );
  });

  it('that there is nothing at all, and calls events events', () => {
    const result = match('|key|\n|o-1|', []);
    assert.equal(
      renderRowsResult(result, { noun: 'event' }),
      '1 of 1 expected event missing; there are no events\nmissing (event 1 of the table):\n  | key |\n  | o-1 |',
    );
  });

  it('that a row is wanted twice', () => {
    assert.equal(
      text('|id|\n|1|\n|1|', [{ id: 1 }]),
      [
        '1 of 2 expected rows missing; there is 1 row',
        'missing (row 2 of the table):',
        '  | id |',
        '  | 1  |',
        '  the only row already matches another row of the table',
      ].join('\n'),
    );
  });

  it('at most as many rows as asked, and how many more there are', () => {
    const rows = Array.from({ length: 1_500 }, (_, id) => ({ id }));
    assert.equal(
      renderRowsResult(match('|id|', rows, { mode: 'only' }), { limit: 1 }),
      '1,500 unexpected rows; there are 1,500 rows\nunexpected:\n  | id |\n  | 0  |\n  ... and 1,499 more',
    );
  });
});

describe('rows that were not kept', () => {
  it('count among the unexpected ones, and are said to be more', () => {
    const expected = { columns: ['id'], rows: [['1']] };
    const options = { mode: 'only', captured: new Map(), further: 99_997 } as const;
    const result = matchRows(expected, [{ id: 1 }, { id: 2 }, { id: 3 }], options);
    assert.deepEqual([result.ok, result.unexpectedCount, result.actualCount], [false, 99_999, 100_000]);
    assert.equal(
      renderRowsResult(result, { limit: 1 }),
      '99,999 unexpected rows; there are 100,000 rows\nunexpected:\n  | id |\n  | 2  |\n  ... and 99,998 more',
    );
  });
});

describe('looking through many rows for many expected ones', () => {
  it('finds those that comparing with each would find', () => {
    const cell = fc.constantFrom(
      '1',
      '01',
      '1.0',
      'a',
      '#string',
      '#number',
      'null',
      '"1"',
      '{"a":1}',
      '2026-01-01T00:00:00Z',
      '\\#x',
    );
    const value = fc.constantFrom<unknown>(
      1,
      '1',
      '1.0',
      'a',
      null,
      undefined,
      { a: 1 },
      new Date('2026-01-01'),
      '#x',
      2n,
      'b',
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { minLength: 40, maxLength: 60 }),
        fc.array(fc.record({ a: value, b: value }), { maxLength: 20 }),
        (rows, actual) => {
          const options = { captured: new Map<string, unknown>() };
          const all = rowMatcher({ columns: ['a', 'b'], rows }, options);
          const each = rows.map((row) => rowMatcher({ columns: ['a', 'b'], rows: [row] }, options));
          for (const row of actual)
            assert.equal(
              all(row),
              each.some((matches) => matches(row)),
            );
        },
      ),
    );
  });
});
