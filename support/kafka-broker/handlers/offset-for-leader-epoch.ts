import { ErrorCode } from '../error-code';
import { offsetForLeaderEpochApi } from '../wire/messages/offset-for-leader-epoch';
import { leaderProblem } from './leader-check';
import { implement } from './registered-api';

/** OffsetForLeaderEpoch (23), versions 0-4: where an epoch ended, so that a client can see that records were lost. */
export const offsetForLeaderEpoch = implement(offsetForLeaderEpochApi, ({ topics }, context) => ({
  topics: topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) => {
      const log = context.broker.topics.partition(topic, partition);
      const errorCode = leaderProblem(log, context, currentLeaderEpoch);
      if (!log || errorCode !== ErrorCode.none) {
        return { partition, errorCode, leaderEpoch: -1, endOffset: -1n };
      }
      const { epoch, endOffset } = log.leadership.endOf(leaderEpoch, log.endOffset);
      return { partition, errorCode, leaderEpoch: epoch, endOffset };
    }),
  })),
}));
