import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, int64, nullableString, records, string } from '../types';

/** ProduceRequest.json and ProduceResponse.json of Apache Kafka. */
export const produceApi = defineApi({
  key: 0,
  name: 'Produce',
  versions: [0, 11],
  flexibleSince: 9,
  request: struct({
    transactionalId: since(3, nullableString, null),
    acks: int16,
    timeoutMs: int32,
    topics: array(struct({ name: string, partitions: array(struct({ index: int32, records })) })),
  }),
  response: struct({
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            index: int32,
            errorCode: int16,
            baseOffset: int64,
            logAppendTimeMs: since(2, int64, -1n),
            logStartOffset: since(5, int64, -1n),
            recordErrors: since(
              8,
              array(struct({ batchIndex: int32, batchIndexErrorMessage: nullableString })),
              [],
            ),
            errorMessage: since(8, nullableString, null),
          }),
        ),
      }),
    ),
    throttleTimeMs: since(1, int32, 0),
  }),
});
