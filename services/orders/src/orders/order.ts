import { Column, Entity, OneToMany, PrimaryColumn, type Relation } from 'typeorm';
import { OrderItem } from './order-item';
import type { OrderStatus } from './order-status';

/** pg gives bigint as text; totals stay far below 2^53. */
const cents = { to: (value: number) => value, from: (value: string) => Number(value) };

@Entity('orders')
export class Order {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text')
  status!: OrderStatus;

  /** Why the order was rejected; null otherwise. */
  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('bigint', { name: 'total_cents', transformer: cents })
  totalCents!: number;

  /** Unique: the constraint is what makes of two concurrent duplicates one order. */
  @Column('text', { name: 'idempotency_key', nullable: true })
  idempotencyKey!: string | null;

  /** Digest of the request that came with the key, to tell a repetition from a misuse. */
  @Column('text', { name: 'request_hash', nullable: true })
  requestHash!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @OneToMany(
    () => OrderItem,
    (item) => item.order,
  )
  items!: Relation<OrderItem[]>;
}
