import { type BatchContent, type CompactionRules, compacted } from './compaction';
import { Leadership } from './leadership';
import type { LogBatch, RecordPosition, StoredBatch } from './log-batch';
import { ProducerSequences } from './producer-sequences';
import { Signal } from './signal';

/** A transaction that was aborted, as far as it wrote to this partition: its first offset, and its marker's. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
}

/** The log of one partition. All replicas share it, so its end is the high watermark. */
export class PartitionLog<B extends LogBatch = LogBatch> {
  /** After every append, every end of a transaction, when records go, and when the topic goes. */
  readonly changed = new Signal();
  readonly sequences = new ProducerSequences();
  #batches: StoredBatch<B>[] = [];
  #startOffset = 0n;
  #endOffset = 0n;
  #size = 0;
  #compactedTo = 0n;
  readonly #open = new Map<bigint, bigint>();
  #aborted: AbortedTransaction[] = [];
  readonly leadership: Leadership;

  constructor(leadership = new Leadership([1])) {
    this.leadership = leadership;
  }

  /** The first offset still in the log. */
  get startOffset(): bigint {
    return this.#startOffset;
  }

  /** The offset which the next record will get. */
  get endOffset(): bigint {
    return this.#endOffset;
  }

  /** The bytes of all batches. */
  get size(): number {
    return this.#size;
  }

