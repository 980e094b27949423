import type { ErrorCode } from '../error-code';
import type { Timer } from './clock';

export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

export interface JoinRequest {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  /** Below 1: the session time-out. */
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  readonly protocols: readonly MemberProtocol[];
  /** JoinGroup version 4 and later: a new member is told its id, and joins again with it (KIP-394). */
  readonly requireKnownMemberId: boolean;
}

export interface JoinResult {
  readonly errorCode: ErrorCode;
  readonly generationId: number;
  readonly protocolName: string;
  readonly leader: string;
  readonly memberId: string;
  /** All members for the leader, none for the others. */
  readonly members: ReadonlyArray<{ memberId: string; groupInstanceId: string | null; metadata: Buffer }>;
}

export interface SyncResult {
  readonly errorCode: ErrorCode;
  readonly assignment: Buffer;
}

/** A member of a group, and what it waits for. */
export class GroupMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  sessionTimeoutMs = 0;
  rebalanceTimeoutMs = 0;
  protocols: readonly MemberProtocol[] = [];
  assignment: Buffer = Buffer.alloc(0);
  /** It was part of a generation that the leader has assigned to, perhaps nothing. */
  wasAssigned = false;
  session: Timer | undefined;
  #awaitingJoin: ((result: JoinResult) => void) | undefined;
  #awaitingSync: ((result: SyncResult) => void) | undefined;

  constructor(memberId: string, request: JoinRequest) {
    this.memberId = memberId;
    this.groupInstanceId = request.groupInstanceId;
    this.clientId = request.clientId;
    this.clientHost = request.clientHost;
    this.update(request);
  }

  update(request: JoinRequest): void {
    this.sessionTimeoutMs = request.sessionTimeoutMs;
    this.rebalanceTimeoutMs =
      request.rebalanceTimeoutMs > 0 ? request.rebalanceTimeoutMs : request.sessionTimeoutMs;
    this.protocols = request.protocols;
  }

  get isAwaitingJoin(): boolean {
    return this.#awaitingJoin !== undefined;
  }

  get isAwaitingSync(): boolean {
    return this.#awaitingSync !== undefined;
  }

  /** Waits for the end of the join phase. A join that was waiting before is superseded and gets `superseded`. */
  awaitJoin(superseded: JoinResult): Promise<JoinResult> {
    this.answerJoin(superseded);
    return new Promise((resolve) => {
      this.#awaitingJoin = resolve;
    });
  }

  awaitSync(superseded: SyncResult): Promise<SyncResult> {
    this.answerSync(superseded);
    return new Promise((resolve) => {
      this.#awaitingSync = resolve;
    });
  }

  answerJoin(result: JoinResult): void {
    this.#awaitingJoin?.(result);
    this.#awaitingJoin = undefined;
  }

  answerSync(result: SyncResult): void {
    this.#awaitingSync?.(result);
    this.#awaitingSync = undefined;
  }

  metadataFor(protocol: string): Buffer {
    return this.protocols.find(({ name }) => name === protocol)?.metadata ?? Buffer.alloc(0);
  }

  supports(protocol: string): boolean {
    return this.protocols.some(({ name }) => name === protocol);
  }

  hasSameProtocols(others: readonly MemberProtocol[]): boolean {
    return (
      this.protocols.length === others.length &&
      this.protocols.every(({ name, metadata }, index) => {
        const other = others[index];
        return other !== undefined && other.name === name && other.metadata.equals(metadata);
      })
    );
  }
}
