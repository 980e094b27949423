import type { LogBatch, RecordPosition } from '../state/log-batch';
import { WireReader } from '../wire/reader';
import { decompress } from './compression';
import { crc32c } from './crc32c';
import { type DecodedRecord, readRecord } from './record';

/** Where the fields of a record batch of version 2 lie (DefaultRecordBatch in Apache Kafka). */
export const batchLayout = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
  records: 61,
} as const;

export const batchFlags = { codec: 0x07, logAppendTime: 0x08, transactional: 0x10, control: 0x20 } as const;

/** Whether these bytes say that they belong to a transaction, be they a good batch or not. */
export function saysTransactional(records: Buffer | null): boolean {
  if (records === null || records.length < batchLayout.lastOffsetDelta || records[batchLayout.magic] !== 2)
    return false;
  return (records.readInt16BE(batchLayout.attributes) & batchFlags.transactional) !== 0;
}

/** A batch may not grow beyond this when it is decompressed. */
const decompressedLimit = 256 * 1024 * 1024;

/**
 * A record batch of version 2, whose bytes stay as they came: only the offset and leader epoch are stamped, and, where
 * the topic's settings or a wrong maximum of the time stamps demand it, the times.
 */
export class RecordBatch implements LogBatch {
  readonly bytes: Buffer;

  /** @param bytes one whole batch, already checked, that nobody else changes */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get size(): number {
    return this.bytes.length;
  }

  get baseOffset(): bigint {
    return this.bytes.readBigInt64BE(batchLayout.baseOffset);
  }

  get leaderEpoch(): number {
    return this.bytes.readInt32BE(batchLayout.leaderEpoch);
  }

  get recordCount(): number {
    return this.bytes.readInt32BE(batchLayout.recordCount);
  }

  get lastOffsetDelta(): number {
    return this.bytes.readInt32BE(batchLayout.lastOffsetDelta);
  }

  get producerId(): bigint {
    return this.bytes.readBigInt64BE(batchLayout.producerId);
  }

  get producerEpoch(): number {
    return this.bytes.readInt16BE(batchLayout.producerEpoch);
  }

  get baseSequence(): number {
    return this.bytes.readInt32BE(batchLayout.baseSequence);
  }

  get isTransactional(): boolean {
    return (this.attributes & batchFlags.transactional) !== 0;
  }

  get isControl(): boolean {
    return (this.attributes & batchFlags.control) !== 0;
  }

  placeAt(baseOffset: bigint, leaderEpoch: number): void {
    this.bytes.writeBigInt64BE(baseOffset, batchLayout.baseOffset);
    this.bytes.writeInt32BE(leaderEpoch, batchLayout.leaderEpoch);
  }

  get attributes(): number {
    return this.bytes.readInt16BE(batchLayout.attributes);
  }

  get codec(): number {
    return this.attributes & batchFlags.codec;
  }

  get firstTimestamp(): bigint {
    return this.bytes.readBigInt64BE(batchLayout.firstTimestamp);
  }

  get maxTimestamp(): bigint {
    return this.bytes.readBigInt64BE(batchLayout.maxTimestamp);
  }

  /** All records have one time: that of the broker when the batch came (message.timestamp.type). */
  get hasLogAppendTime(): boolean {
    return (this.attributes & batchFlags.logAppendTime) !== 0;
  }

  /** Sets the latest time of the records, and whose time it is; the checksum follows. */
  stampTime(maxTimestamp: bigint, isLogAppendTime: boolean): void {
    if (maxTimestamp === this.maxTimestamp && isLogAppendTime === this.hasLogAppendTime) return;
    const others = this.attributes & ~batchFlags.logAppendTime;
    this.bytes.writeInt16BE(
      others | (isLogAppendTime ? batchFlags.logAppendTime : 0),
      batchLayout.attributes,
    );
    this.bytes.writeBigInt64BE(maxTimestamp, batchLayout.maxTimestamp);
    this.bytes.writeUInt32BE(crc32c(this.bytes.subarray(batchLayout.attributes)), batchLayout.crc);
  }

  /** The records as they were before compression. @throws when they cannot be decompressed */
  payload(): Buffer {
    return decompress(this.codec, this.bytes.subarray(batchLayout.records), decompressedLimit);
  }

  /** The records inside, none for a control batch. @throws when they cannot be decompressed or read */
  records(): DecodedRecord[] {
    if (this.isControl) return [];
    const reader = new WireReader(this.payload());
    const base = this.firstTimestamp;
    const records = Array.from({ length: this.recordCount }, () => readRecord(reader, base));
    if (!this.hasLogAppendTime) return records;
    const timestamp = this.maxTimestamp;
    return records.map((record) => ({ ...record, timestamp }));
  }

  positionAt(timestamp: bigint): RecordPosition | null {
    if (this.maxTimestamp < timestamp) return null;
    const found = this.#readable()?.find((record) => record.timestamp >= timestamp);
    return found ?? { offsetDelta: 0, timestamp: this.firstTimestamp };
  }

  #readable(): DecodedRecord[] | undefined {
    try {
      return this.records();
    } catch {
      return undefined;
    }
  }
}
