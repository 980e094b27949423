import type { WantedItem } from '../reservations/reserve-stock';

/** What the inventory needs of a message on `order_events`. */
export type OrderEvent =
  | { type: 'order_created'; eventId: string; orderId: string; items: WantedItem[] }
  | { type: 'order_cancelled'; eventId: string; orderId: string };

/** A message that no retry makes readable. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/**
 * @returns undefined for a well-formed event of a type that is of no concern here.
 * @throws UnreadableEvent for invalid JSON, and for missing or wrong fields.
 */
export function parseOrderEvent(value: Buffer | null): OrderEvent | undefined {
  const fields = jsonObject(value);
  const eventId = text(fields, 'eventId');
  const type = text(fields, 'type');
  const orderId = text(fields, 'orderId');
  if (type === 'order_created') return { type, eventId, orderId, items: items(fields) };
  if (type === 'order_cancelled') return { type, eventId, orderId };
  return undefined;
}

function jsonObject(value: Buffer | null): Record<string, unknown> {
  const parsed = json(value);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Record<string, unknown>;
  }
  throw new UnreadableEvent('the value is not a JSON object');
}

function json(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString() ?? 'null');
  } catch (error) {
    throw new UnreadableEvent(`the value is not JSON: ${(error as Error).message}`);
  }
}

function text(fields: Record<string, unknown>, field: string): string {
  const value = fields[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new UnreadableEvent(`${field} is missing or not a text`);
}

function items(fields: Record<string, unknown>): WantedItem[] {
  if (!Array.isArray(fields.items) || fields.items.length === 0) {
    throw new UnreadableEvent('items is missing or empty');
  }
  return fields.items.map(item);
}

function item(value: unknown, index: number): WantedItem {
  const { sku, quantity } = (value ?? {}) as Record<string, unknown>;
  if (typeof sku !== 'string' || sku === '')
    throw new UnreadableEvent(`items[${index}].sku is missing or not a text`);
  if (typeof quantity === 'number' && Number.isSafeInteger(quantity) && quantity > 0)
    return { sku, quantity };
  throw new UnreadableEvent(`items[${index}].quantity is not a positive integer`);
}
