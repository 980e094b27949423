import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An event whose effect is in the database: written in the same transaction, so a second delivery has none. */
@Entity('processed_events')
export class ProcessedEvent {
  @PrimaryColumn('text', { name: 'event_id' })
  eventId!: string;

  @Column('text')
  type!: string;

  @Column('uuid', { name: 'order_id' })
  orderId!: string;

  @Column('timestamptz', { name: 'processed_at' })
  processedAt!: Date;
}
