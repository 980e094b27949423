import { ErrorCode } from '../error-code';
import type { PartitionLog } from '../state/partition-log';
import { describeProducersApi } from '../wire/messages/describe-producers';
import { leaderProblem } from './leader-check';
import { implement } from './registered-api';

const nothingOpen = -1n;

/** DescribeProducers (61), version 0 (KIP-664): who wrote with a producer id, and has a transaction open. */
export const describeProducers = implement(describeProducersApi, ({ topics }, context) => ({
  topics: topics.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((partitionIndex) => {
      const log = context.broker.topics.partition(name, partitionIndex);
      const errorCode = leaderProblem(log, context);
      if (!log || errorCode !== ErrorCode.none) return { partitionIndex, errorCode };
      return { partitionIndex, errorCode, activeProducers: producersOf(log) };
    }),
  })),
}));

function producersOf(log: PartitionLog) {
  return log.sequences.all().map((producer) => ({
    ...producer,
    lastTimestamp: BigInt(producer.lastTimestamp),
    coordinatorEpoch: -1,
    currentTxnStartOffset: log.openSince(producer.producerId) ?? nothingOpen,
  }));
}
