import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, bytes, int16, int32, nullableString, string } from '../types';

/** JoinGroupRequest.json and JoinGroupResponse.json of Apache Kafka. */
export const joinGroupApi = defineApi({
  key: 11,
  name: 'JoinGroup',
  versions: [0, 8],
  flexibleSince: 6,
  request: struct({
    groupId: string,
    sessionTimeoutMs: int32,
    rebalanceTimeoutMs: since(1, int32, -1),
    memberId: string,
    groupInstanceId: since(5, nullableString, null),
    protocolType: string,
    protocols: array(struct({ name: string, metadata: bytes })),
    reason: since(8, nullableString, null),
  }),
  response: struct({
    throttleTimeMs: since(2, int32, 0),
    errorCode: int16,
    generationId: int32,
    protocolType: since(7, nullableString, null),
    // Null since version 7 only.
    protocolName: since(0, nullableString, ''),
    leader: string,
    memberId: string,
    members: array(
      struct({ memberId: string, groupInstanceId: since(5, nullableString, null), metadata: bytes }),
    ),
  }),
});
