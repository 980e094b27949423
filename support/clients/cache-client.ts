import type { Redis } from 'ioredis';
import { BrineError, messageOf } from '../errors';
import { type Clock, systemClock } from '../time';
import { CacheChannels } from './cache-channels';
import { type CacheEntry, readEntry } from './cache-entry';
import { CacheWatch } from './cache-watch';
import { ChangedKeys } from './changed-keys';
import type { Ownership } from './ownership';

export type { CacheEntry, CachePart } from './cache-entry';

/** What is added to a key: fields of a hash, items of a list, members of a set or sorted set, or an entry of a stream. */
export type CacheAddition =
  | { readonly type: 'hash'; readonly fields: ReadonlyArray<readonly [string, string]> }
  | { readonly type: 'list' | 'set'; readonly values: readonly string[] }
  | { readonly type: 'zset'; readonly members: ReadonlyArray<readonly [string, string]> }
  | { readonly type: 'stream'; readonly entries: ReadonlyArray<ReadonlyArray<readonly [string, string]>> };

/** How far a consumer group of a stream is. */
export interface StreamGroup {
  readonly name: string;
  /** Entries that it has not been given yet. */
  readonly lag: number;
  /** Entries that it was given and has not acknowledged. */
  readonly pending: number;
}

/** A key as the steps of this scenario saw it last. */
export interface Sighting {
  /** When it would expire, on the clock that only grows; undefined when never. */
  readonly expiresAt: number | undefined;
}

export interface CacheOptions {
  readonly ownership?: Ownership;
  /** How the lane's channels begin; '' unless told. */
  readonly channelPrefix?: string;
  /** Whether other lanes use the same channels at the same time, so that none can be listened to. */
  readonly channelsAreShared?: boolean;
  readonly clock?: Clock;
}

const scanCount = 500;

/** The world's own connection to the lane's cache. */
export class CacheClient implements AsyncDisposable {
  private readonly sightings = new Map<string, Sighting>();
  private readonly elsewhere = new Map<string, number | undefined>();
  private watching: CacheWatch | undefined;

  private constructor(
    /** ioredis's own object, for steps that want more. */
    readonly redis: Redis,
    /** Only of a foreign cache: what is to be put back in it. */
    private readonly changed: ChangedKeys | undefined,
    /** Messages of channels that steps listen to. */
    readonly channels: CacheChannels,
    readonly clock: Clock,
  ) {}

  /** @throws when the server cannot be connected to */
  static async connect(url: string, options: Ownership | CacheOptions = {}): Promise<CacheClient> {
    const client = CacheClient.of(url, options);
    await client.redis.connect().catch((error) => {
      client.redis.disconnect(); // it would try for ever
      throw error;
    });
    return client;
  }

  /** As {@link connect}, but it connects when the first command is sent. */
  static of(url: string, options: Ownership | CacheOptions = {}): CacheClient {
    const {
      ownership,
      channelPrefix = '',
      channelsAreShared = false,
      clock = systemClock,
    } = typeof options === 'string' ? { ownership: options } : options;
    const { Redis } = loadRedis();
    const redis = new Redis(url, {
      lazyConnect: true,
      connectionName: 'brine-world',
      maxRetriesPerRequest: 2,
    });
    redis.on('error', () => {}); // each command's own promise tells
    const changed = ownership === 'foreign' ? new ChangedKeys(redis, clock) : undefined;
    const channels = new CacheChannels(redis, channelPrefix, channelsAreShared);
    return new CacheClient(redis, changed, channels, clock);
  }

  async read(key: string): Promise<CacheEntry> {
    const entry = await readEntry(this.redis, key);
    if (entry.type !== 'none') this.saw(key, entry.expiresInMs);
    return entry;
  }

  /** How the steps of this scenario saw the key last; undefined when none saw it there. */
  seen(key: string): Sighting | undefined {
    return this.sightings.get(key);
  }

