import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { UnfitValue } from '../../support/schema-registry/codec';
import { codecOf } from '../../support/schema-registry/codec-of';

const orders = `
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/any.proto";
import "google/protobuf/field_mask.proto";

message Line { string sku_id = 1; }
message Order {
  enum State { NEW = 0; PAID = 1; }
  message Item { int32 n = 1; message Deep { string d = 1; } }
  string order_id = 1;
  optional int32 count = 2;
  int64 total_cents = 3;
  repeated Line lines = 4;
  map<string, int32> counts = 5;
  oneof payment { string card_no = 6; bool cash = 7; }
  State state = 8;
  google.protobuf.Timestamp at = 9;
  bytes raw = 10;
  float ratio = 11;
  uint64 serial = 12;
  google.protobuf.Duration took = 13;
  google.protobuf.Int64Value limit = 14;
  google.protobuf.Struct extra = 15;
  google.protobuf.Any detail = 16;
  google.protobuf.FieldMask mask = 17;
  google.protobuf.Value anything = 18;
  sint64 zig = 19;
  sfixed64 fixed = 20;
}
`;

async function codec(text: string, references: Array<{ name: string; text: string }> = []) {
  return codecOf({ type: 'PROTOBUF', text, references }, 'schema "order.proto"');
}

/** What is always there. */
const empty = {
  order_id: '',
  total_cents: 0,
  lines: [],
  counts: {},
  state: 'NEW',
  raw: '0x',
  ratio: 0,
  serial: 0,
  zig: 0,
  fixed: 0,
};

async function roundTrip(value: object, name = 'shop.Order'): Promise<unknown> {
  const { encode, decode } = await codec(orders);
  const decoded = decode(encode(value, name));
  assert.equal(decoded.name, name);
  return decoded.value;
}

async function faultsOf(value: unknown): Promise<string> {
  const { encode } = await codec(orders);
  try {
    encode(value, 'shop.Order');
  } catch (error) {
    assert.ok(error instanceof UnfitValue, String(error));
    return error.message;
  }
  return 'it fits';
}

describe('what Protobuf messages are in JSON', () => {
  test('fields without presence are always there, by the names of the file', async () => {
    assert.deepEqual(await roundTrip({}), empty);
  });

  const cases: ReadonlyArray<readonly [string, object]> = [
    ['an optional field at its default', { count: 0 }],
    ['an integer without loss', { total_cents: 2n ** 62n + 1n }],
    ['a negative integer of each kind', { total_cents: -5, zig: -(2n ** 63n), fixed: -7 }],
    ['an unsigned integer', { serial: 2n ** 64n - 1n }],
    ['a float with the fewest digits', { ratio: 0.1 }],
    ['what is no number', { ratio: 'Infinity' }],
    ['messages in a list', { lines: [{ sku_id: 'a' }, { sku_id: 'b' }] }],
    ['a map', { counts: { a: 1, b: 2 } }],
    ['one of several', { cash: false }],
    ['an enum', { state: 'PAID' }],
    ['bytes', { raw: '0x00ff' }],
    ['a moment', { at: '2026-11-29T10:15:30.123456789Z' }],
    ['a moment before 1970', { at: '1969-12-31T23:59:59.500Z' }],
    ['a duration', { took: '-1.5s' }],
    ['a wrapped integer', { limit: 2n ** 60n }],
    ['JSON of any kind', { extra: { a: [1, 'x', null, { b: true }] }, anything: null }],
    ['a message of any type', { detail: { '@type': 'type.googleapis.com/shop.Line', sku_id: 'x' } }],
    ['a mask', { mask: 'a,b.c' }],
  ];
  for (const [what, value] of cases) {
    test(what, async () => assert.deepEqual(await roundTrip(value), { ...empty, ...value }));
  }

  test('names in camel case are understood, and null is not set', async () => {
    assert.deepEqual(await roundTrip({ orderId: 'x', count: null }), { ...empty, order_id: 'x' });
  });

  test('a number that the enum has no name for is shown', async () => {
    const { decode } = await codec(orders);
    const { value } = decode(Buffer.from('02024009', 'hex'));
    assert.equal((value as { state: unknown }).state, 9);
  });

  test('each message has its indexes', async () => {
    const { names, encode, decode } = await codec(orders);
    assert.deepEqual(names, ['shop.Line', 'shop.Order', 'shop.Order.Item', 'shop.Order.Item.Deep']);
    assert.equal(encode({ sku_id: 'x' }).toString('hex'), '000a0178');
    assert.equal(encode({}, 'shop.Order').toString('hex'), '0202');
    assert.equal(encode({ d: 'x' }, 'shop.Order.Item.Deep').toString('hex'), '060200000a0178');
    assert.throws(() => decode(Buffer.from('0204', 'hex')), { message: 'it has no message at 2' });
    assert.throws(() => decode(Buffer.from('02', 'hex')), { message: 'it has no message indexes' });
    assert.throws(() => encode({}, 'shop.Ordr'), {
      message:
        'it has no message "shop.Ordr": did you mean "shop.Order"? its messages: shop.Line, shop.Order, shop.Order.Item, shop.Order.Item.Deep',
    });
  });

  test('bytes without indexes, as kafkajs writes them, are of the first message', async () => {
    const { decode } = await codec(orders);
    assert.deepEqual(decode(Buffer.from('0a0178', 'hex')), { name: 'shop.Line', value: { sku_id: 'x' } });
    assert.deepEqual(decode(Buffer.alloc(0)), { name: 'shop.Line', value: { sku_id: '' } });
  });

  test('what a file imports is known by its references', async () => {
    const money = 'syntax = "proto3"; package shop; message Money { int64 cents = 1; }';
    const text = 'syntax = "proto3"; package shop; import "money.proto"; message Bill { Money total = 1; }';
    const { names, encode, decode } = await codec(text, [{ name: 'money.proto', text: money }]);
    assert.deepEqual(names, ['shop.Bill']);
    assert.deepEqual(decode(encode({ total: { cents: 5 } })).value, { total: { cents: 5 } });
    await assert.rejects(codec(text), {
      message:
        /^schema "order\.proto" is no Protobuf schema: it imports "money\.proto", which is not among its references\n/,
    });
  });

  test('proto2: required fields, defaults and groups of files without a package', async () => {
    const text =
      'syntax = "proto2"; message A { required int32 n = 1; optional string s = 2 [default = "x"]; }';
    const { encode, decode } = await codec(text);
    assert.deepEqual(decode(encode({ n: 1 })), { name: 'A', value: { n: 1 } });
    assert.throws(() => encode({}), { message: '$.n: is required' });
  });
});

