import type { EntityManager } from 'typeorm';
import { releaseStock, reserveStock } from '../reservations/reserve-stock';
import type { OrderEvent } from './order-event';
import { ProcessedEvent } from './processed-event';
import { type StockEvent, stockRejected, stockReserved } from './stock-event';

type Outcome = Pick<ProcessedEvent, 'outcome' | 'publishedAt'>;

/**
 * Gives an event its effect, once: a second event with the same id, or of the same type for the same order, has
 * none and gets the outcome of the first. `manager` must be that of a transaction.
 */
export async function processEvent(manager: EntityManager, event: OrderEvent): Promise<ProcessedEvent> {
  const { eventId, type, orderId } = event;
  // Events of one order are on one partition as a rule; a producer that forgot the key must do no harm.
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [orderId]);
  const repeated = await manager.findOneBy(ProcessedEvent, { eventId });
  if (repeated) return repeated;
  const outcome = await outcomeOf(manager, event);
  const processed: ProcessedEvent = { eventId, type, orderId, ...outcome, processedAt: new Date() };
  await manager.insert(ProcessedEvent, processed);
  return processed;
}

async function outcomeOf(manager: EntityManager, event: OrderEvent): Promise<Outcome> {
  const { type, orderId } = event;
  const earlier = await manager.findOneBy(ProcessedEvent, { orderId, type });
  if (earlier) return { outcome: earlier.outcome, publishedAt: earlier.publishedAt };
  if (event.type === 'order_created') {
    return { outcome: await reserve(manager, event), publishedAt: null };
  }
  await releaseStock(manager, orderId);
  return { outcome: null, publishedAt: null };
}

async function reserve(
  manager: EntityManager,
  { orderId, items }: Extract<OrderEvent, { type: 'order_created' }>,
): Promise<StockEvent> {
  // Out of order: nobody would ever release what was reserved now.
  const cancelled = await manager.existsBy(ProcessedEvent, { orderId, type: 'order_cancelled' });
  const reason = cancelled ? 'the order is cancelled' : await reserveStock(manager, orderId, items);
  return reason === null ? stockReserved(orderId) : stockRejected(orderId, reason);
}
