import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { int16, int32, int64, string } from '../types';

/** AddOffsetsToTxnRequest.json and AddOffsetsToTxnResponse.json of Apache Kafka. */
export const addOffsetsToTxnApi = defineApi({
  key: 25,
  name: 'AddOffsetsToTxn',
  versions: [0, 4],
  flexibleSince: 3,
  request: struct({ transactionalId: string, producerId: int64, producerEpoch: int16, groupId: string }),
  response: struct({ throttleTimeMs: since(0, int32, 0), errorCode: int16 }),
});
