import type { DataSource } from 'typeorm';
import type { Logger } from '../logger';
import { Order } from '../orders/order';
import type { OrderChanges } from '../orders/order-changes';
import type { ChargeResult, PaymentCircuit } from './payment-circuit';

/** How many waiting orders one round of retries takes on, the longest waiting first. */
const ROUND = 50;

interface OrderPaymentsParts {
  database: DataSource;
  circuit: PaymentCircuit;
  changes: OrderChanges;
  logger: Logger;
}

/** Gets orders paid that wait for it (`payment_pending`): paid ones are confirmed, declined ones rejected. */
export class OrderPayments {
  readonly #parts: OrderPaymentsParts;
  readonly #underWay = new Set<string>();

  constructor(parts: OrderPaymentsParts) {
    this.#parts = parts;
  }

  /**
   * Charges for one order, if it waits for payment and no other charge for it is under way. When the provider
   * cannot be had the order stays as it is: `retryWaiting` comes back to it.
   */
  async charge(orderId: string): Promise<void> {
    if (this.#underWay.has(orderId)) return;
    this.#underWay.add(orderId);
    try {
      await this.#chargeWaiting(orderId);
    } finally {
      this.#underWay.delete(orderId);
    }
  }

  /** Tries all waiting orders again, one after the other; an open circuit ends the round. */
  async retryWaiting(): Promise<void> {
    const { database, circuit } = this.#parts;
    if (!database.isInitialized || circuit.state() === 'open') return;
    const waiting = await database.manager.find(Order, {
      select: { id: true },
      where: { status: 'payment_pending' },
      order: { updatedAt: 'ASC' },
      take: ROUND,
    });
    for (const { id } of waiting) {
      await this.charge(id);
      if (circuit.state() === 'open') return;
    }
  }

  async #chargeWaiting(orderId: string): Promise<void> {
    const { database, circuit } = this.#parts;
    const order = await database.manager.findOneBy(Order, { id: orderId, status: 'payment_pending' });
    if (!order) return;
    const result = await circuit.charge({ orderId, amountCents: order.totalCents });
    await this.#record(orderId, result);
  }

  async #record(orderId: string, result: ChargeResult): Promise<void> {
    const { changes, logger } = this.#parts;
    if (result.outcome === 'unavailable') {
      logger.warn({ orderId, cause: result.cause }, 'no payment decision; the order stays payment_pending');
    } else if (result.outcome === 'declined') {
      await changes.apply(orderId, { to: 'rejected', reason: result.reason, event: 'order_cancelled' });
    } else {
      const { outcome } = await changes.apply(orderId, { to: 'confirmed' });
      if (outcome !== 'changed') logger.warn({ orderId, outcome }, 'paid, but the order cannot be confirmed');
    }
  }
}
