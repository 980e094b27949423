import { ErrorCode } from '../error-code';
import { type Acl, type AclFilter, clusterName, pattern, permission, resource } from '../state/acls';
import { isOperationOf, kindOf } from './access';

/** The answer of a broker that checks nothing. */
export const securityDisabled = {
  errorCode: ErrorCode.securityDisabled,
  errorMessage: 'No Authorizer is configured.',
} as const;

/** The highest code of each enumeration that Kafka 4 knows. */
const highest = { resourceType: 7, patternType: 4, operation: 15, permissionType: 3 } as const;

interface WireFilter {
  readonly resourceTypeFilter: number;
  readonly resourceNameFilter: string | null;
  readonly patternTypeFilter: number;
  readonly principalFilter: string | null;
  readonly hostFilter: string | null;
  readonly operation: number;
  readonly permissionType: number;
}

export function filterOf(wire: WireFilter): AclFilter {
  return {
    resourceType: wire.resourceTypeFilter,
    resourceName: wire.resourceNameFilter,
    patternType: wire.patternTypeFilter,
    principal: wire.principalFilter,
    host: wire.hostFilter,
    operation: wire.operation,
    permissionType: wire.permissionType,
  };
}

/** Whether a filter has only codes that mean something. */
export function isKnown(filter: Pick<AclFilter, keyof typeof highest>): boolean {
  return (Object.keys(highest) as Array<keyof typeof highest>).every((field) => {
    return filter[field] > 0 && filter[field] <= highest[field];
  });
}

/** Why the ACL cannot be, in the words of Kafka's AclControlManager, or null. */
export function problemOf(acl: Acl): string | null {
  const { resourceType, resourceName, patternType, principal, permissionType } = acl;
  if (patternType !== pattern.literal && patternType !== pattern.prefixed) {
    return `Invalid patternType ${patternType}`;
  }
  if (permissionType !== permission.allow && permissionType !== permission.deny) {
    return `Invalid permissionType ${permissionType}`;
  }
  const kind = kindOf(resourceType);
  if (!kind || !isOperationOf(kind, acl.operation)) return `Invalid operation ${acl.operation}`;
  if (resourceName === '') return 'Invalid empty resource name';
  if (resourceType === resource.cluster && resourceName !== clusterName) {
    return `The only valid name for the CLUSTER resource is ${clusterName}`;
  }
  if (!/^[^:]+:./.test(principal)) {
    return `Could not parse principal from \`${principal}\` (no colon is present separating the principal type from the principal name)`;
  }
  return null;
}
