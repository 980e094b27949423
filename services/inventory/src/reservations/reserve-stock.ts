import { type EntityManager, In } from 'typeorm';
import { Stock } from '../stock/stock';
import { Reservation } from './reservation';

export interface WantedItem {
  sku: string;
  quantity: number;
}

/**
 * Sets all items aside for the order, or none of them. To be called in a transaction.
 * @returns null when reserved, else the reason why not.
 */
export async function reserveStock(
  manager: EntityManager,
  orderId: string,
  items: WantedItem[],
): Promise<string | null> {
  const wanted = totalsBySku(items);
  const available = await lockStock(manager, [...wanted.keys()]);
  const missing = shortages(wanted, available);
  if (missing.length > 0) return `insufficient stock: ${missing.join('; ')}`;
  await setAside(manager, orderId, wanted);
  return null;
}

/** Gives back what is set aside for the order, if anything is. To be called in a transaction. */
export async function releaseStock(manager: EntityManager, orderId: string): Promise<void> {
  const reserved = await manager.findBy(Reservation, { orderId, status: 'reserved' });
  await lockStock(
    manager,
    reserved.map(({ sku }) => sku),
  );
  for (const { sku, quantity } of reserved) await changeAvailable(manager, sku, quantity);
  await manager.update(
    Reservation,
    { orderId, status: 'reserved' },
    { status: 'released', updatedAt: new Date() },
  );
}

/** Always in the order of the skus, so that two orders with the same articles cannot deadlock. */
async function lockStock(manager: EntityManager, skus: string[]): Promise<Map<string, number>> {
  const rows = await manager.find(Stock, {
    where: { sku: In(skus) },
    order: { sku: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  return new Map(rows.map(({ sku, available }) => [sku, available]));
}

async function setAside(manager: EntityManager, orderId: string, wanted: Map<string, number>): Promise<void> {
  const now = new Date();
  for (const [sku, quantity] of wanted) {
    await changeAvailable(manager, sku, -quantity);
    await manager.insert(Reservation, {
      orderId,
      sku,
      quantity,
      status: 'reserved',
      createdAt: now,
      updatedAt: now,
    });
  }
}

async function changeAvailable(manager: EntityManager, sku: string, by: number): Promise<void> {
  await manager.query('UPDATE stock SET available = available + $2, updated_at = now() WHERE sku = $1', [
    sku,
    by,
  ]);
}

export function totalsBySku(items: WantedItem[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { sku, quantity } of items) totals.set(sku, (totals.get(sku) ?? 0) + quantity);
  return totals;
}

/** One text for each sku that there is not enough of; a sku without stock counts as 0. */
export function shortages(wanted: Map<string, number>, available: Map<string, number>): string[] {
  return [...wanted]
    .map(([sku, quantity]) => ({ sku, quantity, has: available.get(sku) ?? 0 }))
    .filter(({ quantity, has }) => has < quantity)
    .map(({ sku, quantity, has }) => `${sku} wants ${quantity}, has ${has}`);
}