  private saw(key: string, expiresInMs: number | undefined): void {
    const expiresAt = expiresInMs === undefined ? undefined : this.clock.monotonic() + expiresInMs;
    this.sightings.set(key, { expiresAt });
  }

  /**
   * The keys that match a pattern such as `order:*`, in order; read by SCAN, never by KEYS.
   * @param most when so many were found, the rest is not looked for
   */
  async keys(pattern = '*', most = Number.POSITIVE_INFINITY): Promise<string[]> {
    const found = new Set<string>();
    let cursor = '0';
    do {
      const [next, keys] = await this.redis.scan(cursor, 'MATCH', pattern, 'COUNT', scanCount);
      for (const key of keys) found.add(key);
      cursor = next;
    } while (cursor !== '0' && found.size < most);
    return [...found].sort();
  }

  /**
   * Sets a string. In a foreign cache, what the key held is remembered for {@link putBack}.
   * @throws BrineError BRINE_STEP_002 when that is not a string
   */
  async write(key: string, value: string | Buffer, expiresInMs?: number): Promise<void> {
    await this.changed?.remember(key);
    await (expiresInMs === undefined
      ? this.redis.set(key, value)
      : this.redis.set(key, value, 'PX', expiresInMs));
    this.saw(key, expiresInMs);
  }

  /**
   * Adds to a hash, list, set, sorted set or stream, which is made when there is none; otherwise as {@link write}.
   * @throws BrineError BRINE_STEP_002 when the key is of another type, or a score or entry is refused
   */
  async add(key: string, addition: CacheAddition, expiresInMs?: number): Promise<void> {
    await this.changed?.remember(key);
    const commands = commandsOf(key, addition);
    if (expiresInMs !== undefined) commands.push(['pexpire', key, String(expiresInMs)]);
    const results = (await this.redis.multi(commands).exec()) ?? [];
    const problem = results.find(([error]) => error !== null)?.[0];
    if (problem) throw await this.refused(key, problem);
    this.saw(key, expiresInMs);
  }

  /** Adds to a counter; otherwise as {@link write}. */
  async increase(key: string, by: number): Promise<void> {
    await this.changed?.remember(key);
    try {
      await this.redis.incrby(key, by);
    } catch (error) {
      throw await this.refused(key, error);
    }
  }

  private async refused(key: string, error: unknown): Promise<BrineError> {
    const type = await this.redis.type(key);
    const wrongType = messageOf(error).startsWith('WRONGTYPE');
    return new BrineError(
      'BRINE_STEP_002',
      {
        place: `cache key "${key}"`,
        reason: wrongType
          ? `it holds a ${typeName(type)} already, to which this cannot be added`
          : messageOf(error),
        advice: wrongType ? `say before: Given cache key "${key}" is removed` : 'correct the value',
      },
      { cause: error },
    );
  }

  /** Deletes a key; otherwise as {@link write}. */
  async remove(key: string): Promise<void> {
    await this.changed?.remember(key);
    await this.redis.del(key);
    this.sightings.delete(key);
  }

  /** Makes a consumer group that begins at the first entry of a stream, and the stream, unless they are there. */
  async createGroup(key: string, group: string): Promise<void> {
    await this.changed?.remember(key);
    try {
      await this.redis.xgroup('CREATE', key, group, '0', 'MKSTREAM');
    } catch (error) {
      if (!messageOf(error).startsWith('BUSYGROUP')) throw await this.refused(key, error);
    }
  }

  /** The consumer groups of a stream. */
  async groups(key: string): Promise<StreamGroup[]> {
    const groups = (await this.redis.xinfo('GROUPS', key)) as unknown[][];
    return Promise.all(groups.map((facts) => this.groupOf(key, facts)));
  }

  private async groupOf(key: string, facts: readonly unknown[]): Promise<StreamGroup> {
    const fact = (name: string) => facts[facts.indexOf(name) + 1];
    // not the `lag` that the server tells: it is unknown after deletions, and before Redis 7
    const left = await this.redis.xrange(key, `(${String(fact('last-delivered-id'))}`, '+');
    return { name: String(fact('name')), lag: left.length, pending: Number(fact('pending')) };
  }

