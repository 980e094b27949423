import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, int64, string } from '../types';

/** OffsetForLeaderEpochRequest.json and OffsetForLeaderEpochResponse.json of Apache Kafka. */
export const offsetForLeaderEpochApi = defineApi({
  key: 23,
  name: 'OffsetForLeaderEpoch',
  versions: [0, 4],
  flexibleSince: 4,
  request: struct({
    replicaId: since(3, int32, -2),
    topics: array(
      struct({
        topic: string,
        partitions: array(
          struct({ partition: int32, currentLeaderEpoch: since(2, int32, -1), leaderEpoch: int32 }),
        ),
      }),
    ),
  }),
  response: struct({
    throttleTimeMs: since(2, int32, 0),
    topics: array(
      struct({
        topic: string,
        partitions: array(
          struct({
            errorCode: int16,
            partition: int32,
            leaderEpoch: since(1, int32, -1),
            endOffset: int64,
          }),
        ),
      }),
    ),
  }),
});
