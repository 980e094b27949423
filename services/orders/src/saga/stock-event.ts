export type StockEventType = 'stock_reserved' | 'stock_rejected';

/** What the inventory says about an order's stock. */
export interface StockEvent {
  eventId: string;
  type: StockEventType;
  orderId: string;
  /** Why there is no stock; of `stock_rejected` only. */
  reason: string | null;
}

/** @throws Error that tells what is wrong with the message. */
export function parseStockEvent(value: Buffer | null): StockEvent {
  const { eventId, type, orderId, reason } = jsonObject(value);
  return {
    eventId: text('eventId', eventId),
    type: stockEventType(type),
    orderId: text('orderId', orderId),
    reason: typeof reason === 'string' ? reason : null,
  };
}

function jsonObject(value: Buffer | null): Record<string, unknown> {
  const parsed: unknown = JSON.parse(value?.toString() ?? 'null');
  if (typeof parsed !== 'object' || parsed === null) throw new Error('the value is not a JSON object');
  return parsed as Record<string, unknown>;
}

function text(field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${field} is missing`);
}

function stockEventType(type: unknown): StockEventType {
  if (type === 'stock_reserved' || type === 'stock_rejected') return type;
  throw new Error(`type ${JSON.stringify(type)} is unknown`);
}