  /** All below is decided: the first offset of the oldest open transaction, else the end. */
  get lastStableOffset(): bigint {
    let stable = this.#endOffset;
    for (const first of this.#open.values()) if (first < stable) stable = first;
    return stable < this.#startOffset ? this.#startOffset : stable;
  }

  /**
   * The offset after the last record that can be read, or may yet. The markers of transactions and what was aborted
   * are no such records: a consumer passes over them, and need not commit that it has.
   */
  get readableEnd(): bigint {
    const last = this.#batches.findLast((stored) => !stored.batch.isControl && !this.#isAborted(stored));
    return last === undefined ? this.#startOffset : last.lastOffset + 1n;
  }

  /** All batches that hold something not deleted, oldest first. */
  get batches(): readonly StoredBatch<B>[] {
    return this.#batches;
  }

  append(batch: B, ordinal: number): StoredBatch<B> {
    const baseOffset = this.#endOffset;
    batch.placeAt(baseOffset, this.leadership.epoch);
    const stored = { batch, ordinal, baseOffset, lastOffset: baseOffset + BigInt(batch.lastOffsetDelta) };
    this.#batches.push(stored);
    this.#size += batch.size;
    this.#endOffset = stored.lastOffset + 1n;
    this.sequences.accept(batch, baseOffset);
    if (batch.isTransactional && !batch.isControl && !this.#open.has(batch.producerId)) {
      this.#open.set(batch.producerId, baseOffset);
    }
    return stored;
  }

  /** Appends the marker which ends the producer's transaction here. Gives the batches that it decided on. */
  endTransaction(marker: B, outcome: 'commit' | 'abort', ordinal: number): StoredBatch<B>[] {
    const { producerId } = marker;
    const firstOffset = this.#open.get(producerId);
    const { baseOffset } = this.append(marker, ordinal);
    if (firstOffset === undefined) return [];
    this.#open.delete(producerId);
    if (outcome === 'abort') this.#aborted.push({ producerId, firstOffset, lastOffset: baseOffset });
    return this.#batches.slice(this.#indexOf(firstOffset)).filter(({ batch }) => {
      return batch.producerId === producerId && batch.isTransactional && !batch.isControl;
    });
  }

  /**
   * Whole batches from the one that holds `from` on, below `limit`, as many as fit into `maxBytes`.
   * @param atLeastOne the first batch comes even when it is larger than `maxBytes`
   */
  read(from: bigint, limit: bigint, maxBytes: number, atLeastOne: boolean): StoredBatch<B>[] {
    const found: StoredBatch<B>[] = [];
    let size = 0;
    for (let index = this.#indexOf(from); index < this.#batches.length; index++) {
      const stored = this.#batches[index];
      if (!stored || stored.baseOffset >= limit) break;
      size += stored.batch.size;
      if (size > maxBytes && !(atLeastOne && found.length === 0)) break;
      found.push(stored);
    }
    return found;
  }

  /** How many bytes a read would find, counted until there are `enough`. */
  sizeFrom(from: bigint, limit: bigint, enough: number): number {
    let size = 0;
    for (let index = this.#indexOf(from); index < this.#batches.length && size < enough; index++) {
      const stored = this.#batches[index];
      if (!stored || stored.baseOffset >= limit) break;
      size += stored.batch.size;
    }
    return size;
  }

  /** The aborted transactions that touch the offsets `from` (included) to `to` (not included), by first offset. */
  abortedWithin(from: bigint, to: bigint): AbortedTransaction[] {
    return this.#aborted
      .filter(({ firstOffset, lastOffset }) => firstOffset < to && lastOffset >= from)
      .sort((a, b) => Number(a.firstOffset - b.firstOffset));
  }

  /** The first offset of the transaction that the producer has open here. */
  openSince(producerId: bigint): bigint | undefined {
    return this.#open.get(producerId);
  }

  /** Whether a transactional batch can be read by all: its transaction was committed. */
  isCommitted(stored: StoredBatch<B>): boolean {
    const { batch, baseOffset } = stored;
    if (!batch.isTransactional) return true;
    const open = this.#open.get(batch.producerId);
    if (open !== undefined && open <= baseOffset) return false;
    return !this.#isAborted(stored);
  }

  #isAborted({ batch, baseOffset }: StoredBatch<B>): boolean {
    if (!batch.isTransactional) return false;
    return this.#aborted.some(({ producerId, firstOffset, lastOffset }) => {
      return producerId === batch.producerId && firstOffset <= baseOffset && baseOffset <= lastOffset;
    });
  }

  /** The first record at or after the time, in ms since the epoch. */
  findByTime(timestamp: bigint): { offset: bigint; timestamp: bigint } | null {
    for (const { batch, baseOffset } of this.#batches) {
      const position = batch.isControl ? null : batch.positionAt(timestamp);
      if (position) return this.#absolute(baseOffset, position);
    }
    return null;
  }

  /** The first of the records with the latest time (KIP-734). */
  findLatest(): { offset: bigint; timestamp: bigint } | null {
    let latest: StoredBatch<B> | undefined;
    for (const stored of this.#batches) {
      if (stored.batch.isControl || stored.batch.maxTimestamp < 0n) continue;
      if (!latest || stored.batch.maxTimestamp > latest.batch.maxTimestamp) latest = stored;
    }
    const position = latest?.batch.positionAt(latest.batch.maxTimestamp);
    return latest && position ? this.#absolute(latest.baseOffset, position) : null;
  }

  /** Forgets producers that have written nothing since (ms since the epoch), unless their transaction is open. */
  expireProducers(since: number): void {
    this.sequences.expire((producerId, last) => !this.#open.has(producerId) && last < since);
  }

  /** Forgets all records below the offset (DeleteRecords). An offset below the start changes nothing. */
  deleteBefore(offset: bigint): void {
    if (offset <= this.#startOffset) return;
    this.#startOffset = offset;
    for (const { batch } of this.#batches.splice(0, this.#indexOf(offset))) this.#size -= batch.size;
    this.#aborted = this.#aborted.filter(({ lastOffset }) => lastOffset >= offset);
    this.changed.emit();
  }

  /**
   * Forgets the oldest batches as long as `isDue` says so, given the bytes of the log and the batch to go. What an open
   * transaction wrote stays, and all after it.
   */
  deleteOldest(isDue: (size: number, oldest: StoredBatch<B>) => boolean): void {
    const limit = this.lastStableOffset;
    let size = this.#size;
    let end = this.#startOffset;
    for (const stored of this.#batches) {
      if (stored.lastOffset >= limit || !isDue(size, stored)) break;
      size -= stored.batch.size;
      end = stored.lastOffset + 1n;
    }
    this.deleteBefore(end);
  }

  /** What came since the last compaction: its share of all bytes, and the time of its first batch. */
  get dirt(): { ratio: number; since: bigint } {
    const dirty = this.#batches.slice(this.#indexOf(this.#compactedTo));
    const bytes = dirty.reduce((sum, { batch }) => sum + batch.size, 0);
    return { ratio: bytes === 0 ? 0 : bytes / this.#size, since: dirty[0]?.batch.maxTimestamp ?? -1n };
  }

  /** Removes the records whose key has a later one (see `compaction.ts`). All others keep their offsets. */
  compact(content: BatchContent<B>, rules: CompactionRules): void {
    const limit = this.lastStableOffset;
    const result = compacted(this.#batches, content, {
      ...rules,
      limit,
      isAborted: (stored) => this.#isAborted(stored),
    });
    this.#batches = result.batches;
    this.#compactedTo = result.compactedTo;
    this.#size = this.#batches.reduce((sum, { batch }) => sum + batch.size, 0);
    this.#aborted = this.#aborted.filter(({ lastOffset }) => lastOffset >= result.compactedTo);
    this.changed.emit();
  }

  #absolute(baseOffset: bigint, position: RecordPosition): { offset: bigint; timestamp: bigint } {
    const offset = baseOffset + BigInt(position.offsetDelta);
    return { offset: offset < this.#startOffset ? this.#startOffset : offset, timestamp: position.timestamp };
  }

  /** The index of the first batch that ends at or after the offset (binary search). */
  #indexOf(offset: bigint): number {
    let low = 0;
    let high = this.#batches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const stored = this.#batches[middle];
      if (stored && stored.lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
