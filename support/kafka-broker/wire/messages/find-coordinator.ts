import { defineApi } from '../api-definition';
import { between, since, struct } from '../struct';
import { array, int8, int16, int32, nullableString, string } from '../types';

/** FindCoordinatorRequest.json and FindCoordinatorResponse.json of Apache Kafka: several keys since version 4 (KIP-699). */
export const findCoordinatorApi = defineApi({
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 6],
  flexibleSince: 3,
  request: struct({
    key: between(0, 3, string, ''),
    keyType: since(1, int8, 0),
    coordinatorKeys: since(4, array(string), []),
  }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: between(0, 3, int16, 0),
    errorMessage: between(1, 3, nullableString, null),
    nodeId: between(0, 3, int32, -1),
    host: between(0, 3, string, ''),
    port: between(0, 3, int32, -1),
    coordinators: since(
      4,
      array(
        struct({
          key: string,
          nodeId: int32,
          host: string,
          port: int32,
          errorCode: int16,
          errorMessage: since(0, nullableString, null),
        }),
      ),
      [],
    ),
  }),
});
