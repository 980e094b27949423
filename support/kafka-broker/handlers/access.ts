import { type Acls, clusterName, operation, type ResourceKind, resource } from '../state/acls';

export type Operation = Exclude<keyof typeof operation, 'unknown' | 'any' | 'all'>;

/** Which operations each kind of resource has (AclEntry.supportedOperations of Kafka). */
const operationsOf: Readonly<Record<ResourceKind, readonly Operation[]>> = {
  topic: ['read', 'write', 'create', 'describe', 'delete', 'alter', 'describeConfigs', 'alterConfigs'],
  group: ['read', 'describe', 'delete', 'describeConfigs', 'alterConfigs'],
  cluster: [
    'create',
    'clusterAction',
    'describeConfigs',
    'alterConfigs',
    'idempotentWrite',
    'alter',
    'describe',
  ],
  transactionalId: ['describe', 'write'],
};

/** What the one who asks may do. Without ACLs: everything. */
export class Access {
  readonly principal: string;
  readonly #host: string;
  readonly #acls: Acls | undefined;

  /** @param clientHost as Kafka shows it: "/127.0.0.1" */
  constructor(principal: string, clientHost: string, acls: Acls | undefined) {
    this.principal = principal;
    this.#host = clientHost.replace(/^\//, '');
    this.#acls = acls;
  }

  /** @param name of the resource; the cluster needs none */
  may(wanted: Operation, kind: ResourceKind, name = clusterName): boolean {
    if (this.#acls === undefined) return true;
    const subject = { principal: this.principal, host: this.#host };
    return this.#acls.allows(subject, operation[wanted], kind, name);
  }

  /** Whether there is any such resource to which it may be done. */
  mayAny(wanted: Operation, kind: ResourceKind): boolean {
    if (this.#acls === undefined) return true;
    return this.#acls.allowsAny({ principal: this.principal, host: this.#host }, operation[wanted], kind);
  }

  /** The operations that are allowed, a bit for each by its code (KIP-430). */
  operations(kind: ResourceKind, name = clusterName): number {
    const allowed = operationsOf[kind].filter((wanted) => this.may(wanted, kind, name));
    return allowed.reduce((bits, wanted) => bits | (1 << operation[wanted]), 0);
  }
}

/** The kind of a resource by its code in the protocol; undefined for those that this broker has none of. */
export function kindOf(resourceType: number): ResourceKind | undefined {
  const kinds: readonly ResourceKind[] = ['topic', 'group', 'cluster', 'transactionalId'];
  return kinds.find((kind) => resource[kind] === resourceType);
}

/** Whether the operation is one that such resources have. */
export function isOperationOf(kind: ResourceKind, code: number): boolean {
  return code === operation.all || operationsOf[kind].some((wanted) => operation[wanted] === code);
}
