import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SchemaType } from '../../support/schema-registry';
import { codecOf } from '../../support/schema-registry';
import { unframe } from '../../support/schema-registry/wire-format';
import { capturedEvents, capturedSchemas } from './captured-events';

async function decoded(event: keyof typeof capturedEvents): Promise<unknown> {
  const framed = unframe(Buffer.from(capturedEvents[event], 'hex'));
  assert.ok(framed);
  const { type, text } = capturedSchemas[String(framed.id) as keyof typeof capturedSchemas];
  const codec = await codecOf({ type: type as SchemaType, text, references: [] }, 'captured');
  const value = codec.decode(framed.payload);
  assert.deepEqual(
    codec.decode(codec.encode(value.value, value.name)),
    value,
    'it is encoded again to what means the same',
  );
  return value;
}

test('what Confluent has encoded in Avro is decoded, logical types included', async () => {
  assert.deepEqual(await decoded('avro'), {
    name: 'shop.Order',
    value: {
      id: '123e4567-e89b-42d3-a456-426614174000',
      total: -12.5,
      at: '2026-11-29T10:15:30.123456Z',
      day: '2026-11-29',
      big: 2n ** 62n + 1n,
      coupon: 'x',
      pay: { given: 5 },
      tags: { a: 1 },
      state: 'PAID',
    },
  });
});

test('what Confluent has encoded in JSON is decoded without loss', async () => {
  assert.deepEqual(await decoded('json'), { name: 'Order', value: { id: 'a', n: 9007199254740993n } });
});

test('what Confluent has encoded in Protobuf is decoded by a descriptor in Base64', async () => {
  assert.deepEqual(await decoded('protobuf'), {
    name: 'shop.Order',
    value: {
      order_id: 'x',
      count: 0,
      total_cents: 2n ** 62n + 1n,
      lines: [{ sku_id: 's' }],
      counts: { a: 1 },
      cash: true,
      state: 'PAID',
      at: '2026-11-29T10:15:30.500Z',
    },
  });
});

test('what Confluent has encoded in Protobuf of a nested message is decoded by its indexes', async () => {
  assert.deepEqual(await decoded('protobuf_nested'), { name: 'shop.Order.Item.Deep', value: { d: 'z' } });
});
