import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { Order } from './order';

/** One line of an order, with the price at which it was placed. */
@Entity('order_items')
export class OrderItem {
  @PrimaryColumn('uuid', { name: 'order_id' })
  orderId!: string;

  /** The line's place in the request, from 0. */
  @PrimaryColumn('integer')
  position!: number;

  @Column('text')
  sku!: string;

  @Column('integer')
  quantity!: number;

  @Column('integer', { name: 'price_cents' })
  priceCents!: number;

  /** Named by text: the two entities would else import each other. */
  @ManyToOne('Order', 'items')
  @JoinColumn({ name: 'order_id' })
  order!: Relation<Order>;
}
