import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ExactDecimal } from '../../support/matching';
import { UnfitValue } from '../../support/schema-registry/codec';
import { codecOf } from '../../support/schema-registry/codec-of';

async function codec(schema: unknown, references: Array<{ name: string; text: string }> = []) {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return codecOf({ type: 'AVRO', text, references }, 'schema "order.avsc"');
}

const record = (fields: Array<{ name: string; type: unknown; default?: unknown }>, name = 'shop.Order') => ({
  type: 'record',
  name,
  fields,
});
const field = (type: unknown) => record([{ name: 'f', type }]);
const logical = (type: string, logicalType: string, more: object = {}) => ({ type, logicalType, ...more });

async function roundTrip(type: unknown, f: unknown): Promise<unknown> {
  const { encode, decode } = await codec(field(type));
  return (decode(encode({ f })).value as { f: unknown }).f;
}

async function faultsOf(schema: unknown, value: unknown): Promise<string> {
  const { encode } = await codec(schema);
  try {
    encode(value);
  } catch (error) {
    assert.ok(error instanceof UnfitValue);
    return error.message;
  }
  return 'it fits';
}

describe('what Avro values are in JSON', () => {
  const big = 2n ** 62n + 1n;
  const cases: ReadonlyArray<readonly [string, unknown, unknown]> = [
    ['a long without loss', 'long', big],
    ['a long that a number holds', { type: 'long' }, -5],
    ['a float with the fewest digits', 'float', 0.1],
    ['what is no number', 'double', 'NaN'],
    ['bytes', 'bytes', '0x00ff'],
    ['fixed bytes', { type: 'fixed', name: 'F', size: 2 }, '0x0102'],
    ['an enum', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'B'],
    ['a map', { type: 'map', values: 'int' }, { a: 1, b: 2 }],
    ['null in a union', ['null', 'string'], null],
    ['a union of several', ['null', 'int', 'string', { type: 'array', items: 'long' }], [1, big]],
    ['a decimal of bytes', logical('bytes', 'decimal', { precision: 10, scale: 2 }), 12.5],
    ['a negative decimal', logical('bytes', 'decimal', { precision: 10, scale: 2 }), -0.01],
    [
      'a decimal of fixed bytes',
      { ...logical('fixed', 'decimal', { precision: 9, scale: 3 }), name: 'D', size: 8 },
      -1234.567,
    ],
    [
      'a decimal beyond doubles',
      logical('bytes', 'decimal', { precision: 30, scale: 10 }),
      new ExactDecimal('12345678901234567890.0123456789'),
    ],
    ['a UUID', logical('string', 'uuid'), '123e4567-e89b-42d3-a456-426614174000'],
    [
      'a UUID of bytes',
      { ...logical('fixed', 'uuid'), name: 'U', size: 16 },
      '123e4567-e89b-42d3-a456-426614174000',
    ],
    ['a date', logical('int', 'date'), '1969-12-31'],
    ['a time in milliseconds', logical('int', 'time-millis'), '10:15:30.5'],
    ['a time in microseconds', logical('long', 'time-micros'), '23:59:59.999999'],
    ['a moment in milliseconds', logical('long', 'timestamp-millis'), '2026-11-29T10:15:30.000Z'],
    ['a moment in microseconds', logical('long', 'timestamp-micros'), '1969-12-31T23:59:59.999999Z'],
    ['a moment in nanoseconds', logical('long', 'timestamp-nanos'), '2026-11-29T10:15:30.123456789Z'],
    ['a local time', logical('long', 'local-timestamp-millis'), '2026-11-29T10:15:30.250'],
    ['a logical type in a union', ['null', logical('long', 'timestamp-millis')], '2026-11-29T10:15:30.000Z'],
    [
      'a duration',
      { ...logical('fixed', 'duration'), name: 'T', size: 12 },
      { months: 1, days: 2, milliseconds: 3 },
    ],
    ['a logical type that nobody knows', logical('long', 'moon-phase'), 3],
    ['a decimal that is not valid, as its bytes', logical('bytes', 'decimal', { precision: 0 }), '0x01'],
  ];
  for (const [what, type, value] of cases) {
    test(what, async () => assert.deepEqual(await roundTrip(type, value), value));
  }

  test('an offset is taken into account', async () => {
    const shown = await roundTrip(logical('long', 'timestamp-millis'), '2026-11-29T10:15:30+02:00');
    assert.equal(shown, '2026-11-29T08:15:30.000Z');
  });

  test('a raw number is a moment, too, and one beyond the calendar is shown as it is', async () => {
    assert.equal(await roundTrip(logical('long', 'timestamp-millis'), 0), '1970-01-01T00:00:00.000Z');
    assert.equal(await roundTrip(logical('long', 'timestamp-millis'), 2n ** 62n), 2n ** 62n);
  });

  test('a branch may be named, as in the JSON of Avro itself', async () => {
    const card = record([{ name: 'no', type: 'string' }], 'shop.Card');
    assert.deepEqual(await roundTrip(['null', card], { 'shop.Card': { no: '1' } }), { no: '1' });
    assert.equal(await roundTrip(['null', 'string'], { string: 'x' }), 'x');
  });

  test('what is left out takes its default', async () => {
    const { encode, decode } = await codec(record([{ name: 'n', type: ['null', 'long'], default: null }]));
    assert.deepEqual(decode(encode({})), { name: 'shop.Order', value: { n: null } });
  });

  test('types of other schemas are known by their references', async () => {
    const money = JSON.stringify(record([{ name: 'cents', type: 'long' }], 'shop.Money'));
    const { encode, decode } = await codec(field('shop.Money'), [{ name: 'shop.Money', text: money }]);
    assert.deepEqual(decode(encode({ f: { cents: 1 } })).value, { f: { cents: 1 } });
  });

  test('bytes that end too early are an error', async () => {
    const { decode } = await codec({ type: 'map', values: 'int' });
    const bytes = Buffer.from('0212636f6e737472756374', 'hex');
    assert.throws(() => decode(bytes));
  });
});

