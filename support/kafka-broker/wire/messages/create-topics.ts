import { noUuid } from '../../uuid';
import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, boolean, int8, int16, int32, nullableArray, nullableString, string, uuid } from '../types';

/** CreateTopicsRequest.json and CreateTopicsResponse.json of Apache Kafka. */
export const createTopicsApi = defineApi({
  key: 19,
  name: 'CreateTopics',
  versions: [0, 7],
  flexibleSince: 5,
  request: struct({
    topics: array(
      struct({
        name: string,
        numPartitions: int32,
        replicationFactor: int16,
        assignments: array(struct({ partitionIndex: int32, brokerIds: array(int32) })),
        configs: array(struct({ name: string, value: nullableString })),
      }),
    ),
    timeoutMs: int32,
    validateOnly: since(1, boolean, false),
  }),
  response: struct({
    throttleTimeMs: since(2, int32, 0),
    topics: array(
      struct({
        name: string,
        topicId: since(7, uuid, noUuid),
        errorCode: int16,
        errorMessage: since(1, nullableString, null),
        numPartitions: since(5, int32, -1),
        replicationFactor: since(5, int16, -1),
        configs: since(
          5,
          nullableArray(
            struct({
              name: string,
              value: nullableString,
              readOnly: boolean,
              configSource: int8,
              isSensitive: boolean,
            }),
          ),
          [],
        ),
      }),
    ),
  }),
});
