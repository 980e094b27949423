import Redis from 'ioredis';
import type { Logger } from '../logger';
import type { OrderView } from './order-view';

const MAX_RECONNECT_MS = 500;

interface OrderCacheOptions {
  url: string;
  ttlSeconds: number;
  /** Reads an order from the database. */
  load: (id: string) => Promise<OrderView | undefined>;
  logger: Logger;
}

/**
 * Orders as JSON under `order:<id>`, each with a time to live. The cache is a help and not a need: without Redis
 * every read is a miss, and what could not be written meanwhile is caught up when Redis is back.
 */
export class OrderCache {
  readonly #options: OrderCacheOptions;
  readonly #redis: Redis;
  readonly #refreshes = new Map<string, Promise<void>>();
  /** Orders whose cached value may be older than the database. */
  readonly #stale = new Set<string>();
  #failing = false;

  constructor(options: OrderCacheOptions) {
    this.#options = options;
    this.#redis = new Redis(options.url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      connectTimeout: 1_000,
      commandTimeout: 500,
      retryStrategy: (times) => Math.min(times * 50, MAX_RECONNECT_MS),
    });
    this.#redis.on('error', (error) => this.#failed(error));
    this.#redis.on('ready', () => this.#recovered());
  }

  get ready(): boolean {
    return this.#redis.status === 'ready';
  }

  /** Begins to connect and returns; from then on it reconnects by itself. */
  connect(): void {
    this.#redis.connect().catch(() => undefined);
  }

  disconnect(): void {
    this.#redis.disconnect();
  }

  /** Undefined when the order is not cached or Redis cannot be had. */
  async get(id: string): Promise<OrderView | undefined> {
    if (this.#stale.has(id)) return undefined;
    try {
      const json = await this.#redis.get(keyOf(id));
      return json === null ? undefined : (JSON.parse(json) as OrderView);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** Caches what a read has found, unless something is cached by now: that is at least as new. */
  async fill(view: OrderView): Promise<void> {
    try {
      await this.#redis.set(keyOf(view.id), JSON.stringify(view), 'EX', this.#options.ttlSeconds, 'NX');
    } catch (error) {
      this.#failed(error);
    }
  }

  /**
   * Caches the order as the database has it now. Refreshes of one order happen one after the other, so that the
   * last one wins. Never rejects.
   */
  refresh(id: string): Promise<void> {
    const before = this.#refreshes.get(id) ?? Promise.resolve();
    const refresh = before.then(() => this.#write(id));
    this.#refreshes.set(id, refresh);
    return refresh.finally(() => {
      if (this.#refreshes.get(id) === refresh) this.#refreshes.delete(id);
    });
  }

  async #write(id: string): Promise<void> {
    try {
      const view = await this.#options.load(id);
      if (view) await this.#redis.set(keyOf(id), JSON.stringify(view), 'EX', this.#options.ttlSeconds);
      else await this.#redis.del(keyOf(id));
      this.#stale.delete(id);
    } catch (error) {
      this.#stale.add(id);
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (!this.#failing)
      this.#options.logger.error(
        { err: error },
        'the cache cannot be used; orders are read from the database',
      );
    this.#failing = true;
  }

  #recovered(): void {
    if (this.#failing) this.#options.logger.info('the cache can be used again');
    this.#failing = false;
    for (const id of this.#stale) void this.refresh(id);
  }
}

function keyOf(id: string): string {
  return `order:${id}`;
}
