import { noUuid } from '../../uuid';
import { defineApi } from '../api-definition';
import { between, since, struct } from '../struct';
import { array, int16, int32, nullableString, string, uuid } from '../types';

/** DeleteTopicsRequest.json and DeleteTopicsResponse.json of Apache Kafka. */
export const deleteTopicsApi = defineApi({
  key: 20,
  name: 'DeleteTopics',
  versions: [0, 6],
  flexibleSince: 4,
  request: struct({
    topics: since(6, array(struct({ name: nullableString, topicId: uuid })), []),
    topicNames: between(0, 5, array(string), []),
    timeoutMs: int32,
  }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    responses: array(
      struct({
        name: nullableString,
        topicId: since(6, uuid, noUuid),
        errorCode: int16,
        errorMessage: since(5, nullableString, null),
      }),
    ),
  }),
});
