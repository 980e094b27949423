import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An article of the catalogue; its price is that of a new order, orders keep the price they were placed at. */
@Entity('items')
export class Item {
  @PrimaryColumn('text')
  sku!: string;

  @Column('text')
  name!: string;

  @Column('integer', { name: 'price_cents' })
  priceCents!: number;
}
