import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, int64, nullableArray, nullableString, string } from '../types';

/** OffsetFetchRequest.json and OffsetFetchResponse.json of Apache Kafka. */
export const offsetFetchApi = defineApi({
  key: 9,
  name: 'OffsetFetch',
  versions: [0, 5],
  flexibleSince: 6,
  request: struct({
    groupId: string,
    topics: nullableArray(struct({ name: string, partitionIndexes: array(int32) })),
  }),
  response: struct({
    throttleTimeMs: since(3, int32, 0),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            committedOffset: int64,
            committedLeaderEpoch: since(5, int32, -1),
            metadata: nullableString,
            errorCode: int16,
          }),
        ),
      }),
    ),
    errorCode: since(2, int16, 0),
  }),
});
