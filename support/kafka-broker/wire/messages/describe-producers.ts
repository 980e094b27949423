import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, int64, nullableString, string } from '../types';

/** DescribeProducersRequest.json and DescribeProducersResponse.json of Apache Kafka (KIP-664). */
export const describeProducersApi = defineApi({
  key: 61,
  name: 'DescribeProducers',
  versions: [0, 0],
  flexibleSince: 0,
  request: struct({ topics: array(struct({ name: string, partitionIndexes: array(int32) })) }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode: int16,
            errorMessage: since(0, nullableString, null),
            activeProducers: since(
              0,
              array(
                struct({
                  producerId: int64,
                  producerEpoch: int32,
                  lastSequence: int32,
                  lastTimestamp: int64,
                  coordinatorEpoch: int32,
                  currentTxnStartOffset: int64,
                }),
              ),
              [],
            ),
          }),
        ),
      }),
    ),
  }),
});
