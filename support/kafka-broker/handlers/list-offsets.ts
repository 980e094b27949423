import { ErrorCode } from '../error-code';
import type { PartitionLog } from '../state/partition-log';
import { listOffsetsApi } from '../wire/messages/list-offsets';
import { implement } from './registered-api';

const latest = -1n;
const earliest = -2n;
const readCommitted = 1;

/**
 * ListOffsets (2), versions 0-5: latest, earliest, and the first record at or after a time.
 * Simplified: version 0 gets one offset at most; leader epochs are always 0.
 */
export const listOffsets = implement(listOffsetsApi, ({ topics, isolationLevel }, { broker }) => ({
  topics: topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, timestamp, maxNumOffsets }) => {
      const log = broker.topics.partition(name, partitionIndex);
      if (!log) return { partitionIndex, errorCode: ErrorCode.unknownTopicOrPartition };
      const found = find(log, timestamp, isolationLevel);
      const oldStyleOffsets = found.offset === -1n ? [] : [found.offset].slice(0, Math.max(0, maxNumOffsets));
      return { partitionIndex, errorCode: ErrorCode.none, ...found, oldStyleOffsets };
    }),
  })),
}));

function find(log: PartitionLog, timestamp: bigint, isolationLevel: number) {
  const end = isolationLevel === readCommitted ? log.lastStableOffset : log.endOffset;
  if (timestamp === latest) return { offset: end, timestamp: -1n, leaderEpoch: 0 };
  if (timestamp === earliest) return { offset: log.startOffset, timestamp: -1n, leaderEpoch: 0 };
  const found = log.findByTime(timestamp);
  if (!found || found.offset >= end) return { offset: -1n, timestamp: -1n, leaderEpoch: -1 };
  return { ...found, leaderEpoch: 0 };
}
