import { ErrorCode } from '../error-code';
import type { GroupOffsets } from '../state/group-offsets';
import { offsetFetchApi } from '../wire/messages/offset-fetch';
import { implementForGroup } from './coordinator-check';

/** OffsetFetch (9), versions 0-5. Null topics (version 2 and later): all that the group has committed. */
export const offsetFetch = implementForGroup(offsetFetchApi, (request, { broker }) => {
  const offsets = broker.groups.get(request.groupId)?.offsets;
  const topics = request.topics ?? everyCommitted(offsets);
  return {
    errorCode: ErrorCode.none,
    topics: topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => {
        const committed = offsets?.get(name, partitionIndex);
        return {
          partitionIndex,
          committedOffset: committed?.offset ?? -1n,
          committedLeaderEpoch: committed?.leaderEpoch ?? -1,
          metadata: committed?.metadata ?? '',
          errorCode: ErrorCode.none,
        };
      }),
    })),
  };
});

function everyCommitted(
  offsets: GroupOffsets | undefined,
): Array<{ name: string; partitionIndexes: number[] }> {
  const topics = new Set(offsets?.all().map(({ topic }) => topic));
  return [...topics].map((name) => ({ name, partitionIndexes: offsets?.partitionsOf(name) ?? [] }));
}
