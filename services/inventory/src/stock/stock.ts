import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many pieces of an article can still be promised. */
@Entity('stock')
export class Stock {
  @PrimaryColumn('text')
  sku!: string;

  @Column('integer')
  available!: number;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
