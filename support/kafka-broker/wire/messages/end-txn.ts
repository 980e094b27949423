import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { boolean, int16, int32, int64, string } from '../types';

/** EndTxnRequest.json and EndTxnResponse.json of Apache Kafka. */
export const endTxnApi = defineApi({
  key: 26,
  name: 'EndTxn',
  versions: [0, 4],
  flexibleSince: 3,
  request: struct({ transactionalId: string, producerId: int64, producerEpoch: int16, committed: boolean }),
  response: struct({ throttleTimeMs: since(0, int32, 0), errorCode: int16 }),
});
