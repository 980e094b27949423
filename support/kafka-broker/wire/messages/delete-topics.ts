import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, nullableString, string } from '../types';

/** DeleteTopicsRequest.json and DeleteTopicsResponse.json of Apache Kafka. */
export const deleteTopicsApi = defineApi({
  key: 20,
  name: 'DeleteTopics',
  versions: [0, 5],
  flexibleSince: 4,
  request: struct({ topicNames: array(string), timeoutMs: int32 }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    responses: array(
      struct({ name: string, errorCode: int16, errorMessage: since(5, nullableString, null) }),
    ),
  }),
});
