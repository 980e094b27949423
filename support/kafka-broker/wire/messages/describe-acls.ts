import { aclFilter, literalPattern } from '../acl-filter';
import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, int8, int16, int32, nullableString, string } from '../types';

/** DescribeAclsRequest.json and DescribeAclsResponse.json of Apache Kafka (KIP-140, KIP-290). */
export const describeAclsApi = defineApi({
  key: 29,
  name: 'DescribeAcls',
  versions: [0, 3],
  flexibleSince: 2,
  request: struct(aclFilter),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    errorCode: int16,
    errorMessage: since(0, nullableString, null),
    resources: array(
      struct({
        resourceType: int8,
        resourceName: string,
        patternType: since(1, int8, literalPattern),
        acls: array(struct({ principal: string, host: string, operation: int8, permissionType: int8 })),
      }),
    ),
  }),
});
