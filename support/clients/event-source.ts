/** An event as it lies on a topic. Topic names are those of the cluster, with the lane's prefix. */
export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: ReadonlyArray<{ readonly key: string; readonly value: Buffer | null }>;
}

/** How far a consumer group is on one partition. */
export interface GroupProgress {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The next offset it will read; negative when it has committed nothing. */
  readonly committed: bigint;
  /** The offset that the next event will get. */
  readonly end: bigint;
}

/** Where a recorder learns of events: the embedded broker itself, or consumers on a real cluster. */
export interface EventSource extends AsyncDisposable {
  /** Tells of every record from now on, and of those that are already there. */
  follow(listener: (record: SourceRecord) => void): void;
  /** Makes sure that a topic is followed; creates it when it does not exist. */
  watch(topic: string): Promise<void>;
  /** Whether a topic is known to exist and to be followed. */
  isWatched(topic: string): boolean;
  /**
   * Waits, bounded, until every record that lies on a topic now was told of.
   * @throws Error naming the partition that is not read to its end
   */
  caughtUp(topic: string): Promise<void>;
  /** The end offset of every partition that is followed, by `topic/partition`. */
  ends(): Promise<ReadonlyMap<string, bigint>>;
  /** The progress of every group of the lane with members, on the partitions it consumes. */
  progress(): Promise<GroupProgress[]>;
  /** Creates a topic unless it exists. @returns how many partitions it has */
  createTopic(topic: string, partitions: number): Promise<number>;
  /** All topics of the cluster. */
  topics(): Promise<readonly string[]>;
}

/** Stands for the topics of a group whose partitions are being given out. */
export const rebalancing = '(rebalancing)';