describe('what does not fit a Protobuf message is told by field', () => {
  const cases: ReadonlyArray<readonly [object, string]> = [
    [{ order_id: 5 }, '$.order_id: must be text'],
    [{ ordr_id: 'x' }, '$.ordr_id: is no field of shop.Order (did you mean "order_id"?)'],
    [{ count: 2 ** 31 }, '$.count: must be an integer of 32 bits'],
    [{ serial: -1 }, '$.serial: must be an integer of 64 bits, not negative'],
    [{ lines: [{ sku_id: 'a' }, { sku_id: 1 }] }, '$.lines[1].sku_id: must be text'],
    [{ counts: { a: 'b' } }, '$.counts.a: must be an integer of 32 bits'],
    [{ card_no: '1', cash: true }, '$.cash: excludes "card_no": only one of oneof "payment" can be set'],
    [{ state: 'GONE' }, '$.state: must be one of "NEW", "PAID"'],
    [{ at: 'today' }, '$.at: must be a moment with zone such as "2026-11-29T10:15:30.5Z"'],
    [{ took: '5 minutes' }, '$.took: must be a duration such as "1.5s"'],
    [{ raw: 'abc' }, '$.raw: must be bytes such as "0x0aff"'],
    [
      { detail: { '@type': 'x/shop.Nothing' } },
      '$.detail: is of type "shop.Nothing", which the schema does not know',
    ],
  ];
  for (const [value, message] of cases) {
    test(message, async () => assert.equal(await faultsOf(value), message));
  }
});

describe('a text that is no Protobuf schema', () => {
  const cases: ReadonlyArray<readonly [string, string]> = [
    ['syntax = "proto3";\nmessage A {\n  string = 1;\n}', "illegal name '=' (line 3)"],
    ['syntax = "proto3";\nmessage A { Nothing x = 1; }', "no such Type or Enum 'Nothing' in Type .A"],
    ['syntax = "proto3";', 'it has no message'],
  ];
  for (const [text, reason] of cases) {
    test(reason, () =>
      assert.rejects(codec(text), (error: Error) => {
        assert.equal(error.message.split('\n')[0], `schema "order.proto" is no Protobuf schema: ${reason}`);
        return true;
      }),
    );
  }
});

/** fast-check makes objects without a prototype. */
function withPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPrototypes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withPrototypes(item)]));
}

const shortest = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
const message = fc.record({
  order_id: fc.string({ unit: 'binary' }),
  total_cents: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(shortest),
  serial: fc.bigInt(0n, 2n ** 64n - 1n).map(shortest),
  zig: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(shortest),
  fixed: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(shortest),
  lines: fc.array(fc.record({ sku_id: fc.string() })),
  counts: fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.integer()),
  state: fc.constantFrom('NEW', 'PAID'),
  raw: fc.uint8Array().map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`),
  ratio: fc.integer({ min: -1000, max: 1000 }).map((n) => n / 8),
  at: fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
    .map((d) => d.toISOString()),
  extra: fc.dictionary(
    fc.stringMatching(/^[a-z]+$/),
    fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value))),
  ),
});

test('property: what was encoded is decoded', async () => {
  const { encode, decode } = await codec(orders);
  fc.assert(
    fc.property(message, (value) => {
      assert.deepEqual(decode(encode(value, 'shop.Order')).value, withPrototypes(value));
    }),
    { numRuns: 300 },
  );
});

test('property: bytes of any kind are decoded or refused, never more', async () => {
  const { decode } = await codec(orders);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decode(Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }),
  );
});
