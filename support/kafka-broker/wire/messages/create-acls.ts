import { literalPattern } from '../acl-filter';
import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int8, int16, int32, nullableString, string } from '../types';

/** CreateAclsRequest.json and CreateAclsResponse.json of Apache Kafka (KIP-140, KIP-290). */
export const createAclsApi = defineApi({
  key: 30,
  name: 'CreateAcls',
  versions: [0, 3],
  flexibleSince: 2,
  request: struct({
    creations: array(
      struct({
        resourceType: int8,
        resourceName: string,
        resourcePatternType: since(1, int8, literalPattern),
        principal: string,
        host: string,
        operation: int8,
        permissionType: int8,
      }),
    ),
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    results: array(struct({ errorCode: int16, errorMessage: nullableString })),
  }),
});
