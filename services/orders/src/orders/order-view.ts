import type { Order } from './order';
import type { OrderStatus } from './order-status';

/** An order as clients and the cache see it. */
export interface OrderView {
  id: string;
  userId: string;
  status: OrderStatus;
  totalCents: number;
  items: { sku: string; quantity: number; priceCents: number }[];
  /** Why the order was rejected; absent otherwise. */
  reason?: string;
  createdAt: string;
  updatedAt: string;
}

export function orderView(order: Order): OrderView {
  const { id, userId, status, totalCents, reason } = order;
  return {
    id,
    userId,
    status,
    totalCents,
    items: order.items.map(({ sku, quantity, priceCents }) => ({ sku, quantity, priceCents })),
    ...(reason === null ? {} : { reason }),
    createdAt: order.createdAt.toISOString(),
    updatedAt: order.updatedAt.toISOString(),
  };
}
