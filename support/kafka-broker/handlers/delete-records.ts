import { ErrorCode } from '../error-code';
import { deleteRecordsApi } from '../wire/messages/delete-records';
import { implement } from './registered-api';
import type { BrokerContext } from './request-context';

/** DeleteRecords (21), versions 0-1: all below the offset; -1 means all there is. */
export const deleteRecords = implement(deleteRecordsApi, ({ topics }, { broker }) => ({
  topics: topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, offset }) => ({
      partitionIndex,
      ...deleteBefore(broker, name, partitionIndex, offset),
    })),
  })),
}));

function deleteBefore({ topics }: BrokerContext, name: string, partition: number, offset: bigint) {
  const log = topics.partition(name, partition);
  if (!log) return { lowWatermark: -1n, errorCode: ErrorCode.unknownTopicOrPartition };
  if (offset < -1n || offset > log.endOffset)
    return { lowWatermark: -1n, errorCode: ErrorCode.offsetOutOfRange };
  log.deleteBefore(offset === -1n ? log.endOffset : offset);
  return { lowWatermark: log.startOffset, errorCode: ErrorCode.none };
}
