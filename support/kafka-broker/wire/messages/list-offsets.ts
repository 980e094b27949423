import { defineApi } from '../api-definition';
import { between, since, struct } from '../struct';
import { array, int8, int16, int32, int64, string } from '../types';

/** ListOffsetsRequest.json and ListOffsetsResponse.json of Apache Kafka. */
export const listOffsetsApi = defineApi({
  key: 2,
  name: 'ListOffsets',
  versions: [0, 8],
  flexibleSince: 6,
  request: struct({
    replicaId: int32,
    isolationLevel: since(2, int8, 0),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            currentLeaderEpoch: since(4, int32, -1),
            timestamp: int64,
            maxNumOffsets: between(0, 0, int32, 1),
          }),
        ),
      }),
    ),
  }),
  response: struct({
    throttleTimeMs: since(2, int32, 0),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode: int16,
            oldStyleOffsets: between(0, 0, array(int64), []),
            timestamp: since(1, int64, -1n),
            offset: since(1, int64, -1n),
            leaderEpoch: since(4, int32, -1),
          }),
        ),
      }),
    ),
  }),
});
