import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, int64, string } from '../types';

/** AddPartitionsToTxnRequest.json and AddPartitionsToTxnResponse.json of Apache Kafka. */
export const addPartitionsToTxnApi = defineApi({
  key: 24,
  name: 'AddPartitionsToTxn',
  versions: [0, 3],
  flexibleSince: 3,
  request: struct({
    transactionalId: string,
    producerId: int64,
    producerEpoch: int16,
    topics: array(struct({ name: string, partitions: array(int32) })),
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    results: array(
      struct({ name: string, results: array(struct({ partitionIndex: int32, errorCode: int16 })) }),
    ),
  }),
});
