import { ErrorCode } from '../error-code';
import { txnOffsetCommitApi } from '../wire/messages/txn-offset-commit';
import { implementForGroup } from './coordinator-check';
import { problemOf } from './offset-commit';

/** TxnOffsetCommit (28), versions 0-2. The offsets count when the transaction is committed. */
export const txnOffsetCommit = implementForGroup(txnOffsetCommitApi, (request, { broker }) => {
  const { transactionalId, producerId, groupId } = request;
  const error = broker.transactions.checkGroup(transactionalId, request, groupId);
  return {
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(
        ({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => {
          const metadata = committedMetadata ?? '';
          const errorCode = error || problemOf(broker, name, partitionIndex, metadata);
          if (errorCode === ErrorCode.none) {
            const offset = { offset: committedOffset, leaderEpoch: committedLeaderEpoch, metadata };
            const { offsets } = broker.groups.getOrCreate(groupId);
            offsets.commitInTransaction(producerId, { topic: name, partition: partitionIndex, ...offset });
          }
          return { partitionIndex, errorCode };
        },
      ),
    })),
  };
});
