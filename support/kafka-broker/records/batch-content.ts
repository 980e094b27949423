import type { BatchContent } from '../state/compaction';
import { buildBatch } from './build-batch';
import type { RecordBatch } from './record-batch';

/** Compaction's view of record batches. What is left of a batch is compressed as the batch was. */
export const recordBatchContent: BatchContent<RecordBatch> = {
  keysOf(batch) {
    return batch.records().map(({ offsetDelta, key, value }) => ({
      offsetDelta,
      key: key?.toString('latin1') ?? null,
      isTombstone: value === null,
    }));
  },
  retain(batch, offsetDeltas) {
    const { attributes, lastOffsetDelta, firstTimestamp, producerId, producerEpoch, baseSequence } = batch;
    const records = batch.records().filter(({ offsetDelta }) => offsetDeltas.has(offsetDelta));
    const header = { attributes, lastOffsetDelta, firstTimestamp, producerId, producerEpoch, baseSequence };
    const maxTimestamp = records.reduce(
      (latest, { timestamp }) => (timestamp > latest ? timestamp : latest),
      -1n,
    );
    const { baseOffset, leaderEpoch } = batch;
    return buildBatch({ ...header, maxTimestamp, baseOffset, leaderEpoch }, records);
  },
};
