import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int8, int16, int32, nullableArray, nullableString, string } from '../types';

/** DescribeUserScramCredentialsRequest.json and DescribeUserScramCredentialsResponse.json of Apache Kafka (KIP-554). */
export const describeUserScramCredentialsApi = defineApi({
  key: 50,
  name: 'DescribeUserScramCredentials',
  versions: [0, 0],
  flexibleSince: 0,
  request: struct({ users: nullableArray(struct({ name: string })) }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    errorCode: int16,
    errorMessage: since(0, nullableString, null),
    results: array(
      struct({
        user: string,
        errorCode: int16,
        errorMessage: since(0, nullableString, null),
        credentialInfos: array(struct({ mechanism: int8, iterations: int32 })),
      }),
    ),
  }),
});
