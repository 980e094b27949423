import { defineApi } from '../api-definition';
import { between, since, struct } from '../struct';
import { array, boolean, int16, int32, int64, nullableArray, nullableString, string } from '../types';

const partitionAnswer = struct({
  partitionIndex: int32,
  committedOffset: int64,
  committedLeaderEpoch: since(5, int32, -1),
  metadata: nullableString,
  errorCode: int16,
});

/** OffsetFetchRequest.json and OffsetFetchResponse.json of Apache Kafka: several groups since version 8 (KIP-709). */
export const offsetFetchApi = defineApi({
  key: 9,
  name: 'OffsetFetch',
  versions: [0, 9],
  flexibleSince: 6,
  request: struct({
    groupId: between(0, 7, string, ''),
    topics: between(0, 7, nullableArray(struct({ name: string, partitionIndexes: array(int32) })), null),
    groups: since(
      8,
      array(
        struct({
          groupId: string,
          memberId: since(9, nullableString, null),
          memberEpoch: since(9, int32, -1),
          topics: nullableArray(struct({ name: string, partitionIndexes: array(int32) })),
        }),
      ),
      [],
    ),
    requireStable: since(7, boolean, false),
  }),
  response: struct({
    throttleTimeMs: since(3, int32, 0),
    topics: between(0, 7, array(struct({ name: string, partitions: array(partitionAnswer) })), []),
    errorCode: between(2, 7, int16, 0),
    groups: since(
      8,
      array(
        struct({
          groupId: string,
          topics: array(struct({ name: string, partitions: array(partitionAnswer) })),
          errorCode: int16,
        }),
      ),
      [],
    ),
  }),
});
