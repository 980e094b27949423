import { ErrorCode } from '../error-code';
import { assignmentProblem } from '../state/placement';
import { alterPartitionReassignmentsApi } from '../wire/messages/alter-partition-reassignments';
import { implement } from './registered-api';
import type { BrokerContext } from './request-context';

/**
 * AlterPartitionReassignments (45), versions 0-1 (KIP-455). All replicas share one log, so partitions are where they were
 * sent when the answer arrives, and there is never one to cancel.
 */
export const alterPartitionReassignments = implement(
  alterPartitionReassignmentsApi,
  ({ topics, allowReplicationFactorChange }, { broker }) => ({
    errorCode: ErrorCode.none,
    allowReplicationFactorChange,
    responses: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, replicas }) => {
        const wanted = { name, partitionIndex, replicas, allowReplicationFactorChange };
        return { partitionIndex, ...reassign(wanted, broker) };
      }),
    })),
  }),
);

interface Wanted {
  readonly name: string;
  readonly partitionIndex: number;
  readonly replicas: readonly number[] | null;
  readonly allowReplicationFactorChange: boolean;
}

function reassign(
  { name, partitionIndex, replicas, allowReplicationFactorChange }: Wanted,
  { topics, cluster }: BrokerContext,
) {
  const fail = (errorCode: ErrorCode, errorMessage: string | null) => ({ errorCode, errorMessage });
  const log = topics.partition(name, partitionIndex);
  if (!log) {
    const what = topics.get(name) ? `partition ${name}:${partitionIndex}` : `a topic named ${name}`;
    return fail(ErrorCode.unknownTopicOrPartition, `Unable to find ${what}.`);
  }
  if (replicas === null) return fail(ErrorCode.noReassignmentInProgress, null);
  const problem = assignmentProblem([replicas], cluster.nodes);
  if (problem !== null) return fail(ErrorCode.invalidReplicaAssignment, problem);
  const current = log.leadership.replicas.length;
  if (!allowReplicationFactorChange && replicas.length !== current) {
    const message = `The replication factor is changed from ${current} to ${replicas.length}`;
    return fail(ErrorCode.invalidReplicationFactor, message);
  }
  cluster.reassign(log, replicas);
  return fail(ErrorCode.none, null);
}
