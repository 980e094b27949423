import { noUuid } from '../../uuid';
import { defineApi } from '../api-definition';
import { between, since, struct } from '../struct';
import { array, int8, int16, int32, int64, nullableArray, records, string, uuid } from '../types';

/** FetchRequest.json and FetchResponse.json of Apache Kafka. */
export const fetchApi = defineApi({
  key: 1,
  name: 'Fetch',
  versions: [0, 18],
  flexibleSince: 12,
  request: struct({
    replicaId: between(0, 14, int32, -1),
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: since(3, int32, 0x7fffffff),
    isolationLevel: since(4, int8, 0),
    sessionId: since(7, int32, 0),
    sessionEpoch: since(7, int32, -1),
    topics: array(
      struct({
        topic: between(0, 12, string, ''),
        topicId: since(13, uuid, noUuid),
        partitions: array(
          struct({
            partition: int32,
            currentLeaderEpoch: since(9, int32, -1),
            fetchOffset: int64,
            lastFetchedEpoch: since(12, int32, -1),
            logStartOffset: since(5, int64, -1n),
            partitionMaxBytes: int32,
          }),
        ),
      }),
    ),
    forgottenTopicsData: since(
      7,
      array(
        struct({
          topic: between(0, 12, string, ''),
          topicId: since(13, uuid, noUuid),
          partitions: array(int32),
        }),
      ),
      [],
    ),
    rackId: since(11, string, ''),
  }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: since(7, int16, 0),
    sessionId: since(7, int32, 0),
    responses: array(
      struct({
        topic: between(0, 12, string, ''),
        topicId: since(13, uuid, noUuid),
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode: int16,
            highWatermark: int64,
            lastStableOffset: since(4, int64, -1n),
            logStartOffset: since(5, int64, -1n),
            abortedTransactions: since(
              4,
              nullableArray(struct({ producerId: int64, firstOffset: int64 })),
              null,
            ),
            preferredReadReplica: since(11, int32, -1),
            records,
          }),
        ),
      }),
    ),
  }),
});
