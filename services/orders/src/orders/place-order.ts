import { randomUUID } from 'node:crypto';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { Item } from '../catalogue/item';
import { isForeignKeyViolation, isUniqueViolation } from '../database/postgres-errors';
import { HttpError, notFound } from '../http/http-error';
import { recordOrderEvent } from '../outbox/order-events';
import { User } from '../users/user';
import { loadOrder } from './load-order';
import { Order } from './order';
import type { AfterCommit } from './order-changes';
import { OrderItem } from './order-item';
import { digestOf, type OrderRequest } from './order-request';

/** `replayed`: the order is not new but that of an earlier request with the same key. */
export interface Placement {
  order: Order;
  replayed: boolean;
}

/** Places orders: the order, its items and its event in one transaction, and one order for each idempotency key. */
export class OrderPlacement {
  readonly #database: DataSource;
  readonly #afterCommit: AfterCommit;

  constructor(database: DataSource, afterCommit: AfterCommit) {
    this.#database = database;
    this.#afterCommit = afterCommit;
  }

  /** @throws HttpError 404 unknown user, 400 unknown sku, 422 key used for another request. */
  async place(request: OrderRequest, key: string | null): Promise<Placement> {
    const earlier = await this.#replay(request, key);
    if (earlier) return earlier;
    try {
      return { order: await this.#create(request, key), replayed: false };
    } catch (error) {
      return this.#explain(error, request, key);
    }
  }

  async #create(request: OrderRequest, key: string | null): Promise<Order> {
    const order = await this.#database.transaction((manager) => createIn(manager, request, key));
    await this.#afterCommit(order.id);
    return order;
  }

  async #replay(request: OrderRequest, key: string | null): Promise<Placement | undefined> {
    if (key === null) return undefined;
    const { manager } = this.#database;
    const earlier = await manager.findOneBy(Order, { idempotencyKey: key });
    if (!earlier) return undefined;
    if (earlier.requestHash !== digestOf(request)) {
      throw new HttpError(422, `Idempotency-Key "${key}" was used for another request`);
    }
    const order = await loadOrder(manager, earlier.id);
    return order ? { order, replayed: true } : undefined;
  }

  /** Two equal requests at the same time: the constraint let one win, whose order is the answer to both. */
  async #explain(error: unknown, request: OrderRequest, key: string | null): Promise<Placement> {
    if (isForeignKeyViolation(error, 'orders_user_id_fkey')) throw notFound('user', request.userId);
    if (isForeignKeyViolation(error, 'order_items_sku_fkey')) throw new HttpError(400, 'unknown sku');
    if (!isUniqueViolation(error, 'orders_idempotency_key_key')) throw error;
    const winner = await this.#replay(request, key);
    if (winner) return winner;
    throw new HttpError(409, 'another request with this Idempotency-Key is under way');
  }
}

async function createIn(manager: EntityManager, request: OrderRequest, key: string | null): Promise<Order> {
  const order = newOrder(request, await pricesOf(manager, request), key);
  const { items, ...columns } = order;
  await manager.insert(Order, columns);
  await manager.insert(OrderItem, items);
  await recordOrderEvent(manager, 'order_created', order);
  return order;
}

function newOrder({ userId, items }: OrderRequest, prices: Map<string, number>, key: string | null): Order {
  const id = randomUUID();
  const now = new Date();
  const lines = items.map(({ sku, quantity }, position) =>
    Object.assign(new OrderItem(), {
      orderId: id,
      position,
      sku,
      quantity,
      priceCents: prices.get(sku) ?? 0,
    }),
  );
  return Object.assign(new Order(), {
    id,
    userId,
    status: 'pending' as const,
    reason: null,
    totalCents: lines.reduce((total, { quantity, priceCents }) => total + quantity * priceCents, 0),
    idempotencyKey: key,
    requestHash: key === null ? null : digestOf({ userId, items }),
    createdAt: now,
    updatedAt: now,
    items: lines,
  });
}

/** @throws HttpError 404 when the user, 400 when an item of the request does not exist. */
async function pricesOf(
  manager: EntityManager,
  { userId, items }: OrderRequest,
): Promise<Map<string, number>> {
  if (!(await manager.existsBy(User, { id: userId }))) throw notFound('user', userId);
  const found = await manager.findBy(Item, { sku: In(items.map(({ sku }) => sku)) });
  const prices = new Map(found.map(({ sku, priceCents }) => [sku, priceCents]));
  const unknown = items.map(({ sku }) => sku).filter((sku) => !prices.has(sku));
  if (unknown.length > 0) throw new HttpError(400, `unknown sku: ${unknown.join(', ')}`);
  return prices;
}
