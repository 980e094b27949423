import type { DataSource, EntityManager } from 'typeorm';
import { type OrderEventType, recordOrderEvent } from '../outbox/order-events';
import { ProcessedEvent } from '../saga/processed-event';
import { loadOrder } from './load-order';
import { Order } from './order';
import { canBecome, type OrderStatus } from './order-status';

export interface StatusChange {
  to: OrderStatus;
  reason?: string;
  /** The event to publish with the change. */
  event?: OrderEventType;
  /** The incoming event that asks for the change: each is obeyed once. */
  cause?: { eventId: string; type: string };
}

/** What became of a change; `status` is the order's status afterwards. */
export type ChangeResult =
  | { outcome: 'changed'; status: OrderStatus }
  | { outcome: 'not allowed'; status: OrderStatus }
  | { outcome: 'repeated event'; status: OrderStatus }
  | { outcome: 'unknown order'; status?: undefined };

/** Called after the commit, with the id of the order that was placed or changed. */
export type AfterCommit = (orderId: string) => Promise<void>;

/** The one way in which the status of an order changes: locked, checked, with its event, never backwards. */
export class OrderChanges {
  readonly #database: DataSource;
  readonly #afterCommit: AfterCommit;

  constructor(database: DataSource, afterCommit: AfterCommit) {
    this.#database = database;
    this.#afterCommit = afterCommit;
  }

  async apply(orderId: string, change: StatusChange): Promise<ChangeResult> {
    const result = await this.#database.transaction((manager) => applyIn(manager, orderId, change));
    if (result.outcome === 'changed') await this.#afterCommit(orderId);
    return result;
  }
}

async function applyIn(manager: EntityManager, orderId: string, change: StatusChange): Promise<ChangeResult> {
  const order = await manager.findOne(Order, { where: { id: orderId }, lock: { mode: 'pessimistic_write' } });
  if (!order) return { outcome: 'unknown order' };
  const { status } = order;
  if (!(await isFirstTime(manager, orderId, change))) return { outcome: 'repeated event', status };
  if (!canBecome(status, change.to)) return { outcome: 'not allowed', status };
  await write(manager, orderId, change);
  return { outcome: 'changed', status: change.to };
}

async function isFirstTime(
  manager: EntityManager,
  orderId: string,
  { cause }: StatusChange,
): Promise<boolean> {
  if (!cause) return true;
  const inserted = await manager
    .createQueryBuilder()
    .insert()
    .into(ProcessedEvent)
    .values({ ...cause, orderId, processedAt: new Date() })
    .orIgnore()
    .returning('event_id')
    .execute();
  return inserted.raw.length > 0;
}

async function write(manager: EntityManager, orderId: string, change: StatusChange): Promise<void> {
  const { to, reason, event } = change;
  await manager.update(Order, orderId, { status: to, reason: reason ?? null, updatedAt: new Date() });
  if (!event) return;
  const order = await loadOrder(manager, orderId);
  if (order) await recordOrderEvent(manager, event, order);
}
