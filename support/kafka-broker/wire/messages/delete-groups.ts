import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, string } from '../types';

/** DeleteGroupsRequest.json and DeleteGroupsResponse.json of Apache Kafka. */
export const deleteGroupsApi = defineApi({
  key: 42,
  name: 'DeleteGroups',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({ groupsNames: array(string) }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    results: array(struct({ groupId: string, errorCode: int16 })),
  }),
});
