import { WireWriter } from '../wire/writer';
import { crc32c } from './crc32c';
import { batchFlags, batchLayout, RecordBatch } from './record-batch';

/**
 * The marker that ends a transaction in one partition: a control batch with a single record, whose key is
 * version and type (0 abort, 1 commit), and whose value is version and coordinator epoch (EndTxnMarker.json).
 */
export function controlBatch(
  outcome: 'commit' | 'abort',
  producerId: bigint,
  producerEpoch: number,
  timestamp: number,
): RecordBatch {
  const body = new WireWriter();
  body.int16(batchFlags.transactional | batchFlags.control);
  body.int32(0); // last offset delta
  body.int64(BigInt(timestamp));
  body.int64(BigInt(timestamp));
  body.int64(producerId);
  body.int16(producerEpoch);
  body.int32(-1); // base sequence
  body.int32(1); // record count
  body.raw(markerRecord(outcome));
  const checked = body.toBuffer();
  const batch = new WireWriter();
  batch.int64(0n); // base offset, stamped by the log
  batch.int32(checked.length + batchLayout.attributes - batchLayout.leaderEpoch);
  batch.int32(0); // leader epoch
  batch.int8(2);
  batch.uint32(crc32c(checked));
  batch.raw(checked);
  return new RecordBatch(batch.toBuffer());
}

function markerRecord(outcome: 'commit' | 'abort'): Buffer {
  const record = new WireWriter();
  record.int8(0); // attributes
  record.varlong(0n); // timestamp delta
  record.varint(0); // offset delta
  record.varint(4); // key length
  record.int16(0);
  record.int16(outcome === 'commit' ? 1 : 0);
  record.varint(6); // value length
  record.int16(0);
  record.int32(0); // coordinator epoch
  record.varint(0); // headers
  const bytes = record.toBuffer();
  const framed = new WireWriter();
  framed.varint(bytes.length);
  framed.raw(bytes);
  return framed.toBuffer();
}
