import { defineApi } from '../api-definition';
import { nullableStruct, since, struct } from '../struct';
import { array, int16, int32, nullableArray, nullableString, string, uuid } from '../types';

const topicPartitions = struct({ topicId: uuid, partitions: array(int32) });

/** ConsumerGroupHeartbeatRequest.json and ConsumerGroupHeartbeatResponse.json of Apache Kafka. */
export const consumerGroupHeartbeatApi = defineApi({
  key: 68,
  name: 'ConsumerGroupHeartbeat',
  versions: [0, 1],
  flexibleSince: 0,
  request: struct({
    groupId: string,
    memberId: string,
    memberEpoch: int32,
    instanceId: nullableString,
    rackId: nullableString,
    rebalanceTimeoutMs: int32,
    subscribedTopicNames: nullableArray(string),
    subscribedTopicRegex: since(1, nullableString, null),
    serverAssignor: nullableString,
    topicPartitions: nullableArray(topicPartitions),
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    errorCode: int16,
    errorMessage: nullableString,
    memberId: nullableString,
    memberEpoch: int32,
    heartbeatIntervalMs: int32,
    assignment: nullableStruct({ topicPartitions: array(topicPartitions) }),
  }),
});
