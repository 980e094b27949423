import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { int8, int16, int32, nullableString, string } from '../types';

/** FindCoordinatorRequest.json and FindCoordinatorResponse.json of Apache Kafka. */
export const findCoordinatorApi = defineApi({
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 2],
  flexibleSince: 3,
  request: struct({ key: string, keyType: since(1, int8, 0) }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
    errorMessage: since(1, nullableString, null),
    nodeId: int32,
    host: string,
    port: int32,
  }),
});
