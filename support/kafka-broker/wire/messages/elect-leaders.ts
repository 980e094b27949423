import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int8, int16, int32, nullableArray, nullableString, string } from '../types';

/** ElectLeadersRequest.json and ElectLeadersResponse.json of Apache Kafka (KIP-183, KIP-460). */
export const electLeadersApi = defineApi({
  key: 43,
  name: 'ElectLeaders',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({
    electionType: since(1, int8, 0),
    topicPartitions: nullableArray(struct({ topic: string, partitions: array(int32) })),
    timeoutMs: int32,
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    errorCode: since(1, int16, 0),
    replicaElectionResults: array(
      struct({
        topic: string,
        partitionResult: array(
          struct({ partitionId: int32, errorCode: int16, errorMessage: nullableString }),
        ),
      }),
    ),
  }),
});
