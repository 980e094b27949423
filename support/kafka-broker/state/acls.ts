/** Codes of the protocol (AclOperation, ResourceType, PatternType and AclPermissionType of Kafka). */
export const operation = {
  unknown: 0,
  any: 1,
  all: 2,
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
} as const;
export const resource = { any: 1, topic: 2, group: 3, cluster: 4, transactionalId: 5 } as const;
export const pattern = { any: 1, match: 2, literal: 3, prefixed: 4 } as const;
export const permission = { any: 1, deny: 2, allow: 3 } as const;

export type ResourceKind = 'topic' | 'group' | 'cluster' | 'transactionalId';

/** The one name that the resource "cluster" has. */
export const clusterName = 'kafka-cluster';
export const wildcard = '*';
const everyone = 'User:*';

/** Who may, or may not, do something to some resources, from some hosts. */
export interface Acl {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  /** "User:alice", or "User:*" for all. */
  readonly principal: string;
  /** An address, or "*" for all. */
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
}

/** Which ACLs are meant; null and "any" leave a field open. */
export interface AclFilter {
  readonly resourceType: number;
  readonly resourceName: string | null;
  readonly patternType: number;
  readonly principal: string | null;
  readonly host: string | null;
  readonly operation: number;
  readonly permissionType: number;
}

/** Who asks. */
export interface Subject {
  readonly principal: string;
  /** As Kafka's ACLs have it: "127.0.0.1". */
  readonly host: string;
}

/** Operations that are allowed along with the one asked for (AclOperation's rules of implication). */
const impliedBy: Readonly<Record<number, readonly number[]>> = {
  [operation.describe]: [operation.read, operation.write, operation.delete, operation.alter],
  [operation.describeConfigs]: [operation.alterConfigs],
};

/**
 * The ACLs of the cluster, decided on as Kafka's StandardAuthorizer does: super users may do all; one ACL that denies
 * wins over all that allow; what no ACL allows is denied.
 */
export class Acls {
  readonly #superUsers: ReadonlySet<string>;
  #acls: Acl[] = [];

  /** @param superUsers names: "alice" stands for "User:alice" */
  constructor(superUsers: readonly string[] = []) {
    this.#superUsers = new Set(superUsers.map((name) => (name.includes(':') ? name : `User:${name}`)));
  }

  /** One that is there already is not added again. */
  add(acl: Acl): void {
    if (!this.#acls.some((other) => isSame(other, acl))) this.#acls.push(acl);
  }

  find(filter: AclFilter): Acl[] {
    return this.#acls.filter((acl) => matches(acl, filter));
  }

  /** @returns those that were removed */
  delete(filter: AclFilter): Acl[] {
    const found = this.find(filter);
    this.#acls = this.#acls.filter((acl) => !found.includes(acl));
    return found;
  }

  allows(subject: Subject, wanted: number, kind: ResourceKind, name: string): boolean {
    if (this.#superUsers.has(subject.principal)) return true;
    const concerning = this.#of(subject).filter((acl) => covers(acl, resource[kind], name));
    if (concerning.some((acl) => isDenial(acl) && permits(acl, wanted, []))) return false;
    return concerning.some((acl) => !isDenial(acl) && permits(acl, wanted, impliedBy[wanted] ?? []));
  }

  /** Whether there is a resource of that kind to which it may be done (authorizeByResourceType of Kafka, KIP-679). */
  allowsAny(subject: Subject, wanted: number, kind: ResourceKind): boolean {
    if (this.#superUsers.has(subject.principal)) return true;
    const concerning = this.#of(subject).filter(
      ({ resourceType, operation: done }) =>
        resourceType === resource[kind] && (done === wanted || done === operation.all),
    );
    const denials = concerning.filter(isDenial);
    return concerning.some((acl) => !isDenial(acl) && !denials.some((denial) => includes(denial, acl)));
  }

  #of({ principal, host }: Subject): Acl[] {
    return this.#acls.filter(
      (acl) =>
        (acl.principal === principal || acl.principal === everyone) &&
        (acl.host === host || acl.host === wildcard),
    );
  }
}

function isDenial({ permissionType }: Acl): boolean {
  return permissionType === permission.deny;
}

function permits(acl: Acl, wanted: number, implied: readonly number[]): boolean {
  return acl.operation === operation.all || acl.operation === wanted || implied.includes(acl.operation);
}

/** Whether the resource is one that the ACL is about. */
function covers({ resourceType, patternType, resourceName }: Acl, type: number, name: string): boolean {
  if (resourceType !== type) return false;
  if (patternType === pattern.prefixed) return name.startsWith(resourceName);
  return resourceName === name || resourceName === wildcard;
}

/** Whether the denial covers all that the other allows. */
function includes(denial: Acl, allowed: Acl): boolean {
  if (denial.patternType === pattern.prefixed) return allowed.resourceName.startsWith(denial.resourceName);
  if (denial.resourceName === wildcard) return true;
  return allowed.patternType === pattern.literal && denial.resourceName === allowed.resourceName;
}

function matches(acl: Acl, filter: AclFilter): boolean {
  return (
    (filter.resourceType === resource.any || filter.resourceType === acl.resourceType) &&
    (filter.principal === null || filter.principal === acl.principal) &&
    (filter.host === null || filter.host === acl.host) &&
    (filter.operation === operation.any || filter.operation === acl.operation) &&
    (filter.permissionType === permission.any || filter.permissionType === acl.permissionType) &&
    matchesPattern(acl, filter)
  );
}

/** ResourcePatternFilter.matches of Kafka: "match" asks for all that act on the name. */
function matchesPattern(acl: Acl, { patternType, resourceName }: AclFilter): boolean {
  const isType = patternType === acl.patternType;
  if (patternType !== pattern.any && patternType !== pattern.match && !isType) return false;
  if (resourceName === null) return true;
  if (patternType !== pattern.match) return acl.resourceName === resourceName;
  return covers(acl, acl.resourceType, resourceName);
}

function isSame(a: Acl, b: Acl): boolean {
  return (Object.keys(a) as Array<keyof Acl>).every((key) => a[key] === b[key]);
}
