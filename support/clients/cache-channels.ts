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

const fenceLimitMs = 5_000;

/**
 * The messages of channels since they were listened to. Channels belong to a whole server, whatever the logical
 * database: lanes that share one are kept apart by a prefix.
 */
export class CacheChannels {
  private readonly listened = new Set<string>();
  private readonly received: ChannelMessage[] = [];
  private readonly fences = new Map<string, () => void>();
  private readonly fenceChannel = `brine:fence:${randomUUID()}`;
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
    if (this.areShared) throw shared(channel);
    if (this.listened.has(channel)) return;
    this.subscriber ??= await this.open();
    await this.subscriber.subscribe(this.prefix + channel);
    this.listened.add(channel);
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.redis.publish(this.prefix + channel, message);
  }

  /**
   * The messages of the channel, oldest first: all that were published before this was called are among them.
   * @throws BrineError BRINE_STEP_002 when nobody has listened: what came before is lost
   */
  async messages(channel: string): Promise<readonly ChannelMessage[]> {
    if (!this.listened.has(channel)) throw notListened(channel);
    await this.fence();
    return this.received.filter((message) => message.channel === channel);
  }

  /** Listens to nothing any more and forgets all messages. */
  stop(): void {
    this.subscriber?.disconnect();
    this.subscriber = undefined;
    this.listened.clear();
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

function notListened(channel: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `channel "${channel}"`,
    reason: 'no step has listened to it, and messages are kept by nobody',
    advice: `say before: Given channel "${channel}" is listened to`,
  });
}

function shared(channel: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `channel "${channel}"`,
    reason: 'channels belong to the whole server, and other lanes of this run use it at the same time',
    advice:
      'let the names of channels begin with {{redis.channelPrefix}} in the env of the service, run without --parallel, or let each lane have a server (the embedded provider)',
  });
}
