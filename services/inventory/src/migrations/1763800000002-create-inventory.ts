import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['processed_events', 'reservations', 'stock'];

export class CreateInventory1763800000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE stock (
        sku        text           PRIMARY KEY,
        available  integer        NOT NULL CHECK (available >= 0),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );

      CREATE TABLE reservations (
        order_id   text           NOT NULL,
        sku        text           NOT NULL REFERENCES stock (sku),
        quantity   integer        NOT NULL CHECK (quantity > 0),
        status     text           NOT NULL CHECK (status IN ('reserved', 'released')),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (order_id, sku)
      );

      CREATE TABLE processed_events (
        event_id     text           PRIMARY KEY,
        type         text           NOT NULL,
        order_id     text           NOT NULL,
        outcome      jsonb,
        processed_at timestamptz(3) NOT NULL DEFAULT now(),
        published_at timestamptz(3)
      );
      CREATE INDEX processed_events_order_id_idx ON processed_events (order_id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${TABLES.join(', ')}`);
  }
}
