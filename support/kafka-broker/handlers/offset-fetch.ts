import { ErrorCode } from '../error-code';
import type { GroupOffsets } from '../state/group-offsets';
import { offsetFetchApi } from '../wire/messages/offset-fetch';
import type { Access } from './access';
import { coordinates } from './coordinator-check';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

const firstWithManyGroups = 8;
/** Before it, an answer has no place for the error of a group. */
const firstWithGroupError = 2;

/**
 * OffsetFetch (9), versions 0-9: several groups since version 8 (KIP-709). Null topics (version 2 and later): all that the
 * group has committed. `requireStable` (KIP-447): a partition with an offset in an open transaction is answered with error 88.
 */
export const offsetFetch = implement(offsetFetchApi, (request, context) => {
  const { requireStable, groups, groupId, topics } = request;
  if (context.version >= firstWithManyGroups) {
    return { groups: groups.map((wanted) => fetchOffsets({ ...wanted, requireStable }, context)) };
  }
  const { errorCode, topics: answered } = fetchOffsets({ groupId, topics, requireStable }, context);
  if (errorCode === ErrorCode.none || context.version >= firstWithGroupError) {
    return { errorCode, topics: answered };
  }
  return { topics: (topics ?? []).map((topic) => inError(topic, errorCode)) };
});

interface Wanted {
  readonly groupId: string;
  readonly topics: readonly WantedTopic[] | null;
  readonly requireStable: boolean;
}

interface WantedTopic {
  readonly name: string;
  readonly partitionIndexes: readonly number[];
}

function fetchOffsets({ groupId, topics, requireStable }: Wanted, context: RequestContext) {
  const { access, broker } = context;
  const fail = (errorCode: ErrorCode) => ({ groupId, errorCode, topics: [] });
  if (!access.may('describe', 'group', groupId)) return fail(ErrorCode.groupAuthorizationFailed);
  if (!coordinates(context, 'group', groupId)) return fail(ErrorCode.notCoordinator);
  const offsets = broker.groups.get(groupId)?.offsets;
  const wanted = topics ?? everyCommitted(offsets, access);
  return {
    groupId,
    errorCode: ErrorCode.none,
    topics: wanted.map((topic) => {
      return access.may('describe', 'topic', topic.name)
        ? answered(topic, offsets, requireStable)
        : inError(topic, ErrorCode.topicAuthorizationFailed);
    }),
  };
}

function answered(
  { name, partitionIndexes }: WantedTopic,
  offsets: GroupOffsets | undefined,
  requireStable: boolean,
) {
  const partitions = partitionIndexes.map((partitionIndex) => {
    if (requireStable && offsets?.isPending(name, partitionIndex)) {
      return unknownOffset(partitionIndex, ErrorCode.unstableOffsetCommit);
    }
    const committed = offsets?.get(name, partitionIndex);
    if (!committed) return unknownOffset(partitionIndex, ErrorCode.none);
    const { offset: committedOffset, leaderEpoch: committedLeaderEpoch, metadata } = committed;
    return { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode: ErrorCode.none };
  });
  return { name, partitions };
}

function inError({ name, partitionIndexes }: WantedTopic, errorCode: ErrorCode) {
  return { name, partitions: partitionIndexes.map((index) => unknownOffset(index, errorCode)) };
}

function unknownOffset(partitionIndex: number, errorCode: ErrorCode) {
  return { partitionIndex, committedOffset: -1n, committedLeaderEpoch: -1, metadata: '', errorCode };
}

function everyCommitted(offsets: GroupOffsets | undefined, access: Access): WantedTopic[] {
  const topics = new Set(offsets?.all().map(({ topic }) => topic));
  return [...topics]
    .filter((name) => access.may('describe', 'topic', name))
    .map((name) => ({ name, partitionIndexes: offsets?.partitionsOf(name) ?? [] }));
}
