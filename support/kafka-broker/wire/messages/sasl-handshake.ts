import { defineApi } from '../api-definition';
import { struct } from '../struct';
import { array, int16, string } from '../types';

/** SaslHandshakeRequest.json and SaslHandshakeResponse.json of Apache Kafka (KIP-43). It has no flexible version. */
export const saslHandshakeApi = defineApi({
  key: 17,
  name: 'SaslHandshake',
  versions: [0, 1],
  flexibleSince: Number.POSITIVE_INFINITY,
  request: struct({ mechanism: string }),
  response: struct({ errorCode: int16, mechanisms: array(string) }),
});
