import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int16, int32, string } from '../types';

/** ApiVersionsRequest.json and ApiVersionsResponse.json of Apache Kafka. */
export const apiVersionsApi = defineApi({
  key: 18,
  name: 'ApiVersions',
  versions: [0, 3],
  flexibleSince: 3,
  request: struct({ clientSoftwareName: since(3, string, ''), clientSoftwareVersion: since(3, string, '') }),
  response: struct({
    errorCode: int16,
    apiKeys: array(struct({ apiKey: int16, minVersion: int16, maxVersion: int16 })),
    throttleTimeMs: since(1, int32, 0),
  }),
});
