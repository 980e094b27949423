import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, string } from '../types';

/** ListGroupsRequest.json and ListGroupsResponse.json of Apache Kafka. */
export const listGroupsApi = defineApi({
  key: 16,
  name: 'ListGroups',
  versions: [0, 5],
  flexibleSince: 3,
  request: struct({ statesFilter: since(4, array(string), []), typesFilter: since(5, array(string), []) }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
    groups: array(
      struct({
        groupId: string,
        protocolType: string,
        groupState: since(4, string, ''),
        groupType: since(5, string, ''),
      }),
    ),
  }),
});
