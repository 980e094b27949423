import type { DataSource } from 'typeorm';
import { isUniqueViolation } from '../database/postgres-errors';
import type { App } from '../http/app';
import { BodyReader } from '../http/body-reader';
import { conflict, notFound } from '../http/http-error';
import { pageOf, pageRequest, rangeOf } from '../http/paging';
import { Item } from './item';

const MAX_PRICE_CENTS = 100_000_000;

export function itemRoutes(app: App, database: DataSource): void {
  app.get('/items', async (request) => {
    const page = pageRequest(request.query);
    const [items, total] = await database.manager.findAndCount(Item, {
      order: { sku: 'ASC' },
      ...rangeOf(page),
    });
    return pageOf(items, total, page);
  });

  app.get('/items/:sku', async (request) => {
    const { sku } = request.params as { sku: string };
    // PostgreSQL refuses a NUL character in a text, so no sku has one.
    const item = sku.includes('\0') ? null : await database.manager.findOneBy(Item, { sku });
    if (!item) throw notFound('item', sku);
    return item;
  });

  app.post('/items', async (request, reply) => {
    const item = readItem(request.body);
    await database.manager.insert(Item, item).catch((error) => {
      if (isUniqueViolation(error, 'items_pkey')) throw conflict(`item ${item.sku} exists`);
      throw error;
    });
    return reply.status(201).send(item);
  });
}

function readItem(body: unknown): Item {
  const reader = new BodyReader(body);
  const item = {
    sku: reader.text('sku', { max: 100 }),
    name: reader.text('name', { max: 200 }),
    priceCents: reader.integer('priceCents', { min: 0, max: MAX_PRICE_CENTS }),
  };
  reader.assertValid();
  return item;
}
