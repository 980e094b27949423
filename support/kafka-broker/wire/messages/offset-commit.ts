import { defineApi } from '../api-definition';
import { between, since, struct } from '../struct';
import { array, int16, int32, int64, nullableString, string } from '../types';

/** OffsetCommitRequest.json and OffsetCommitResponse.json of Apache Kafka. */
export const offsetCommitApi = defineApi({
  key: 8,
  name: 'OffsetCommit',
  versions: [0, 8],
  flexibleSince: 8,
  request: struct({
    groupId: string,
    generationId: since(1, int32, -1),
    memberId: since(1, string, ''),
    groupInstanceId: since(7, nullableString, null),
    retentionTimeMs: between(2, 4, int64, -1n),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            committedOffset: int64,
            committedLeaderEpoch: since(6, int32, -1),
            commitTimestamp: between(1, 1, int64, -1n),
            committedMetadata: nullableString,
          }),
        ),
      }),
    ),
  }),
  response: struct({
    throttleTimeMs: since(3, int32, 0),
    topics: array(
      struct({ name: string, partitions: array(struct({ partitionIndex: int32, errorCode: int16 })) }),
    ),
  }),
});
