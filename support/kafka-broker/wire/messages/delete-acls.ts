import { aclFilter, literalPattern } from '../acl-filter';
import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int8, int16, int32, nullableString, string } from '../types';

/** DeleteAclsRequest.json and DeleteAclsResponse.json of Apache Kafka (KIP-140, KIP-290). */
export const deleteAclsApi = defineApi({
  key: 31,
  name: 'DeleteAcls',
  versions: [0, 3],
  flexibleSince: 2,
  request: struct({
    filters: array(struct(aclFilter)),
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    filterResults: array(
      struct({
        errorCode: int16,
        errorMessage: nullableString,
        matchingAcls: array(
          struct({
            errorCode: int16,
            errorMessage: nullableString,
            resourceType: int8,
            resourceName: string,
            patternType: since(1, int8, literalPattern),
            principal: string,
            host: string,
            operation: int8,
            permissionType: int8,
          }),
        ),
      }),
    ),
  }),
});
