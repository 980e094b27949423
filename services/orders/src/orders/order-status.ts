export type OrderStatus = 'pending' | 'payment_pending' | 'confirmed' | 'rejected' | 'cancelled';

/** Where an order may go from each status. No path leads back, so late or repeated events can do no harm. */
const NEXT: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: ['payment_pending', 'rejected', 'cancelled'],
  payment_pending: ['confirmed', 'rejected', 'cancelled'],
  confirmed: ['cancelled'],
  rejected: [],
  cancelled: [],
};

export function canBecome(from: OrderStatus, to: OrderStatus): boolean {
  return NEXT[from].includes(to);
}
