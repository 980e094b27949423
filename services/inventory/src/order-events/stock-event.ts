import { randomUUID } from 'node:crypto';

/** The value of a message on `stock_events`. */
export interface StockEvent {
  eventId: string;
  type: 'stock_reserved' | 'stock_rejected';
  orderId: string;
  /** Why there is no stock; of `stock_rejected` only. */
  reason?: string;
  /** ISO 8601, UTC. */
  occurredAt: string;
}

export function stockReserved(orderId: string): StockEvent {
  return { eventId: randomUUID(), type: 'stock_reserved', orderId, occurredAt: new Date().toISOString() };
}

export function stockRejected(orderId: string, reason: string): StockEvent {
  return {
    eventId: randomUUID(),
    type: 'stock_rejected',
    orderId,
    reason,
    occurredAt: new Date().toISOString(),
  };
}
