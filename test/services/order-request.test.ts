import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpError } from '../../services/orders/src/http/http-error';
import { pageOf, pageRequest, rangeOf } from '../../services/orders/src/http/paging';
import { digestOf, readOrderRequest } from '../../services/orders/src/orders/order-request';

const userId = '0b5a9a4e-6f0e-4a53-9d5c-0d2ad3a6a111';

function faultsOf(body: unknown): string {
  try {
    readOrderRequest(body);
  } catch (error) {
    assert.ok(error instanceof HttpError);
    assert.equal(error.statusCode, 400);
    return error.message;
  }
  return 'none';
}

test('all faults of an order are told at once, each with its place', () => {
  const items = [{ sku: 'a', quantity: 0 }, { sku: ' ', quantity: 1 }, { quantity: '1' }];
  assert.equal(
    faultsOf({ userId: 'me', items }),
    'userId must be a UUID; ' +
      'items[0].quantity must be an integer from 1 to 10000; ' +
      'items[1].sku must not be empty; ' +
      'items[2].sku is required; ' +
      'items[2].quantity must be an integer from 1 to 10000',
  );
});

test('an order needs items, and each sku once', () => {
  assert.equal(faultsOf({ userId }), 'items is required');
  assert.equal(faultsOf({ userId, items: [] }), 'items must not be empty');
  const twice = [1, 2].map((quantity) => ({ sku: 'a', quantity }));
  assert.equal(faultsOf({ userId, items: twice }), 'items names a more than once');
});

test('a body that is no JSON object is refused', () => {
  for (const body of [undefined, null, [], 'text', 1])
    assert.equal(faultsOf(body), 'the body must be a JSON object');
});

test('the digest tells what is asked for, not how it was written', () => {
  const request = readOrderRequest({ userId, items: [{ sku: 'a', quantity: 1 }] });
  const same = readOrderRequest({
    items: [{ quantity: 1, sku: 'a', note: '' }],
    userId: userId.toUpperCase(),
  });
  const other = readOrderRequest({ userId, items: [{ sku: 'a', quantity: 2 }] });
  assert.equal(digestOf(request), digestOf(same));
  assert.notEqual(digestOf(request), digestOf(other));
});

test('pages count from 1 and the last one may be short', () => {
  const request = pageRequest({ page: '3', limit: '10' });
  assert.deepEqual(rangeOf(request), { skip: 20, take: 10 });
  assert.deepEqual(pageOf(['x'], 21, request), { items: ['x'], total: 21, page: 3, pages: 3 });
  assert.equal(pageOf([], 0, request).pages, 0);
});

test('without page and limit the first ten are meant', () => {
  assert.deepEqual(pageRequest({}), { page: 1, limit: 10 });
});

test('page and limit outside their range are refused', () => {
  for (const page of ['0', '-1', '1.5', 'x', '', ['1', '2']])
    assert.throws(() => pageRequest({ page }), /page must/);
  for (const limit of ['0', '101'])
    assert.throws(() => pageRequest({ limit }), /limit must be an integer from 1 to 100/);
});
