import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, string } from '../types';

/** OffsetDeleteRequest.json and OffsetDeleteResponse.json of Apache Kafka (KIP-496). It has no flexible version. */
export const offsetDeleteApi = defineApi({
  key: 47,
  name: 'OffsetDelete',
  versions: [0, 0],
  flexibleSince: Number.POSITIVE_INFINITY,
  request: struct({
    groupId: string,
    topics: array(struct({ name: string, partitions: array(struct({ partitionIndex: int32 })) })),
  }),
  response: struct({
    errorCode: int16,
    throttleTimeMs: since(0, int32, 0),
    topics: array(
      struct({ name: string, partitions: array(struct({ partitionIndex: int32, errorCode: int16 })) }),
    ),
  }),
});
