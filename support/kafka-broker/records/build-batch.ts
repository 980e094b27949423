import { WireWriter } from '../wire/writer';
import { compress } from './compression';
import { crc32c } from './crc32c';
import { type DecodedRecord, writeRecord } from './record';
import { batchFlags, batchLayout, RecordBatch } from './record-batch';

/** What stands in the header of a batch, but for lengths, counts and the checksum. */
export interface BatchHeader {
  readonly attributes: number;
  readonly lastOffsetDelta: number;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  /** -1n for a batch not yet in the log. */
  readonly baseOffset?: bigint;
  readonly leaderEpoch?: number;
}

/** The header of a producer that is not idempotent. */
export const anonymousProducer = { producerId: -1n, producerEpoch: -1, baseSequence: -1 } as const;

/**
 * A record batch of version 2 with these records, compressed as its attributes say.
 * @param level of the compression, where the codec has levels
 */
export function buildBatch(
  header: BatchHeader,
  records: readonly DecodedRecord[],
  level?: number,
): RecordBatch {
  const payload = new WireWriter();
  for (const record of records) writeRecord(payload, record, header.firstTimestamp);
  const compressed = compress(header.attributes & batchFlags.codec, payload.toBuffer(), level);
  return assemble(header, records.length, compressed);
}

function assemble(header: BatchHeader, recordCount: number, payload: Buffer): RecordBatch {
  const body = new WireWriter();
  body.int16(header.attributes);
  body.int32(header.lastOffsetDelta);
  body.int64(header.firstTimestamp);
  body.int64(header.maxTimestamp);
  body.int64(header.producerId);
  body.int16(header.producerEpoch);
  body.int32(header.baseSequence);
  body.int32(recordCount);
  body.raw(payload);
  const checked = body.toBuffer();
  const batch = new WireWriter();
  batch.int64(header.baseOffset ?? 0n);
  batch.int32(checked.length + batchLayout.attributes - batchLayout.leaderEpoch);
  batch.int32(header.leaderEpoch ?? 0);
  batch.int8(2);
  batch.uint32(crc32c(checked));
  batch.raw(checked);
  return new RecordBatch(batch.toBuffer());
}
