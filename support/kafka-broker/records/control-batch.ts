import { WireWriter } from '../wire/writer';
import { buildBatch } from './build-batch';
import { batchFlags, type RecordBatch } from './record-batch';

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
  const time = BigInt(timestamp);
  const header = {
    attributes: batchFlags.transactional | batchFlags.control,
    lastOffsetDelta: 0,
    firstTimestamp: time,
    maxTimestamp: time,
    producerId,
    producerEpoch,
    baseSequence: -1,
  };
  const key = new WireWriter();
  key.int16(0);
  key.int16(outcome === 'commit' ? 1 : 0);
  const value = new WireWriter();
  value.int16(0);
  value.int32(0); // coordinator epoch
  const record = { offsetDelta: 0, timestamp: time, headers: [] };
  return buildBatch(header, [{ ...record, key: key.toBuffer(), value: value.toBuffer() }]);
}
