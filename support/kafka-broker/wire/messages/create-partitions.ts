import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, boolean, int16, int32, nullableArray, nullableString, string } from '../types';

/** CreatePartitionsRequest.json and CreatePartitionsResponse.json of Apache Kafka. */
export const createPartitionsApi = defineApi({
  key: 37,
  name: 'CreatePartitions',
  versions: [0, 3],
  flexibleSince: 2,
  request: struct({
    topics: array(
      struct({ name: string, count: int32, assignments: nullableArray(struct({ brokerIds: array(int32) })) }),
    ),
    timeoutMs: int32,
    validateOnly: boolean,
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    results: array(struct({ name: string, errorCode: int16, errorMessage: nullableString })),
  }),
});
