import { ErrorCode } from '../error-code';
import { deleteRecordsApi } from '../wire/messages/delete-records';
import { leaderProblem } from './leader-check';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

/** DeleteRecords (21), versions 0-2: all below the offset; -1 means all there is. */
export const deleteRecords = implement(deleteRecordsApi, ({ topics }, context) => ({
  topics: topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, offset }) => ({
      partitionIndex,
      ...deleteBefore(context, name, partitionIndex, offset),
    })),
  })),
}));

function deleteBefore(context: RequestContext, name: string, partition: number, offset: bigint) {
  const log = context.broker.topics.partition(name, partition);
  const errorCode = leaderProblem(log, context);
  if (!log || errorCode !== ErrorCode.none) return { lowWatermark: -1n, errorCode };
  if (offset < -1n || offset > log.endOffset)
    return { lowWatermark: -1n, errorCode: ErrorCode.offsetOutOfRange };
  log.deleteBefore(offset === -1n ? log.endOffset : offset);
  return { lowWatermark: log.startOffset, errorCode: ErrorCode.none };
}
