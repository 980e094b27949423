import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, boolean, int16, int32, nullableArray, nullableString, string } from '../types';

/** AlterPartitionReassignmentsRequest.json and AlterPartitionReassignmentsResponse.json of Apache Kafka (KIP-455). */
export const alterPartitionReassignmentsApi = defineApi({
  key: 45,
  name: 'AlterPartitionReassignments',
  versions: [0, 1],
  flexibleSince: 0,
  request: struct({
    timeoutMs: int32,
    allowReplicationFactorChange: since(1, boolean, true),
    topics: array(
      struct({
        name: string,
        partitions: array(struct({ partitionIndex: int32, replicas: nullableArray(int32) })),
      }),
    ),
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    allowReplicationFactorChange: since(1, boolean, true),
    errorCode: int16,
    errorMessage: since(0, nullableString, null),
    responses: array(
      struct({
        name: string,
        partitions: array(
          struct({ partitionIndex: int32, errorCode: int16, errorMessage: since(0, nullableString, null) }),
        ),
      }),
    ),
  }),
});
