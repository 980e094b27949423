import { ErrorCode } from '../error-code';
import { offsetDeleteApi } from '../wire/messages/offset-delete';
import { implementForGroup } from './coordinator-check';
import { subscribedTopics } from './subscriptions';

/** OffsetDelete (47), version 0 (KIP-496): not of topics to which members are subscribed. */
export const offsetDelete = implementForGroup(offsetDeleteApi, (request, { broker }) => {
  const group = broker.groups.get(request.groupId);
  if (!group || group.state === 'Dead') return { errorCode: ErrorCode.groupIdNotFound, topics: [] };
  if (group.state !== 'Empty' && group.protocolType !== 'consumer') {
    return { errorCode: ErrorCode.nonEmptyGroup, topics: [] };
  }
  const subscribed = subscribedTopics(group);
  return {
    errorCode: ErrorCode.none,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => {
        if (!broker.topics.partition(name, partitionIndex)) {
          return { partitionIndex, errorCode: ErrorCode.unknownTopicOrPartition };
        }
        if (subscribed.includes(name)) {
          return { partitionIndex, errorCode: ErrorCode.groupSubscribedToTopic };
        }
        group.offsets.forget(name, partitionIndex);
        return { partitionIndex, errorCode: ErrorCode.none };
      }),
    })),
  };
});
