import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, boolean, int8, int16, int32, nullableString, string, uuid } from '../types';

const assignment = struct({
  topicPartitions: array(struct({ topicId: uuid, topicName: string, partitions: array(int32) })),
});

/** ConsumerGroupDescribeRequest.json and ConsumerGroupDescribeResponse.json of Apache Kafka. */
export const consumerGroupDescribeApi = defineApi({
  key: 69,
  name: 'ConsumerGroupDescribe',
  versions: [0, 1],
  flexibleSince: 0,
  request: struct({ groupIds: array(string), includeAuthorizedOperations: boolean }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    groups: array(
      struct({
        errorCode: int16,
        errorMessage: since(0, nullableString, null),
        groupId: string,
        groupState: since(0, string, ''),
        groupEpoch: since(0, int32, 0),
        assignmentEpoch: since(0, int32, 0),
        assignorName: since(0, string, ''),
        members: since(
          0,
          array(
            struct({
              memberId: string,
              instanceId: nullableString,
              rackId: nullableString,
              memberEpoch: int32,
              clientId: string,
              clientHost: string,
              subscribedTopicNames: array(string),
              subscribedTopicRegex: nullableString,
              assignment,
              targetAssignment: assignment,
              memberType: since(1, int8, -1),
            }),
          ),
          [],
        ),
        authorizedOperations: since(0, int32, -0x80000000),
      }),
    ),
  }),
});
