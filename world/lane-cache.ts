import { CacheClient, type Ownership } from '../support/clients';
import type { LaneCacheFacts } from '../support/environment/redis/facts';
import type { CacheLane } from '../support/environment/redis/lane';

/** What a lane that shares channels with others says of them. */
export interface LaneChannels {
  readonly channelPrefix: string;
  readonly channelsAreShared: boolean;
}

/**
 * The cache of a lane, and the world's own client of it. A server in this process, and the client of it, are loaded when
 * somebody uses them: a scenario that does not need not wait for them.
 */
export class LaneCache implements AsyncDisposable {
  private made: CacheClient | undefined;

  constructor(
    private readonly lane: CacheLane,
    private readonly channels: LaneChannels,
  ) {}

  get facts(): LaneCacheFacts {
    return this.lane.facts;
  }

  /** Whether the server is a program, or elsewhere: it may end, and that it cannot be reached is told early. */
  get isElsewhere(): boolean {
    return this.lane.inProcess === undefined;
  }

  /** The world's own. @throws when a server in this process cannot be loaded */
  get client(): CacheClient {
    this.lane.inProcess?.activate();
    this.made ??= CacheClient.of(this.facts.url, this.options());
    return this.made;
  }

  /** Connects to a server that is elsewhere, and empties what is the lane's there. */
  async connect(): Promise<void> {
    this.made = await CacheClient.connect(this.facts.url, this.options());
    if (this.facts.mayReset) await this.made.clear(this.extent);
  }

  private options() {
    const ownership: Ownership = this.facts.mayReset ? 'own' : 'foreign';
    return { ownership, ...this.channels };
  }

  private get extent(): 'server' | 'database' {
    return this.facts.ownsServer ? 'server' : 'database';
  }

  /**
   * Empties it, or puts back what the scenario wrote where it is somebody's.
   * @returns what could not be put back and why, for the report
   */
  async reset(): Promise<string[]> {
    const wasUsed = this.made !== undefined || this.lane.inProcess?.isActive === true;
    if (!wasUsed) return [];
    if (!this.facts.mayReset) return this.client.putBack();
    await this.client.clear(this.extent);
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.made?.[Symbol.asyncDispose]();
    await this.lane[Symbol.asyncDispose]();
  }
}
