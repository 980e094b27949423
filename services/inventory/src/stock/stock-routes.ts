import type { DataSource } from 'typeorm';
import type { App } from '../http/app';
import { HttpError } from '../http/http-error';
import { Stock } from './stock';

const MAX_AVAILABLE = 1_000_000_000;
const MAX_SKU_LENGTH = 100;

/** `GET` and `PUT /stock/:sku`; putting stock for a sku that has none yet creates it. */
export function stockRoutes(app: App, database: DataSource): void {
  app.get('/stock/:sku', async (request) => {
    const sku = skuOf(request.params);
    const stock = await database.manager.findOneBy(Stock, { sku });
    if (!stock) throw new HttpError(404, `stock of ${sku} does not exist`);
    return stock;
  });

  app.put('/stock/:sku', async (request) => {
    const stock: Stock = {
      sku: skuOf(request.params),
      available: availableOf(request.body),
      updatedAt: new Date(),
    };
    await database.manager.upsert(Stock, stock, ['sku']);
    return stock;
  });
}

/** @throws HttpError 400 for what PostgreSQL or the orders service would not take for a sku. */
function skuOf(params: unknown): string {
  const { sku } = params as { sku: string };
  if (sku.length <= MAX_SKU_LENGTH && !sku.includes('\0')) return sku;
  throw new HttpError(400, `a sku has at most ${MAX_SKU_LENGTH} characters and no NUL`);
}

/** @throws HttpError 400 */
function availableOf(body: unknown): number {
  const { available } = (body ?? {}) as { available?: unknown };
  if (typeof available === 'number' && Number.isInteger(available)) {
    if (available >= 0 && available <= MAX_AVAILABLE) return available;
  }
  throw new HttpError(400, `available must be an integer from 0 to ${MAX_AVAILABLE}`);
}
