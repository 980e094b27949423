import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, string } from '../types';

/** ListGroupsRequest.json and ListGroupsResponse.json of Apache Kafka. */
export const listGroupsApi = defineApi({
  key: 16,
  name: 'ListGroups',
  versions: [0, 2],
  flexibleSince: 3,
  request: struct({}),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
    groups: array(struct({ groupId: string, protocolType: string })),
  }),
});
