import type { Redis } from 'ioredis';
import { ChangedKeys } from './changed-keys';
import type { Ownership } from './ownership';

/** What a key holds. */
export interface CacheEntry {
  readonly key: string;
  /** `string`, `hash`, `list`, `set`, `zset`, `stream`, or `none` for an absent key. */
  readonly type: string;
  /** Text, an object for a hash, an array for a list or a (sorted) set; undefined for an absent key. */
  readonly value: unknown;
  /** Milliseconds until it expires; undefined when it never does. */
  readonly expiresInMs: number | undefined;
}

const scanCount = 500;

/** The world's own connection to the lane's cache. */
export class CacheClient implements AsyncDisposable {
  private constructor(
    /** ioredis's own object, for steps that want more. */
    readonly redis: Redis,
    /** Only of a foreign cache: what is to be put back in it. */
    private readonly changed: ChangedKeys | undefined,
  ) {}

  static async connect(url: string, ownership: Ownership = 'own'): Promise<CacheClient> {
    const { Redis } = await import('ioredis');
    const redis = new Redis(url, {
      lazyConnect: true,
      connectionName: 'brine-world',
      maxRetriesPerRequest: 2,
    });
    redis.on('error', () => {}); // each command's own promise tells
    await redis.connect();
    return new CacheClient(redis, ownership === 'foreign' ? new ChangedKeys(redis) : undefined);
  }

  async read(key: string): Promise<CacheEntry> {
    const [type, ttl] = await Promise.all([this.redis.type(key), this.redis.pttl(key)]);
    return { key, type, value: await this.valueOf(key, type), expiresInMs: ttl < 0 ? undefined : ttl };
  }

  private async valueOf(key: string, type: string): Promise<unknown> {
    switch (type) {
      case 'string':
        return this.redis.get(key);
      case 'hash':
        return this.redis.hgetall(key);
      case 'list':
        return this.redis.lrange(key, 0, -1);
      case 'set':
        return (await this.redis.smembers(key)).sort();
      case 'zset':
        return this.redis.zrange(key, '0', '-1');
      default:
        return undefined;
    }
  }

  /** The keys that match a pattern such as `order:*`, in order; read by SCAN, never by KEYS. */
  async keys(pattern = '*'): Promise<string[]> {
    const found = new Set<string>();
    for await (const keys of this.redis.scanStream({ match: pattern, count: scanCount })) {
      for (const key of keys as string[]) found.add(key);
    }
    return [...found].sort();
  }

  /**
   * Sets a string. In a foreign cache, what the key held is remembered for {@link putBack}.
   * @throws BrineError BRINE_STEP_002 when that is not a string
   */
  async write(key: string, value: string, expiresInMs?: number): Promise<void> {
    await this.changed?.remember(key);
    await (expiresInMs === undefined
      ? this.redis.set(key, value)
      : this.redis.set(key, value, 'PX', expiresInMs));
  }

  /** Deletes a key; otherwise as {@link write}. */
  async remove(key: string): Promise<void> {
    await this.changed?.remember(key);
    await this.redis.del(key);
  }

  /**
   * In a foreign cache, puts the keys that were written here back to what they held.
   * @returns what could not be put back and why, for the report
   */
  async putBack(): Promise<string[]> {
    return (await this.changed?.putBack()) ?? [];
  }

  /** Empties the lane's logical database, or all of a server. */
  async clear(what: 'database' | 'server' = 'database'): Promise<void> {
    await (what === 'server' ? this.redis.flushall() : this.redis.flushdb());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.redis.disconnect();
  }
}
