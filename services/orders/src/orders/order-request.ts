import { createHash } from 'node:crypto';
import { BodyReader } from '../http/body-reader';

const MAX_LINES = 100;
const MAX_QUANTITY = 10_000;

export interface OrderLine {
  sku: string;
  quantity: number;
}

export interface OrderRequest {
  userId: string;
  items: OrderLine[];
}

/** @throws HttpError 400 that lists all that is wrong. */
export function readOrderRequest(body: unknown): OrderRequest {
  const reader = new BodyReader(body);
  const request = {
    userId: reader.uuid('userId'),
    items: reader.list('items', MAX_LINES, (line) => ({
      sku: line.text('sku', { max: 100 }),
      quantity: line.integer('quantity', { min: 1, max: MAX_QUANTITY }),
    })),
  };
  for (const sku of repeated(request.items)) reader.reject('items', `names ${sku} more than once`);
  reader.assertValid();
  return request;
}

/** Equal for requests that ask for the same, however their JSON was written. */
export function digestOf({ userId, items }: OrderRequest): string {
  const lines = items.map(({ sku, quantity }) => [sku, quantity]);
  return createHash('sha256')
    .update(JSON.stringify([userId, lines]))
    .digest('hex');
}

function repeated(lines: OrderLine[]): Set<string> {
  const skus = lines.map(({ sku }) => sku).filter((sku) => sku !== '');
  return new Set(skus.filter((sku, index) => skus.indexOf(sku) < index));
}
