import { ErrorCode } from '../error-code';
import type { PartitionLog } from '../state/partition-log';
import type { RequestContext } from './request-context';

/** The client knows no epoch, or does not care. */
const anyEpoch = -1;

/**
 * Why this node does not serve the partition, or none. The epoch is checked first, as by Kafka (KIP-320).
 * Not implemented: reading from followers (KIP-392): only the leader serves.
 */
export function leaderProblem(
  log: PartitionLog | undefined,
  { node }: RequestContext,
  currentLeaderEpoch = anyEpoch,
): ErrorCode {
  if (!log) return ErrorCode.unknownTopicOrPartition;
  const { leader, epoch, replicas } = log.leadership;
  if (currentLeaderEpoch !== anyEpoch && replicas.includes(node.id)) {
    if (currentLeaderEpoch < epoch) return ErrorCode.fencedLeaderEpoch;
    if (currentLeaderEpoch > epoch) return ErrorCode.unknownLeaderEpoch;
  }
  return leader === node.id ? ErrorCode.none : ErrorCode.notLeaderOrFollower;
}
