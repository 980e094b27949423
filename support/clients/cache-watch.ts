import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { BrineError, messageOf } from '../errors';
import { bounded, formatDuration } from '../time';
import { MonitorConnection } from './monitor-connection';

/** What became of the last read of a key by a service. */
export type LastRead = 'hit' | 'miss' | 'never read' | 'removed since' | 'perhaps expired since';

interface Command {
  readonly name: string;
  /** As MONITOR shows them: without quotes, with its escapes. */
  readonly values: readonly string[];
}

const fenceLimitMs = 5_000;
/** Commands that are remembered; a scenario has hundreds. */
const mostCommands = 20_000;

/** Of several keys each. */
const manyKeys: ReadonlySet<string> = new Set([
  'mget',
  'sinter',
  'sunion',
  'sdiff',
  'zinter',
  'zunion',
  'zdiff',
  'del',
  'unlink',
]);
const reads: ReadonlySet<string> = new Set([
  ...['get', 'getex', 'getrange', 'substr', 'mget', 'strlen', 'getbit', 'bitcount'],
  ...['hget', 'hmget', 'hgetall', 'hkeys', 'hvals', 'hlen', 'hexists', 'hscan', 'hrandfield'],
  ...[
    'lrange',
    'lindex',
    'llen',
    'lpos',
    'smembers',
    'sismember',
    'smismember',
    'scard',
    'srandmember',
    'sscan',
  ],
  ...['sinter', 'sunion', 'sdiff', 'zinter', 'zunion', 'zdiff', 'zrange', 'zrevrange', 'zrangebyscore'],
  ...[
    'zrevrangebyscore',
    'zrangebylex',
    'zscore',
    'zmscore',
    'zrank',
    'zrevrank',
    'zcard',
    'zcount',
    'zscan',
  ],
  ...['xrange', 'xrevrange', 'xlen', 'json.get', 'json.mget'],
]);
const removals: ReadonlySet<string> = new Set(['del', 'unlink', 'getdel', 'rename', 'flushdb', 'flushall']);
const writes: ReadonlySet<string> = new Set([
  ...[
    'set',
    'setex',
    'psetex',
    'setnx',
    'getset',
    'append',
    'incr',
    'incrby',
    'incrbyfloat',
    'decr',
    'decrby',
    'setrange',
  ],
  ...[
    'hset',
    'hsetnx',
    'hmset',
    'hincrby',
    'hincrbyfloat',
    'lpush',
    'rpush',
    'lset',
    'linsert',
    'sadd',
    'zadd',
    'zincrby',
  ],
  ...['xadd', 'mset', 'msetnx', 'json.set'],
]);

/**
 * What clients other than Brine do with the keys of one logical database, as MONITOR tells it. The server says nothing of
 * answers: whether a read was a hit is concluded from what follows it (see {@link lastRead}).
 */
export class CacheWatch {
  private readonly commands: Command[] = [];
  private readonly fences = new Map<string, () => void>();
  private letGo = 0;

  private monitor: MonitorConnection | undefined;

  private constructor(
    private readonly redis: Redis,
    private readonly ownAddress: string,
  ) {}

  /** @throws BrineError BRINE_STEP_002 when the server does not let itself be watched */
  static async begin(redis: Redis): Promise<CacheWatch> {
    try {
      const client = String(await redis.call('CLIENT', 'INFO'));
      const [, address = '', database = ''] = /\baddr=(\S+).*\bdb=(\d+)/.exec(client) ?? [];
      const watch = new CacheWatch(redis, address);
      watch.monitor = await MonitorConnection.open(redis, (args, source, db) => {
        if (db === database) watch.note(args, source);
      });
      return watch;
    } catch (error) {
      throw new BrineError(
        'BRINE_STEP_002',
        {
          place: 'reads of the cache are watched',
          reason: `the server refuses that: ${messageOf(error)}`,
          advice:
            'allow MONITOR and CLIENT INFO, or change the cached value and look for the change in the answer',
        },
        { cause: error },
      );
    }
  }

  /** How often the key was read. */
  async readsOf(key: string): Promise<number> {
    await this.fence();
    this.assertComplete();
    return this.commands.filter((command) => reads.has(command.name) && names(command, key)).length;
  }

  /**
   * A read after which the key was written was a miss: it was filled. One after which nobody wrote was a hit when the
   * key is there now.
   * @param isThere whether the key is there now
   * @param mayHaveExpired whether it may have been there, and have expired since
   */
  async lastRead(key: string, isThere: boolean, mayHaveExpired: boolean): Promise<LastRead> {
    await this.fence();
    this.assertComplete();
    const about = this.commands.filter((command) => names(command, key));
    const last = about.findLastIndex(({ name }) => reads.has(name) || name === 'getdel' || name === 'getset');
    if (last === -1) return 'never read';
    const [next] = about.slice(last).filter(({ name }) => writes.has(name) || removals.has(name));
    if (next !== undefined)
      return removals.has(next.name) || next.name === 'getset' ? 'removed since' : 'miss';
    if (isThere) return 'hit';
    return mayHaveExpired ? 'perhaps expired since' : 'miss';
  }

  stop(): void {
    this.monitor?.disconnect();
  }

  private note([name = '', ...values]: readonly string[], source: string): void {
    if (source !== this.ownAddress) {
      this.commands.push({ name: name.toLowerCase(), values });
      if (this.commands.length > mostCommands) this.letGo += this.commands.splice(0, mostCommands / 2).length;
    } else if (name.toLowerCase() === 'ping') this.fences.get(values[0] ?? '')?.();
  }

  /** MONITOR shows commands in the order in which they were done: after one of ours, all before it have been seen. */
  private async fence(): Promise<void> {
    const token = randomUUID();
    const passed = new Promise<void>((resolve) => this.fences.set(token, resolve));
    try {
      await this.redis.ping(token);
      const late = () => new Error(`MONITOR has shown nothing within ${formatDuration(fenceLimitMs)}`);
      await bounded(passed, fenceLimitMs, late);
    } finally {
      this.fences.delete(token);
    }
  }

  private assertComplete(): void {
    if (this.letGo === 0) return;
    throw new BrineError('BRINE_STEP_002', {
      place: 'reads of the cache are watched',
      reason: `the first ${this.letGo} commands were let go, for there were more than ${mostCommands}`,
      advice: 'begin to watch later, or watch a shorter scenario',
    });
  }
}

function names({ name, values }: Command, key: string): boolean {
  if (name === 'flushdb' || name === 'flushall') return true;
  const shown = asMonitorShows(key);
  if (manyKeys.has(name)) return values.includes(shown);
  if (name === 'mset' || name === 'msetnx')
    return values.some((value, at) => at % 2 === 0 && value === shown);
  if (name === 'rename') return values[0] === shown;
  return values[0] === shown;
}

/** How MONITOR writes a text (`sdscatrepr`), but for its quotes, which the client has unescaped. */
function asMonitorShows(text: string): string {
  return [...Buffer.from(text)].map((byte) => shownBytes[byte] ?? plainOrHex(byte)).join('');
}

const shownBytes: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  13: '\\r',
  92: '\\\\',
};

function plainOrHex(byte: number): string {
  const isPlain = byte >= 0x20 && byte < 0x7f;
  return isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}
