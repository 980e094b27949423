import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, int64, string } from '../types';

/** ListTransactionsRequest.json and ListTransactionsResponse.json of Apache Kafka (KIP-664, KIP-994). */
export const listTransactionsApi = defineApi({
  key: 66,
  name: 'ListTransactions',
  versions: [0, 1],
  flexibleSince: 0,
  request: struct({
    stateFilters: array(string),
    producerIdFilters: array(int64),
    durationFilter: since(1, int64, -1n),
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    errorCode: int16,
    unknownStateFilters: array(string),
    transactionStates: array(
      struct({ transactionalId: string, producerId: int64, transactionState: string }),
    ),
  }),
});
