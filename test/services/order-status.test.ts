import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canBecome, type OrderStatus } from '../../services/orders/src/orders/order-status';

const ALL: OrderStatus[] = ['pending', 'payment_pending', 'confirmed', 'rejected', 'cancelled'];

function reachable(from: OrderStatus): Set<OrderStatus> {
  const seen = new Set<OrderStatus>();
  const open = [from];
  for (let status = open.pop(); status; status = open.pop()) {
    const next = ALL.filter((to) => canBecome(status as OrderStatus, to) && !seen.has(to));
    for (const to of next) seen.add(to);
    open.push(...next);
  }
  return seen;
}

test('an order never returns to a status that it has left', () => {
  for (const status of ALL) assert.equal(reachable(status).has(status), false, status);
});

test('rejected and cancelled are final', () => {
  for (const to of ALL) {
    assert.equal(canBecome('rejected', to), false);
    assert.equal(canBecome('cancelled', to), false);
  }
});

test('an order is confirmed only after its stock was reserved', () => {
  assert.equal(canBecome('pending', 'confirmed'), false);
  assert.equal(canBecome('payment_pending', 'confirmed'), true);
});

test('an order can be cancelled until it is final', () => {
  assert.deepEqual(
    ALL.filter((from) => canBecome(from, 'cancelled')),
    ['pending', 'payment_pending', 'confirmed'],
  );
});
