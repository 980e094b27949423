import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { BrineError } from '../errors';
import { bounded, formatDuration } from '../time';
import { textOrBytes } from './cache-bytes';

/** A message of a channel. */
export interface ChannelMessage {
  /** Without the lane's prefix. */
  readonly channel: string;
  readonly message: string | Buffer;
}

/** What came, and which subscription brought it: one of a channel, or one of a pattern. */
interface Received extends ChannelMessage {
  readonly pattern?: string;
}

const fencePrefix = 'brine:fence:';
const fenceLimitMs = 5_000;

/**
 * The messages of channels since they were listened to. Channels belong to a whole server, whatever the logical
 * database: lanes that share one are kept apart by a prefix.
 */
export class CacheChannels {
  private readonly listened = new Set<string>();
  private readonly patterns = new Set<string>();
  private readonly received: Received[] = [];
  private readonly fences = new Map<string, () => void>();
  private readonly fenceChannel = `${fencePrefix}${randomUUID()}`;
  private subscriber: Redis | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    /** Whether other lanes use the same channels at the same time. */
    private readonly areShared: boolean,
  ) {}

  /**
   * From now on the messages of the channel are kept. A second time does nothing.
   * @throws BrineError BRINE_STEP_002 when other lanes would be heard, too
   */
  async listen(channel: string): Promise<void> {
    if (this.areShared) throw shared(`channel "${channel}"`);
    if (this.listened.has(channel)) return;
    this.subscriber ??= await this.open();
    await this.subscriber.subscribe(this.prefix + channel);
    this.listened.add(channel);
  }

  /**
   * From now on the messages of all channels that match a pattern of Redis (`order-*`) are kept. A second time does nothing.
   * @throws BrineError BRINE_STEP_002 when other lanes would be heard, too
   */
  async listenLike(pattern: string): Promise<void> {
    if (this.areShared) throw shared(`channels like "${pattern}"`);
    if (this.patterns.has(pattern)) return;
    this.subscriber ??= await this.open();
    await this.subscriber.psubscribe(literally(this.prefix) + pattern);
    this.patterns.add(pattern);
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.redis.publish(this.prefix + channel, message);
  }

  /**
   * The messages of the channel, oldest first: all that were published before this was called are among them.
   * @throws BrineError BRINE_STEP_002 when nobody has listened: what came before is lost
   */
  async messages(channel: string): Promise<readonly ChannelMessage[]> {
    if (!this.listened.has(channel)) throw notListened(`channel "${channel}" is`);
    await this.fence();
    return this.received.filter((one) => one.pattern === undefined && one.channel === channel).map(asMessage);
  }

  /**
   * As {@link messages}, of all channels that match a pattern which was listened to.
   * @throws BrineError BRINE_STEP_002 when nobody has listened to just this pattern
   */
  async messagesLike(pattern: string): Promise<readonly ChannelMessage[]> {
    if (!this.patterns.has(pattern)) throw notListened(`channels like "${pattern}" are`);
    await this.fence();
    return this.received.filter((one) => one.pattern === pattern).map(asMessage);
  }

  /** Listens to nothing any more and forgets all messages. */
  stop(): void {
    this.subscriber?.disconnect();
    this.subscriber = undefined;
    this.listened.clear();
    this.patterns.clear();
    this.received.length = 0;
  }

  private async open(): Promise<Redis> {
    const subscriber = this.redis.duplicate({ connectionName: 'brine-channels', lazyConnect: true });
    subscriber.on('error', () => {}); // each command's own promise tells
    subscriber.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      const name = channel.toString();
      if (name === this.fenceChannel) return this.fences.get(message.toString())?.();
      this.received.push({ channel: name.slice(this.prefix.length), message: textOrBytes(message) });
    });
    subscriber.on('pmessageBuffer', (pattern: string | Buffer, channel: Buffer, message: Buffer) => {
      const name = channel.toString();
      if (name.startsWith(fencePrefix)) return;
      const listened = pattern.toString().slice(literally(this.prefix).length);
      const received = { channel: name.slice(this.prefix.length), message: textOrBytes(message) };
      this.received.push({ ...received, pattern: listened });
    });
    await subscriber.connect();
    await subscriber.subscribe(this.fenceChannel);
    return subscriber;
  }

  /** A server delivers the messages of all channels in the order in which they were published: ours comes last. */
  private async fence(): Promise<void> {
    const token = randomUUID();
    const passed = new Promise<void>((resolve) => this.fences.set(token, resolve));
    try {
      await this.redis.publish(this.fenceChannel, token);
      const late = () =>
        new Error(`the cache has delivered no message within ${formatDuration(fenceLimitMs)}`);
      await bounded(passed, fenceLimitMs, late);
    } finally {
      this.fences.delete(token);
    }
  }
}

function asMessage({ channel, message }: Received): ChannelMessage {
  return { channel, message };
}

/** The text as a pattern that matches nothing else. */
function literally(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}

/** @param what `channel "c" is` or `channels like "c*" are` */
function notListened(what: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: what.replace(/ (is|are)$/, ''),
    reason: 'no step has listened to it, and messages are kept by nobody',
    advice: `say before: Given ${what} listened to`,
  });
}

function shared(place: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place,
    reason: 'channels belong to the whole server, and other lanes of this run use it at the same time',
    advice:
      'let the names of channels begin with {{redis.channelPrefix}} in the env of the service, run without --parallel, or let each lane have a server (the embedded provider)',
  });
}
