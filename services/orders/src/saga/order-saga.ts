import { isUuid } from '../http/identifiers';
import type { Logger } from '../logger';
import type { OrderChanges, StatusChange } from '../orders/order-changes';
import type { OrderPayments } from '../payments/order-payments';
import { parseStockEvent, type StockEvent } from './stock-event';

interface OrderSagaParts {
  changes: OrderChanges;
  payments: OrderPayments;
  logger: Logger;
}

/** Moves orders on as the inventory answers: reserved stock leads to payment, missing stock to rejection. */
export class OrderSaga {
  readonly #parts: OrderSagaParts;

  constructor(parts: OrderSagaParts) {
    this.#parts = parts;
  }

  /**
   * Handles one message of `stock_events`. What cannot be read or belongs to no order is logged and skipped: another
   * delivery would be no better.
   * @throws when the database fails; the message must be delivered again then.
   */
  async handle(value: Buffer | null): Promise<void> {
    const event = this.#read(value);
    if (!event) return;
    const { changes, payments, logger } = this.#parts;
    const { eventId, type, orderId } = event;
    const { outcome } = isUuid(orderId)
      ? await changes.apply(orderId, changeFor(event))
      : { outcome: 'unknown order' as const };
    logger.info({ eventId, type, orderId, outcome }, `${type}: ${outcome}`);
    if (outcome === 'changed' && type === 'stock_reserved') await payments.charge(orderId);
  }

  #read(value: Buffer | null): StockEvent | undefined {
    try {
      return parseStockEvent(value);
    } catch (error) {
      this.#parts.logger.error(
        { err: error, value: value?.toString().slice(0, 1_000) },
        'unreadable stock event',
      );
      return undefined;
    }
  }
}

function changeFor({ eventId, type, reason }: StockEvent): StatusChange {
  const cause = { eventId, type };
  if (type === 'stock_reserved') return { to: 'payment_pending', cause };
  return { to: 'rejected', reason: reason ?? 'stock rejected', cause };
}
