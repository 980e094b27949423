// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of variables
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BrineError } from '../../support/errors';
import {
  interpolate,
  interpolateCell,
  interpolateExpected,
  interpolateJson,
  literalCell,
  matchJson,
  matchRows,
  type Scope,
} from '../../support/matching';

const order = {
  id: 'o-1',
  total: 9.5,
  items: [{ sku: 'A-1' }],
  'a b': 1,
  createdAt: '2026-01-31T10:00:00.000Z',
};
const scope: Scope = {
  variables: new Map<string, unknown>([
    ['order', order],
    ['orderId', 'o-1'],
    ['big', 12345678901234567890n],
    ['none', null],
    ['color', '#ff0000'],
    ['word', 'null'],
    ['at', new Date('2026-02-01T00:00:00Z')],
    ['event-id', 7],
  ]),
  now: () => new Date('2026-03-01T12:00:00.000Z'),
  uuid: () => '00000000-0000-4000-8000-000000000001',
};
const text = (template: string) => interpolate(template, scope, 'the path');

function refuses(template: string, message: string): void {
  assert.throws(
    () => text(template),
    (error) => {
      assert.ok(error instanceof BrineError);
      assert.equal(error.message, message);
      return true;
    },
  );
}

describe('interpolating text', () => {
  const cases: readonly [string, string][] = [
    ['/orders/${orderId}?x=${event-id}', '/orders/o-1?x=7'],
    ['${order.id} ${order.items[0].sku} ${order["a b"]}', 'o-1 A-1 1'],
    ['${order.items}', '[{"sku":"A-1"}]'],
    ['${big} ${none} ${at}', '12345678901234567890 null 2026-02-01T00:00:00.000Z'],
    ['${uuid}', '00000000-0000-4000-8000-000000000001'],
    ['${now}', '2026-03-01T12:00:00.000Z'],
    ['${today}', '2026-03-01'],
    ['${now + 2 days}', '2026-03-03T12:00:00.000Z'],
    ['${now - 1 hour}', '2026-03-01T11:00:00.000Z'],
    ['${now + 1 day - 30 minutes}', '2026-03-02T11:30:00.000Z'],
    ['${today + 1 day}', '2026-03-02'],
    ['${today - 1 hour}', '2026-02-28T23:00:00.000Z'],
    ['${order.createdAt + 1 hour}', '2026-01-31T11:00:00.000Z'],
    ['${at + 1 s}', '2026-02-01T00:00:01.000Z'],
    ['${missing:-fallback} ${missing:-${orderId}} ${none:-x}', 'fallback o-1 null'],
    ['\\${orderId} costs $5 {x}', '${orderId} costs $5 {x}'],
  ];
  for (const [template, result] of cases) it(template, () => assert.equal(text(template), result));

  it('lets a variable hide a generator of its name', () => {
    const own = { ...scope, variables: new Map([['now', 'never']]) };
    assert.equal(interpolate('${now}', own, 'x'), 'never');
  });

  it('asks further generators before it gives up', () => {
    const more = { ...scope, generate: (name: string) => (name === 'faker.name' ? 'Ann' : undefined) };
    assert.equal(interpolate('${faker.name}', more, 'x'), 'Ann');
  });
});

describe('a variable without a value is an error that teaches', () => {
  it('names the nearest variable', () => {
    refuses(
      '${orderID2}',
      'the path uses the variable "orderID2", which has no value\n  -> did you mean "orderId"? ' +
        'known: order, orderId, big, none, color, word, at, event-id, uuid, now, today  [BRINE_VARIABLE_001]',
    );
  });

  it('names the nearest field when only the end of a path is wrong', () => {
    refuses(
      '${order.totl}',
      'the path uses the variable "order.totl", which has no value\n  -> did you mean "order.total"? ' +
        'known: order.id, order.total, order.items, order.a b, order.createdAt  [BRINE_VARIABLE_001]',
    );
  });

  it('does not see inherited properties', () => {
    assert.throws(() => text('${order.constructor}'), /has no value/);
    assert.throws(() => text('${order.__proto__.x}'), /has no value/);
  });

  it('explains a wrong duration, a base that is no date, a brace that is missing', () => {
    refuses(
      '${now + 2 dayz}',
      'the path: "${now + 2 dayz}": "2 dayz" is not a duration\n  -> did you mean "days"? ' +
        'units: milliseconds, seconds, minutes, hours, days, weeks, months, years  [BRINE_STEP_002]',
    );
    refuses(
      '${orderId + 2 days}',
      'the path: "${orderId + 2 days}" adds a duration to "o-1", which is not a date\n  -> ' +
        'add to ${now}, ${today} or an ISO 8601 timestamp  [BRINE_STEP_002]',
    );
    refuses(
      'x ${orderId',
      'the path: "${orderId" has no closing brace\n  -> ' +
        'write ${name}; the characters themselves are written \\${  [BRINE_STEP_002]',
    );
  });
});

describe('interpolating JSON', () => {
  it('keeps the type of a variable that is the whole text', () => {
    const json = {
      id: '${big}',
      items: ['${order.items}'],
      total: '${order.total}',
      text: 'n ${none}',
      nil: '${none}',
    };
    assert.deepEqual(interpolateJson(json, scope, 'x'), {
      id: 12345678901234567890n,
      items: [[{ sku: 'A-1' }]],
      total: 9.5,
      text: 'n null',
      nil: null,
    });
  });

  it('interpolates names of fields, and an escape stays literal', () => {
    assert.deepEqual(interpolateJson({ '${orderId}': '\\${x}' }, scope, 'x'), { 'o-1': '${x}' });
  });

  it('refuses a variable that contains itself', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    const own = { ...scope, variables: new Map([['loop', loop]]) };
    assert.throws(() => interpolateJson('${loop}', own, 'x'), /contains itself/);
  });

  it('makes no marker of a variable that begins with # in expected JSON', () => {
    const expected = interpolateExpected({ color: '${color}', id: '#string' }, scope, 'x');
    const match = (color: string) =>
      matchJson(expected, { color, id: 'a' }, { mode: 'exactly', captured: new Map() }).mismatches.length;
    assert.deepEqual([match('#ff0000'), match('red')], [0, 1]);
  });
});

describe('interpolating cells', () => {
  it('takes a variable neither for a marker nor for NULL because of its content', () => {
    const cell = (template: string) => interpolateCell(template, scope, 'x');
    assert.deepEqual(['${color}', '${word}', '${none}', '${orderId}', '${color}!', '#uuid'].map(cell), [
      '"#ff0000"',
      '"null"',
      'null',
      'o-1',
      '\\#ff0000!',
      '#uuid',
    ]);
  });

  it('writes any text so that it matches itself', () => {
    for (const value of ['null', '#uuid', '\\#1', '"x"', ' x ', '', '{', '1.0', 'a|b', '"']) {
      const rows = [[literalCell(value)]];
      const result = matchRows({ columns: ['a'], rows }, [{ a: value }], {
        mode: 'only',
        captured: new Map(),
      });
      assert.ok(result.ok, JSON.stringify(value));
    }
  });
});
