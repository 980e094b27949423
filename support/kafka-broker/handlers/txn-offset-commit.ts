import { ErrorCode } from '../error-code';
import type { Groups } from '../state/groups';
import type { MemberIdentity } from '../state/membership';
import { txnOffsetCommitApi } from '../wire/messages/txn-offset-commit';
import { implementForGroup } from './coordinator-check';
import { problemOf } from './offset-commit';

/**
 * TxnOffsetCommit (28), versions 0-4. The offsets count when the transaction is committed. From version 3 on, only of who is a
 * member of the group now (KIP-447).
 */
export const txnOffsetCommit = implementForGroup(txnOffsetCommitApi, (request, { broker }) => {
  const { transactionalId, producerId, groupId } = request;
  const error =
    (groupId === '' ? ErrorCode.invalidGroupId : ErrorCode.none) ||
    broker.transactions.checkGroup(transactionalId, request, groupId) ||
    memberProblem(request, broker.groups);
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

function memberProblem(
  member: MemberIdentity & { readonly groupId: string; readonly generationId: number },
  groups: Groups,
): ErrorCode {
  const { groupId, memberId, generationId, groupInstanceId } = member;
  if (generationId < 0 && memberId === '' && groupInstanceId === null) return ErrorCode.none;
  const group = groups.get(groupId);
  if (!group) return generationId < 0 ? ErrorCode.none : ErrorCode.illegalGeneration;
  const error = group.checkCommit(member, generationId);
  // A rebalance that is not complete keeps nobody from committing in a transaction.
  return error === ErrorCode.rebalanceInProgress ? ErrorCode.none : error;
}
