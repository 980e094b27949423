import { ErrorCode } from '../error-code';
import type { Acl } from '../state/acls';
import { describeAclsApi } from '../wire/messages/describe-acls';
import { filterOf, isKnown, securityDisabled } from './acl-requests';
import { implement } from './registered-api';

/** DescribeAcls (29), versions 0-3. Without ACLs switched on: error 54. */
export const describeAcls = implement(describeAclsApi, (request, { broker: { acls } }) => {
  // Kafka's broker, which answers this one, words it otherwise than its controller.
  const errorMessage = 'No Authorizer is configured on the broker';
  if (!acls) return { ...securityDisabled, errorMessage, resources: [] };
  const filter = filterOf(request);
  if (!isKnown(filter)) {
    const errorMessage = 'DescribeAclsRequest contains UNKNOWN elements.';
    return { errorCode: ErrorCode.invalidRequest, errorMessage, resources: [] };
  }
  const byResource = new Map<string, Acl[]>();
  for (const acl of acls.find(filter)) {
    byResource.set(placeOf(acl), [...(byResource.get(placeOf(acl)) ?? []), acl]);
  }
  return {
    errorCode: ErrorCode.none,
    resources: [...byResource.values()].flatMap((all) => {
      const [first] = all;
      if (!first) return [];
      const { resourceType, resourceName, patternType } = first;
      return [{ resourceType, resourceName, patternType, acls: all }];
    }),
  };
});

function placeOf({ resourceType, resourceName, patternType }: Acl): string {
  return `${resourceType} ${patternType} ${resourceName}`;
}