  /** Begins to watch what other clients do with keys; see {@link CacheWatch}. */
  async startWatch(): Promise<void> {
    this.watching ??= await CacheWatch.begin(this.redis);
  }

  /** @throws BrineError BRINE_STEP_002 when it was not begun */
  get watch(): CacheWatch {
    if (this.watching !== undefined) return this.watching;
    throw new BrineError('BRINE_STEP_002', {
      place: 'this step',
      reason: 'reads of the cache are not watched',
      advice: 'say before: Given reads of the cache are watched',
    });
  }

  /** The logical database of the same server that has the key; looked for once in a scenario, for it costs a connection. */
  async databaseWith(key: string): Promise<number | undefined> {
    if (!this.elsewhere.has(key))
      this.elsewhere.set(key, await this.findElsewhere(key).catch(() => undefined));
    return this.elsewhere.get(key);
  }

  /** The number of the lane's logical database. */
  get database(): number {
    return this.redis.options.db ?? 0;
  }

  private async findElsewhere(key: string): Promise<number | undefined> {
    const used = [...(await this.redis.info('keyspace')).matchAll(/^db(\d+):/gm)].map(([, db]) => Number(db));
    const others = used.filter((db) => db !== this.database);
    if (others.length === 0) return undefined;
    const visitor = this.redis.duplicate({ db: 0, connectionName: 'brine-visitor' });
    visitor.on('error', () => {}); // each command's own promise tells
    try {
      for (const db of others) {
        await visitor.select(db);
        if ((await visitor.exists(key)) === 1) return db;
      }
      return undefined;
    } finally {
      visitor.disconnect();
    }
  }

  /**
   * In a foreign cache, puts the keys that were written here back to what they held, and ends what the scenario began.
   * @returns what could not be put back and why, for the report
   */
  async putBack(): Promise<string[]> {
    this.endScenario();
    return (await this.changed?.putBack()) ?? [];
  }

  /**
   * Empties the lane's logical database, or all of a server, and ends what the scenario began: listening, watching.
   */
  async clear(what: 'database' | 'server' = 'database'): Promise<void> {
    this.endScenario();
    await (what === 'server' ? this.redis.flushall() : this.redis.flushdb());
  }

  /**
   * Empties the lane's logical database in the midst of a scenario.
   * @throws BrineError BRINE_STEP_002 when it is somebody's
   */
  async empty(): Promise<void> {
    if (this.changed !== undefined) {
      throw new BrineError('BRINE_STEP_002', {
        place: 'the cache is emptied',
        reason: "it is not Brine's, and what is in it could not be put back",
        advice: 'set redis.mayReset to true if everything in it may be lost, or remove single keys',
      });
    }
    await this.redis.flushdb();
  }

  private endScenario(): void {
    this.channels.stop();
    this.watching?.stop();
    this.watching = undefined;
    this.sightings.clear();
    this.elsewhere.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.endScenario();
    this.redis.disconnect();
  }
}

/** Some 40 files, which a lane that uses no cache need not load. */
function loadRedis(): typeof import('ioredis') {
  return require('ioredis');
}

/** How people call the type of a key. */
export function typeName(type: string): string {
  return type === 'zset' ? 'sorted set' : type;
}

function commandsOf(key: string, addition: CacheAddition): string[][] {
  switch (addition.type) {
    case 'hash':
      return [['hset', key, ...addition.fields.flat()]];
    case 'list':
      return [['rpush', key, ...addition.values]];
    case 'set':
      return [['sadd', key, ...addition.values]];
    case 'zset':
      return [['zadd', key, ...addition.members.flatMap(([member, score]) => [score, member])]];
    case 'stream':
      return addition.entries.map((fields) => ['xadd', key, '*', ...fields.flat()]);
  }
}
