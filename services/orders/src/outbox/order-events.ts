import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Order } from '../orders/order';
import { OutboxMessage } from './outbox-message';

export type OrderEventType = 'order_created' | 'order_cancelled';

/** The value of a message on `order_events`. */
export interface OrderEvent {
  eventId: string;
  type: OrderEventType;
  orderId: string;
  userId: string;
  totalCents: number;
  items: { sku: string; quantity: number }[];
  /** Why an order was cancelled, when there is a reason. */
  reason?: string;
  /** ISO 8601, UTC. */
  occurredAt: string;
}

/** Writes the event into the outbox. `manager` must be that of the transaction that changes the order. */
export async function recordOrderEvent(
  manager: EntityManager,
  type: OrderEventType,
  order: Order,
): Promise<void> {
  const occurredAt = new Date();
  const event = orderEvent(type, order, occurredAt);
  await manager.insert(OutboxMessage, {
    eventId: event.eventId,
    topic: 'order_events',
    key: order.id,
    type,
    payload: event,
    createdAt: occurredAt,
  });
}

function orderEvent(type: OrderEventType, order: Order, occurredAt: Date): OrderEvent {
  const { id, userId, totalCents, reason } = order;
  return {
    eventId: randomUUID(),
    type,
    orderId: id,
    userId,
    totalCents,
    items: order.items.map(({ sku, quantity }) => ({ sku, quantity })),
    ...(reason === null ? {} : { reason }),
    occurredAt: occurredAt.toISOString(),
  };
}
