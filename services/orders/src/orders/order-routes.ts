import type { FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import type { App } from '../http/app';
import { conflict, HttpError, notFound } from '../http/http-error';
import { idOf } from '../http/identifiers';
import { loadOrder } from './load-order';
import type { OrderCache } from './order-cache';
import type { OrderChanges } from './order-changes';
import { readOrderRequest } from './order-request';
import { type OrderView, orderView } from './order-view';
import type { OrderPlacement } from './place-order';

const MAX_KEY_LENGTH = 200;

export interface OrderRouteParts {
  database: DataSource;
  cache: OrderCache;
  placement: OrderPlacement;
  changes: OrderChanges;
}

export function orderRoutes(app: App, { database, cache, placement, changes }: OrderRouteParts): void {
  app.post('/orders', async (request, reply) => {
    const key = idempotencyKey(request);
    const { order, replayed } = await placement.place(readOrderRequest(request.body), key);
    if (replayed) reply.header('Idempotent-Replayed', 'true');
    return reply.status(replayed ? 200 : 201).send(orderView(order));
  });

  app.get('/orders/:id', async (request, reply) => {
    const id = idOf(request.params);
    const cached = await cache.get(id);
    if (cached) return reply.header('X-Cache', 'HIT').send(cached);
    const view = await storedView(database, id);
    await cache.fill(view);
    return reply.header('X-Cache', 'MISS').send(view);
  });

  app.post('/orders/:id/cancel', async (request) => {
    const id = idOf(request.params);
    const { outcome, status } = await changes.apply(id, { to: 'cancelled', event: 'order_cancelled' });
    if (outcome === 'not allowed') throw conflict(`order ${id} is ${status} and cannot be cancelled`);
    return storedView(database, id);
  });
}

/** @throws HttpError 404 */
async function storedView(database: DataSource, id: string): Promise<OrderView> {
  const order = await loadOrder(database.manager, id);
  if (!order) throw notFound('order', id);
  return orderView(order);
}

function idempotencyKey(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && key.trim() !== '' && key.length <= MAX_KEY_LENGTH) return key;
  throw new HttpError(400, `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters`);
}
