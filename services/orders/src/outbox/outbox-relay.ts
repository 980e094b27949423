import { type DataSource, In, IsNull } from 'typeorm';
import type { EventPublisher } from '../messaging/event-publisher';
import { OutboxMessage } from './outbox-message';

const BATCH = 100;

/**
 * Publishes what is in the outbox, in the order of the ids. A row is marked only after the broker has acknowledged
 * its event, so an event is published at least once: twice when the service dies between the two.
 *
 * No lock is held on the rows meanwhile, so that a slow broker blocks nobody who writes to the table. Two instances
 * of the service would therefore publish some events twice.
 */
export class OutboxRelay {
  readonly #database: DataSource;
  readonly #publisher: EventPublisher;

  constructor(database: DataSource, publisher: EventPublisher) {
    this.#database = database;
    this.#publisher = publisher;
  }

  /** Publishes until nothing is left. @throws when the database or the broker fails; then rows remain for later. */
  async drain(): Promise<void> {
    if (!this.#database.isInitialized) return;
    let published: number;
    do published = await this.#publishBatch();
    while (published === BATCH);
  }

  async #publishBatch(): Promise<number> {
    const rows = await this.#database.manager.find(OutboxMessage, {
      where: { publishedAt: IsNull() },
      order: { id: 'ASC' },
      take: BATCH,
    });
    if (rows.length === 0) return 0;
    await this.#publisher.publish(
      rows.map(({ topic, key, type, payload }) => ({ topic, key, type, payload })),
    );
    await this.#markPublished(rows);
    return rows.length;
  }

  async #markPublished(rows: OutboxMessage[]): Promise<void> {
    const ids = rows.map(({ id }) => id);
    await this.#database.manager.update(OutboxMessage, { id: In(ids) }, { publishedAt: new Date() });
  }
}
