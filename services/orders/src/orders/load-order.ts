import type { EntityManager } from 'typeorm';
import { Order } from './order';

/** The order with its items in the order of the request. */
export function loadOrder(manager: EntityManager, id: string): Promise<Order | null> {
  return manager.findOne(Order, {
    where: { id },
    relations: { items: true },
    order: { items: { position: 'ASC' } },
  });
}
