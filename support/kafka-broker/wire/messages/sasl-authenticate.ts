import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { bytes, int16, int64, nullableString } from '../types';

/** SaslAuthenticateRequest.json and SaslAuthenticateResponse.json of Apache Kafka (KIP-152, KIP-368). */
export const saslAuthenticateApi = defineApi({
  key: 36,
  name: 'SaslAuthenticate',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({ authBytes: bytes }),
  response: struct({
    errorCode: int16,
    errorMessage: nullableString,
    authBytes: bytes,
    sessionLifetimeMs: since(1, int64, 0n),
  }),
});