describe('what does not fit an Avro schema is told by field', () => {
  const order = record([
    { name: 'id', type: 'string' },
    { name: 'total', type: logical('bytes', 'decimal', { precision: 4, scale: 2 }) },
    { name: 'lines', type: { type: 'array', items: record([{ name: 'sku', type: 'string' }], 'shop.Line') } },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW', 'PAID'] } },
    { name: 'count', type: 'int' },
    { name: 'coupon', type: ['null', 'string'], default: null },
  ]);
  const right = { id: 'a', total: 1.5, lines: [{ sku: 'x' }], state: 'NEW', count: 1 };
  const cases: ReadonlyArray<readonly [object, string]> = [
    [right, 'it fits'],
    [{ ...right, id: 5 }, '$.id: must be text'],
    [{ ...right, totl: 1 }, '$.totl: is no field of shop.Order (did you mean "total"?)'],
    [{ ...right, total: 1.555 }, '$.total: must be a decimal of at most 4 digits, 2 of them after the point'],
    [{ ...right, total: 123.5 }, '$.total: must be a decimal of at most 4 digits, 2 of them after the point'],
    [{ ...right, lines: [{ sku: 'x' }, {}] }, '$.lines[1].sku: is required, for it has no default'],
    [{ ...right, lines: {} }, '$.lines: must be an array'],
    [{ ...right, state: 'GONE' }, '$.state: must be one of "NEW", "PAID"'],
    [{ ...right, count: 2 ** 31 }, '$.count: must be an integer of 32 bits'],
    [{ ...right, count: 1.5 }, '$.count: must be an integer of 32 bits'],
    [{ ...right, coupon: 7 }, '$.coupon: must be text'],
    [{ ...right, id: null, count: 'x' }, '$.id: must be text; $.count: must be an integer of 32 bits'],
  ];
  for (const [value, message] of cases) {
    test(message, async () => assert.equal(await faultsOf(order, value), message));
  }

  test('a value that fits no branch of a union', async () => {
    assert.equal(
      await faultsOf(field(['null', 'int', 'string']), { f: true }),
      '$.f: must be null or int or string',
    );
  });

  test('moments that are none', async () => {
    const type = field(logical('long', 'timestamp-millis'));
    const message = '$.f: must be a moment with zone such as "2026-11-29T10:15:30.5Z", down to millis';
    for (const f of ['yesterday', '2026-02-30T00:00:00Z', '2026-11-29T10:15:30', '2026-11-29T10:15:30.1234Z'])
      assert.equal(await faultsOf(type, { f }), message);
  });
});

describe('a text that is no Avro schema', () => {
  const cases: ReadonlyArray<readonly [string, string | RegExp]> = [
    ['{ "type": "record" "name": "X" }', /^schema "order\.avsc" is not valid JSON at line 1, column 20: /],
    [
      '{ "type": "record", "name": "X", "fields": [{ "name": "a", "type": "strin" }] }',
      /^schema "order\.avsc" is no Avro schema: undefined type name: strin\n/,
    ],
  ];
  for (const [text, message] of cases) {
    test(text, async () => assert.rejects(codec(text), { message }));
  }
});

/** Types with values of them. */
const typed: fc.Arbitrary<{ type: unknown; value: unknown }> = fc.letrec<{
  any: { type: unknown; value: unknown };
}>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.record({ type: fc.constant('string'), value: fc.string({ unit: 'binary' }) }),
    fc.record({ type: fc.constant('boolean'), value: fc.boolean() }),
    fc.record({ type: fc.constant('int'), value: fc.integer() }),
    fc.record({ type: fc.constant('long'), value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(shortest) }),
    fc.record({ type: fc.constant('double'), value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({
      type: fc.constant('bytes'),
      value: fc.uint8Array().map((b) => `0x${Buffer.from(b).toString('hex')}`),
    }),
    fc.record({
      type: fc.constant(logical('bytes', 'decimal', { precision: 30, scale: 0 })),
      value: fc.bigInt(-(10n ** 29n), 10n ** 29n).map(shortest),
    }),
    fc.record({
      type: fc.constant(logical('long', 'timestamp-millis')),
      value: fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
        .map((d) => d.toISOString()),
    }),
    tie('any').chain(({ type, value }) =>
      fc.constantFrom(
        { type: { type: 'array', items: type }, value: [value, value] },
        { type: { type: 'map', values: type }, value: { a: value } },
      ),
    ),
    tie('any')
      .filter(({ type }) => !Array.isArray(type))
      .chain(({ type, value }) =>
        fc.constantFrom({ type: ['null', type], value }, { type: ['null', type], value: null }),
      ),
  ),
})).any;

function shortest(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

test('property: what was encoded is decoded', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(typed, { minLength: 1, maxLength: 4 }), async (fields) => {
      const schema = record(fields.map(({ type }, index) => ({ name: `f${index}`, type })));
      const { encode, decode, faults } = await codec(schema);
      const value = Object.fromEntries(fields.map((one, index) => [`f${index}`, one.value]));
      assert.deepEqual(faults(value), []);
      assert.deepEqual(decode(encode(value)).value, value);
    }),
    { numRuns: 300 },
  );
});

test('property: bytes of any kind are decoded or refused, never more', async () => {
  const { decode } = await codec(field(['null', 'string', { type: 'array', items: 'long' }]));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        decode(Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }),
  );
});
