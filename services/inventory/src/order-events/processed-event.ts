import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StockEvent } from './stock-event';

/**
 * An event whose effect is in the database, with the event that it led to. Both are written in the transaction of the
 * effect, so a second delivery has no effect but to publish the very same event when that had not happened yet.
 */
@Entity('processed_events')
export class ProcessedEvent {
  @PrimaryColumn('text', { name: 'event_id' })
  eventId!: string;

  @Column('text')
  type!: string;

  @Column('text', { name: 'order_id' })
  orderId!: string;

  /** Null when there is nothing to publish. */
  @Column('jsonb', { nullable: true })
  outcome!: StockEvent | null;

  @Column('timestamptz', { name: 'processed_at' })
  processedAt!: Date;

  /** Null until the broker has acknowledged the outcome. */
  @Column('timestamptz', { name: 'published_at', nullable: true })
  publishedAt!: Date | null;
}
