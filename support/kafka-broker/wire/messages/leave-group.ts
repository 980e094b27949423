import { defineApi } from '../api-definition';
import { between, since, struct } from '../struct';
import { array, int16, int32, nullableString, string } from '../types';

/** LeaveGroupRequest.json and LeaveGroupResponse.json of Apache Kafka. */
export const leaveGroupApi = defineApi({
  key: 13,
  name: 'LeaveGroup',
  versions: [0, 5],
  flexibleSince: 4,
  request: struct({
    groupId: string,
    memberId: between(0, 2, string, ''),
    members: since(
      3,
      array(
        struct({ memberId: string, groupInstanceId: nullableString, reason: since(5, nullableString, null) }),
      ),
      [],
    ),
  }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
    members: since(
      3,
      array(struct({ memberId: string, groupInstanceId: nullableString, errorCode: int16 })),
      [],
    ),
  }),
});
