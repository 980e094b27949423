import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttemptsExhausted, attempt } from '../../services/inventory/src/order-events/attempt';
import { parseOrderEvent } from '../../services/inventory/src/order-events/order-event';
import { shortages, totalsBySku } from '../../services/inventory/src/reservations/reserve-stock';

const created = { eventId: 'e', type: 'order_created', orderId: 'o', items: [{ sku: 'a', quantity: 1 }] };

function parse(value: unknown) {
  return parseOrderEvent(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
}

test('an event is read with what the inventory needs, whatever else it carries', () => {
  assert.deepEqual(parse({ ...created, totalCents: 5 }), created);
});

test('an event of a type that does not concern the inventory is passed over', () => {
  assert.equal(parse({ ...created, type: 'order_shipped' }), undefined);
});

test('an unreadable event says what is wrong with it', () => {
  const reason = (value: unknown) => {
    try {
      parse(value);
    } catch (error) {
      assert.equal((error as Error).name, 'UnreadableEvent');
      return (error as Error).message;
    }
    return 'none';
  };
  assert.match(reason('{broken'), /^the value is not JSON: /);
  assert.equal(reason('[]'), 'the value is not a JSON object');
  assert.equal(reason({ ...created, orderId: undefined }), 'orderId is missing or not a text');
  assert.equal(reason({ ...created, items: [] }), 'items is missing or empty');
  assert.equal(reason({ ...created, items: [null] }), 'items[0].sku is missing or not a text');
  const negative = [{ sku: 'a', quantity: -1 }];
  assert.equal(reason({ ...created, items: negative }), 'items[0].quantity is not a positive integer');
  assert.throws(() => parseOrderEvent(null), /not a JSON object/);
});

test('every article that is short is named, with what is wanted and what is there', () => {
  const wanted = totalsBySku([
    { sku: 'a', quantity: 2 },
    { sku: 'b', quantity: 1 },
    { sku: 'a', quantity: 3 },
    { sku: 'c', quantity: 1 },
  ]);
  const available = new Map([
    ['a', 4],
    ['b', 1],
  ]);
  assert.deepEqual(shortages(wanted, available), ['a wants 5, has 4', 'c wants 1, has 0']);
});

function failing(times: number): () => Promise<number> {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw new Error(`failure ${calls}`);
    return calls;
  };
}

const options = { retries: 3, delayMs: 0, isFinal: () => false };

test('a handler that recovers within its retries succeeds', async () => {
  assert.equal(await attempt(failing(3), options), 4);
});

test('the first attempt and all retries are counted, and the last error is kept', async () => {
  await assert.rejects(attempt(failing(9), options), (error) => {
    assert.ok(error instanceof AttemptsExhausted);
    assert.equal(error.attempts, 4);
    assert.equal(error.last.message, 'failure 4');
    return true;
  });
});

test('a final error is not tried again', async () => {
  await assert.rejects(attempt(failing(1), { ...options, isFinal: () => true }), /failure 1/);
});
