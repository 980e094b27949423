import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { int16, int32, nullableString, string } from '../types';

/** HeartbeatRequest.json and HeartbeatResponse.json of Apache Kafka. */
export const heartbeatApi = defineApi({
  key: 12,
  name: 'Heartbeat',
  versions: [0, 4],
  flexibleSince: 4,
  request: struct({
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: since(3, nullableString, null),
  }),
  response: struct({ throttleTimeMs: since(1, int32, 0), errorCode: int16 }),
});
