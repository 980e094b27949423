import { ErrorCode, errorMessageOf } from '../error-code';
import type { RecordBatch } from '../records/record-batch';
import { noLeader } from '../state/leadership';
import type { PartitionLog } from '../state/partition-log';
import { electable } from '../state/placement';
import { electLeadersApi } from '../wire/messages/elect-leaders';
import { implement } from './registered-api';
import type { BrokerContext } from './request-context';

const elections = { preferred: 0, unclean: 1 } as const;

/**
 * ElectLeaders (43), versions 0-2 (KIP-183, KIP-460). Null partitions: all, and only those are told for which something
 * changed. All replicas share one log, so an unclean election loses nothing.
 */
export const electLeaders = implement(electLeadersApi, ({ electionType, topicPartitions }, { broker }) => {
  if (!Object.values<number>(elections).includes(electionType)) {
    return { errorCode: ErrorCode.invalidRequest, replicaElectionResults: [] };
  }
  const wanted =
    topicPartitions ??
    broker.topics.all().map(({ name, partitions }) => ({ topic: name, partitions: [...partitions.keys()] }));
  const replicaElectionResults = wanted.map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions
      .map((partitionId) => {
        const errorCode = elect(broker, broker.topics.partition(topic, partitionId), electionType);
        return { partitionId, errorCode, errorMessage: errorMessageOf(errorCode) };
      })
      .filter(({ errorCode }) => topicPartitions !== null || errorCode !== ErrorCode.electionNotNeeded),
  }));
  return { errorCode: ErrorCode.none, replicaElectionResults };
});

function elect(
  { cluster }: BrokerContext,
  log: PartitionLog<RecordBatch> | undefined,
  electionType: number,
): ErrorCode {
  if (!log) return ErrorCode.unknownTopicOrPartition;
  const { leader, replicas } = log.leadership;
  const isPreferred = electionType === elections.preferred;
  const candidate = isPreferred ? (replicas[0] ?? noLeader) : electable(replicas, cluster.nodes);
  if (isPreferred ? leader === candidate : leader !== noLeader) return ErrorCode.electionNotNeeded;
  if (!cluster.nodes.isRunning(candidate)) {
    return isPreferred ? ErrorCode.preferredLeaderNotAvailable : ErrorCode.eligibleLeadersNotAvailable;
  }
  cluster.lead(log, candidate);
  return ErrorCode.none;
}
