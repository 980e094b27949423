import type { LogBatch, StoredBatch } from './log-batch';

/** What compaction must know of a record. */
export interface KeyedRecord {
  readonly offsetDelta: number;
  /** Equal for equal keys; null: the record has no key. */
  readonly key: string | null;
  readonly isTombstone: boolean;
}

/** Looks into batches, and makes smaller ones. */
export interface BatchContent<B extends LogBatch> {
  /** All records of the batch. @throws when it cannot be read; compaction then leaves it as it is */
  keysOf(batch: B): readonly KeyedRecord[];
  /** The batch with these records only, at least one. Its offsets, sequence numbers and producer stay. */
  retain(batch: B, offsetDeltas: ReadonlySet<number>): B;
}

export interface CompactionRules {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** min.compaction.lag.ms */
  readonly minLagMs: number;
  /** delete.retention.ms: how long tombstones and markers stay after a compaction has first seen them. */
  readonly deleteRetentionMs: number;
}

interface Surroundings<B extends LogBatch> extends CompactionRules {
  /** Nothing from this offset on is touched: it is not decided yet. */
  readonly limit: bigint;
  isAborted(stored: StoredBatch<B>): boolean;
}

interface Compacted<B extends LogBatch> {
  readonly batches: StoredBatch<B>[];
  /** All below has been compacted. */
  readonly compactedTo: bigint;
}

/**
 * The log without the records whose key has a later one, as Kafka's LogCleaner leaves it: what was aborted goes, so do
 * records without a key; tombstones and the markers of transactions without records stay for delete.retention.ms
 * (KIP-58, KIP-534). The last record of the log always stays, so that readers reach the end.
 *
 * Simplified: there are no segments, so that the newest records are compacted like all others; the time until a
 * tombstone may go is not written into the batch.
 */
export function compacted<B extends LogBatch>(
  batches: readonly StoredBatch<B>[],
  content: BatchContent<B>,
  around: Surroundings<B>,
): Compacted<B> {
  const firstFixed = batches.findIndex(({ batch, lastOffset }) => {
    return lastOffset >= around.limit || Number(batch.maxTimestamp) > around.now - around.minLagMs;
  });
  const count = firstFixed === -1 ? batches.length : firstFixed;
  const cleanable = batches.slice(0, count);
  const keyed = cleanable.map((stored) => ({ stored, records: recordsOf(stored, content) }));
  const latest = latestByKey(keyed.filter(({ stored }) => !around.isAborted(stored)));
  const end = batches.at(-1)?.lastOffset ?? -1n;
  const producersWithRecords = new Set<bigint>();
  const kept = keyed.flatMap(({ stored, records }): StoredBatch<B>[] => {
    const left = stored.batch.isControl
      ? marker(stored, around, producersWithRecords, end)
      : remains(stored, records, { latest, content, around, end });
    if (left?.batch.isTransactional && !left.batch.isControl) producersWithRecords.add(left.batch.producerId);
    return left ? [left] : [];
  });
  return {
    batches: [...kept, ...batches.slice(count)],
    compactedTo: (cleanable.at(-1)?.lastOffset ?? -1n) + 1n,
  };
}

interface Keyed<B extends LogBatch> {
  readonly stored: StoredBatch<B>;
  /** null: the batch cannot be read */
  readonly records: readonly KeyedRecord[] | null;
}

function recordsOf<B extends LogBatch>(
  { batch }: StoredBatch<B>,
  content: BatchContent<B>,
): readonly KeyedRecord[] | null {
  if (batch.isControl) return [];
  try {
    return content.keysOf(batch);
  } catch {
    return null;
  }
}

function latestByKey<B extends LogBatch>(batches: readonly Keyed<B>[]): Map<string, bigint> {
  const latest = new Map<string, bigint>();
  for (const { stored, records } of batches) {
    for (const { key, offsetDelta } of records ?? []) {
      if (key !== null) latest.set(key, stored.baseOffset + BigInt(offsetDelta));
    }
  }
  return latest;
}

function marker<B extends LogBatch>(
  stored: StoredBatch<B>,
  around: Surroundings<B>,
  producersWithRecords: Set<bigint>,
  end: bigint,
): StoredBatch<B> | null {
  if (producersWithRecords.delete(stored.batch.producerId)) return stored;
  const deleteHorizon = stored.deleteHorizon ?? around.now + around.deleteRetentionMs;
  return deleteHorizon <= around.now && stored.lastOffset !== end ? null : { ...stored, deleteHorizon };
}

function remains<B extends LogBatch>(
  stored: StoredBatch<B>,
  records: readonly KeyedRecord[] | null,
  context: {
    readonly latest: ReadonlyMap<string, bigint>;
    readonly content: BatchContent<B>;
    readonly around: Surroundings<B>;
    readonly end: bigint;
  },
): StoredBatch<B> | null {
  const { latest, content, around, end } = context;
  if (records === null) return stored;
  const isAborted = around.isAborted(stored);
  const horizon = stored.deleteHorizon ?? around.now + around.deleteRetentionMs;
  const kept = records.filter(({ key, offsetDelta, isTombstone }) => {
    const offset = stored.baseOffset + BigInt(offsetDelta);
    if (offset === end) return true;
    if (isAborted || key === null || latest.get(key) !== offset) return false;
    return !isTombstone || horizon > around.now;
  });
  if (kept.length === 0) return null;
  const marked = kept.some(({ isTombstone }) => isTombstone) ? { ...stored, deleteHorizon: horizon } : stored;
  if (kept.length === records.length) return marked;
  return {
    ...marked,
    batch: content.retain(stored.batch, new Set(kept.map(({ offsetDelta }) => offsetDelta))),
  };
}
