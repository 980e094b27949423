import type { LogBatch, RecordPosition } from '../state/log-batch';
import { WireReader } from '../wire/reader';
import { decompress } from './compression';
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

export const batchFlags = { codec: 0x07, transactional: 0x10, control: 0x20 } as const;

/** A batch may not grow beyond this when it is decompressed. */
const decompressedLimit = 256 * 1024 * 1024;

/** A record batch of version 2, whose bytes stay as they came: only the offset and leader epoch are stamped. */
export class RecordBatch implements LogBatch {
  readonly bytes: Buffer;
  #trueMaxTimestamp: bigint | undefined;

  /** @param bytes one whole batch, already checked, that nobody else changes */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get size(): number {
    return this.bytes.length;
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
    return (this.#attributes & batchFlags.transactional) !== 0;
  }

  get isControl(): boolean {
    return (this.#attributes & batchFlags.control) !== 0;
  }

  placeAt(baseOffset: bigint): void {
    this.bytes.writeBigInt64BE(baseOffset, batchLayout.baseOffset);
    this.bytes.writeInt32BE(0, batchLayout.leaderEpoch);
  }

  /** The records inside, none for a control batch. @throws when they cannot be decompressed or read */
  records(): DecodedRecord[] {
    if (this.isControl) return [];
    const codec = this.#attributes & batchFlags.codec;
    const reader = new WireReader(
      decompress(codec, this.bytes.subarray(batchLayout.records), decompressedLimit),
    );
    const base = { timestamp: this.bytes.readBigInt64BE(batchLayout.firstTimestamp) };
    return Array.from({ length: this.recordCount }, () => readRecord(reader, base.timestamp));
  }

  positionAt(timestamp: bigint): RecordPosition | null {
    if (this.#maxTimestamp() < timestamp) return null;
    const found = this.#readable()?.find((record) => record.timestamp >= timestamp);
    return found ?? { offsetDelta: 0, timestamp: this.bytes.readBigInt64BE(batchLayout.firstTimestamp) };
  }

  get #attributes(): number {
    return this.bytes.readInt16BE(batchLayout.attributes);
  }

  /** The header's maximum may be wrong: kafkajs writes one that ignores time stamps set by the caller. */
  #maxTimestamp(): bigint {
    for (const { timestamp } of this.#trueMaxTimestamp === undefined ? (this.#readable() ?? []) : []) {
      if (timestamp > (this.#trueMaxTimestamp ?? -1n)) this.#trueMaxTimestamp = timestamp;
    }
    return this.#trueMaxTimestamp ?? this.bytes.readBigInt64BE(batchLayout.maxTimestamp);
  }

  #readable(): DecodedRecord[] | undefined {
    try {
      return this.records();
    } catch {
      return undefined;
    }
  }
}
