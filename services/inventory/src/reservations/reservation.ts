import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Pieces set aside for an order, or given back (`released`) when it was cancelled. */
@Entity('reservations')
export class Reservation {
  /** Opaque: ids of orders are the orders service's business. */
  @PrimaryColumn('text', { name: 'order_id' })
  orderId!: string;

  @PrimaryColumn('text')
  sku!: string;

  @Column('integer')
  quantity!: number;

  @Column('text')
  status!: 'reserved' | 'released';

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
