import type { Redis } from 'ioredis';
import { BrineError, messageOf } from '../errors';
import { type Clock, systemClock } from '../time';

/** What a key held before it was written first. */
interface PreviousValue {
  readonly key: string;
  /** Undefined when there was no such key. */
  readonly value: Buffer | undefined;
  /** When it would have expired, on the clock that only grows; undefined when never. */
  readonly expiresAt: number | undefined;
}

/**
 * The keys that the world has written in a cache that is not Brine's to empty, each with what it held before, so that
 * they can be put back. What anybody else writes there is neither seen nor touched.
 */
export class ChangedKeys {
  private readonly previous = new Map<string, PreviousValue>();

  constructor(
    private readonly redis: Redis,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * To be called before the key is written or removed.
   * @throws BrineError BRINE_STEP_002 when it holds what could not be put back: a hash, a list, ...
   */
  async remember(key: string): Promise<void> {
    if (this.previous.has(key)) return;
    const type = await this.redis.type(key);
    if (type !== 'none' && type !== 'string') throw notOurs(key, type);
    const [value, ttl] = await Promise.all([this.redis.getBuffer(key), this.redis.pttl(key)]);
    const expiresAt = ttl < 0 ? undefined : this.clock.monotonic() + ttl;
    this.previous.set(key, { key, value: value ?? undefined, expiresAt });
  }

  /**
   * Puts every key back to what it held, the last one first, and forgets them all. What would have expired by now is removed.
   * @returns what could not be put back and why, for the report
   */
  async putBack(): Promise<string[]> {
    const notes: string[] = [];
    const changed = [...this.previous.values()].reverse();
    this.previous.clear();
    for (const previous of changed) {
      try {
        await this.putBackOne(previous);
      } catch (error) {
        notes.push(
          `cache key "${previous.key}" could not be put back to what it held before: ${messageOf(error)}`,
        );
      }
    }
    return notes;
  }

  private async putBackOne({ key, value, expiresAt }: PreviousValue): Promise<void> {
    const left = expiresAt === undefined ? undefined : Math.round(expiresAt - this.clock.monotonic());
    if (value === undefined || (left !== undefined && left <= 0)) await this.redis.del(key);
    else if (left === undefined) await this.redis.set(key, value);
    else await this.redis.set(key, value, 'PX', left);
  }
}

function notOurs(key: string, type: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `cache key "${key}"`,
    reason: `it holds a ${type} of somebody else, which could not be put back after the scenario`,
    advice: 'write another key, or set redis.mayReset to true if everything in the cache may be lost',
  });
}
