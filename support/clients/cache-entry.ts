import type { Redis } from 'ioredis';
import { textOrBytes } from './cache-bytes';

/** One field, item, member or entry of a key, as a table shows it. */
export type CachePart = Readonly<Record<string, unknown>>;

/** What a key holds. Texts are bytes (a Buffer) where they are not UTF-8. */
export interface CacheEntry {
  readonly key: string;
  /** `string`, `hash`, `list`, `set`, `zset`, `stream`, or `none` for an absent key. */
  readonly type: string;
  /** Text, an object for a hash, an array for a list, a (sorted) set or a stream; undefined for an absent key. */
  readonly value: unknown;
  /**
   * Of a hash `field, value`; of a list `position, item`; of a set `member`; of a sorted set `rank, member, score`;
   * of a stream `id` and its fields. None for a string.
   */
  readonly parts: readonly CachePart[];
  /** Milliseconds until it expires; undefined when it never does. */
  readonly expiresInMs: number | undefined;
}

type Contents = Pick<CacheEntry, 'value' | 'parts'>;

/** Reads what the key holds, whatever its type: in one round trip when it is a string, as most are, else in two. */
export async function readEntry(redis: Redis, key: string): Promise<CacheEntry> {
  const { type, ttl, text } = await look(redis, key);
  const read = readers[type];
  const nothing = { value: undefined, parts: [] };
  if (ttl === noSuchKey) return { key, type: 'none', expiresInMs: undefined, ...nothing };
  const contents = type === 'string' ? text : read === undefined ? nothing : await read(redis, key);
  const isEmpty = type === 'string' ? contents.value === undefined : contents.parts.length === 0;
  // it has expired since its type was asked for; of these types Redis keeps no empty ones
  if (neverEmpty.has(type) && isEmpty) return { key, type: 'none', expiresInMs: undefined, ...nothing };
  return { key, type, expiresInMs: ttl < 0 ? undefined : ttl, ...contents };
}

const neverEmpty: ReadonlySet<string> = new Set(['string', 'hash', 'list', 'set', 'zset']);

/** What PTTL says of a key that is not there, or no more; -1 is one that never expires. */
const noSuchKey = -2;

/** The type of a key, the milliseconds until it expires, and what it holds if that is a string. */
async function look(redis: Redis, key: string): Promise<{ type: string; ttl: number; text: Contents }> {
  const replies = await redis.pipeline().type(key).pttl(key).getBuffer(key).exec();
  const [type, ttl, bytes] = replies ?? [];
  const fault = type?.[0] ?? ttl?.[0] ?? (type?.[1] === 'string' ? bytes?.[0] : null);
  if (fault) throw fault;
  const isText = Buffer.isBuffer(bytes?.[1]);
  return {
    type: String(type?.[1]),
    ttl: Number(ttl?.[1]),
    text: { value: isText ? textOrBytes(bytes?.[1] as Buffer) : undefined, parts: [] },
  };
}

/** How each type is read, but for strings. */
const readers: Readonly<Record<string, (redis: Redis, key: string) => Promise<Contents>>> = {
  async hash(redis, key) {
    const parts = pairs(await bytesOf(redis, 'HGETALL', key)).map(([field, value]) => ({
      field: textOrBytes(field).toString(),
      value: textOrBytes(value),
    }));
    return { value: Object.fromEntries(parts.map(({ field, value }) => [field, value])), parts };
  },
  async list(redis, key) {
    const value = (await redis.lrangeBuffer(key, 0, -1)).map(textOrBytes);
    return { value, parts: value.map((item, position) => ({ position, item })) };
  },
  async set(redis, key) {
    const value = (await bytesOf(redis, 'SMEMBERS', key)).sort(Buffer.compare).map(textOrBytes);
    return { value, parts: value.map((member) => ({ member })) };
  },
  async zset(redis, key) {
    const parts = pairs(await redis.zrangeBuffer(key, 0, -1, 'WITHSCORES')).map(([member, score], rank) => ({
      rank,
      member: textOrBytes(member),
      score: scoreOf(score.toString()),
    }));
    return { value: parts.map(({ member }) => member), parts };
  },
  async stream(redis, key) {
    const entries = await redis.xrangeBuffer(key, '-', '+');
    const parts = entries.map(([id, fields]) => ({ id: id.toString(), ...fieldsOf(fields) }));
    return { value: parts, parts };
  },
};

async function bytesOf(redis: Redis, command: string, key: string): Promise<Buffer[]> {
  return (await redis.callBuffer(command, key)) as Buffer[];
}

function pairs(flat: readonly Buffer[]): Array<[Buffer, Buffer]> {
  return flat.flatMap((first, at) => {
    const second = flat[at + 1];
    return at % 2 === 1 || second === undefined ? [] : [[first, second] as [Buffer, Buffer]];
  });
}

function fieldsOf(flat: readonly Buffer[]): CachePart {
  return Object.fromEntries(
    pairs(flat).map(([name, value]) => [textOrBytes(name).toString(), textOrBytes(value)]),
  );
}

/** Infinite scores stay the texts `inf` and `-inf`. */
function scoreOf(text: string): number | string {
  const score = Number(text);
  return Number.isNaN(score) ? text : score;
}
