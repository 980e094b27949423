import { ErrorCode } from '../error-code';
import type { Group } from '../state/group';
import { offsetCommitApi } from '../wire/messages/offset-commit';
import { implementForGroup } from './coordinator-check';
import type { BrokerContext } from './request-context';

/** offset.metadata.max.bytes of Kafka. */
const maxMetadataBytes = 4096;

/**
 * OffsetCommit (8), versions 0-8. Offsets never expire; retention times and commit time stamps are ignored.
 * Any offset is accepted, also a negative one or one beyond the end, as by Kafka.
 */
export const offsetCommit = implementForGroup(offsetCommitApi, (request, { broker }) => {
  const { group, error } = committable(request, broker);
  return {
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(
        ({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => {
          const metadata = committedMetadata ?? '';
          const errorCode = error || problemOf(broker, name, partitionIndex, metadata);
          if (errorCode === ErrorCode.none) {
            const offset = { offset: committedOffset, leaderEpoch: committedLeaderEpoch, metadata };
            group?.offsets.commit({ topic: name, partition: partitionIndex, ...offset });
          }
          return { partitionIndex, errorCode };
        },
      ),
    })),
  };
});

interface Committer {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly generationId: number;
}

function committable(request: Committer, { groups }: BrokerContext): { group?: Group; error: ErrorCode } {
  const existing = groups.get(request.groupId);
  if (!existing && request.generationId >= 0) return { error: ErrorCode.illegalGeneration };
  const group = existing ?? groups.getOrCreate(request.groupId);
  return { group, error: group.checkCommit(request, request.generationId) };
}

/** Why an offset cannot be kept, whoever commits it. */
export function problemOf(
  { topics }: BrokerContext,
  topic: string,
  partition: number,
  metadata: string,
): ErrorCode {
  if (!topics.partition(topic, partition)) return ErrorCode.unknownTopicOrPartition;
  return Buffer.byteLength(metadata) > maxMetadataBytes ? ErrorCode.offsetMetadataTooLarge : ErrorCode.none;
}
