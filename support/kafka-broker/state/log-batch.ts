/** A place inside a batch. */
export interface RecordPosition {
  readonly offsetDelta: number;
  readonly timestamp: bigint;
}

/** What the log must know of a batch of records. Its content is none of the log's business. */
export interface LogBatch {
  readonly bytes: Buffer;
  readonly size: number;
  readonly lastOffsetDelta: number;
  /** -1n: not an idempotent producer */
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  /** Of its latest record, in ms since the epoch; -1n: the records have no times. */
  readonly maxTimestamp: bigint;
  /** Writes offset and epoch into the batch, when the log has assigned them. */
  placeAt(baseOffset: bigint, leaderEpoch: number): void;
  /** The first record at or after the time (ms since the epoch), or null when all are older. */
  positionAt(timestamp: bigint): RecordPosition | null;
}

/** A batch in the log. */
export interface StoredBatch<B extends LogBatch = LogBatch> {
  readonly batch: B;
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  /** Grows with every batch of the whole broker: the order in which things happened, across partitions. */
  readonly ordinal: number;
  /** From when on compaction removes the batch's tombstones, or its marker. Not set: no compaction has seen it yet. */
  readonly deleteHorizon?: number;
}
