import { since } from './struct';
import { int8, nullableString } from './types';

/** The pattern type of versions that know no other (KIP-290): the name as it stands. */
export const literalPattern = 3;

/** Which ACLs are meant: the fields that DescribeAclsRequest.json and DeleteAclsRequest.json of Apache Kafka share. */
export const aclFilter = {
  resourceTypeFilter: int8,
  resourceNameFilter: nullableString,
  patternTypeFilter: since(1, int8, literalPattern),
  principalFilter: nullableString,
  hostFilter: nullableString,
  operation: int8,
  permissionType: int8,
};
