import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { int16, int32, int64, nullableString } from '../types';

/** InitProducerIdRequest.json and InitProducerIdResponse.json of Apache Kafka. */
export const initProducerIdApi = defineApi({
  key: 22,
  name: 'InitProducerId',
  versions: [0, 5],
  flexibleSince: 2,
  request: struct({
    transactionalId: nullableString,
    transactionTimeoutMs: int32,
    producerId: since(3, int64, -1n),
    producerEpoch: since(3, int16, -1),
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    errorCode: int16,
    producerId: int64,
    producerEpoch: int16,
  }),
});
