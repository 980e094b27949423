import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, boolean, int8, int16, int32, nullableString, string } from '../types';

/** IncrementalAlterConfigsRequest.json and IncrementalAlterConfigsResponse.json of Apache Kafka (KIP-339). */
export const incrementalAlterConfigsApi = defineApi({
  key: 44,
  name: 'IncrementalAlterConfigs',
  versions: [0, 1],
  flexibleSince: 1,
  request: struct({
    resources: array(
      struct({
        resourceType: int8,
        resourceName: string,
        configs: array(struct({ name: string, configOperation: int8, value: nullableString })),
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
