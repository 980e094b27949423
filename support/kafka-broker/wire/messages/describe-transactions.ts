import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, int64, string } from '../types';

/** DescribeTransactionsRequest.json and DescribeTransactionsResponse.json of Apache Kafka (KIP-664). */
export const describeTransactionsApi = defineApi({
  key: 65,
  name: 'DescribeTransactions',
  versions: [0, 0],
  flexibleSince: 0,
  request: struct({ transactionalIds: array(string) }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    transactionStates: array(
      struct({
        errorCode: int16,
        transactionalId: string,
        transactionState: since(0, string, ''),
        transactionTimeoutMs: since(0, int32, 0),
        transactionStartTimeMs: since(0, int64, 0n),
        producerId: since(0, int64, 0n),
        producerEpoch: since(0, int16, 0),
        topics: since(0, array(struct({ topic: string, partitions: array(int32) })), []),
      }),
    ),
  }),
});
