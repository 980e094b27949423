import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, bytes, int8, int16, int32, nullableString, string } from '../types';

/** AlterUserScramCredentialsRequest.json and AlterUserScramCredentialsResponse.json of Apache Kafka (KIP-554). */
export const alterUserScramCredentialsApi = defineApi({
  key: 51,
  name: 'AlterUserScramCredentials',
  versions: [0, 0],
  flexibleSince: 0,
  request: struct({
    deletions: array(struct({ name: string, mechanism: int8 })),
    upsertions: array(
      struct({ name: string, mechanism: int8, iterations: int32, salt: bytes, saltedPassword: bytes }),
    ),
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    results: array(struct({ user: string, errorCode: int16, errorMessage: since(0, nullableString, null) })),
  }),
});
