import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { OrderEvent } from './order-events';

/** An event that is to be published, written in the transaction that made it true. */
@Entity('outbox')
export class OutboxMessage {
  /** bigint as text; the order of publishing. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: string;

  @Column('uuid', { name: 'event_id' })
  eventId!: string;

  /** The topic's name without the installation's prefix. */
  @Column('text')
  topic!: string;

  @Column('text')
  key!: string;

  @Column('text')
  type!: string;

  @Column('jsonb')
  payload!: OrderEvent;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** Null until the broker has acknowledged the event. */
  @Column('timestamptz', { name: 'published_at', nullable: true })
  publishedAt!: Date | null;
}
