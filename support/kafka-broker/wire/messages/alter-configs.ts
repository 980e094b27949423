import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, boolean, int8, int16, int32, nullableString, string } from '../types';

/** AlterConfigsRequest.json and AlterConfigsResponse.json of Apache Kafka. */
export const alterConfigsApi = defineApi({
  key: 33,
  name: 'AlterConfigs',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({
    resources: array(
      struct({
        resourceType: int8,
        resourceName: string,
        configs: array(struct({ name: string, value: nullableString })),
      }),
    ),
    validateOnly: boolean,
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    responses: array(
      struct({ errorCode: int16, errorMessage: nullableString, resourceType: int8, resourceName: string }),
    ),
  }),
});
