import { ErrorCode } from '../error-code';
import type { Clock, Timer } from './clock';
import { GroupMember, type JoinRequest, type JoinResult, type SyncResult } from './group-member';
import { GroupOffsets } from './group-offsets';

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

export interface GroupOptions {
  readonly clock: Clock;
  /** How long a group that was empty waits for more members before its first generation. */
  readonly initialRebalanceDelayMs: number;
  readonly newMemberId: (clientId: string) => string;
  /** Members have to join again, and some have not done so yet. */
  readonly onRebalance: (group: Group) => void;
}

/** Which member speaks: `groupInstanceId` for static members (KIP-345). */
export interface MemberIdentity {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

const noAssignment = Buffer.alloc(0);

/**
 * One group under the classic protocol, as Kafka's GroupCoordinator runs it: members join, the leader assigns,
 * all sync; whoever is silent for longer than its session time-out is removed.
 */
export class Group {
  readonly groupId: string;
  readonly offsets = new GroupOffsets();
  readonly #options: GroupOptions;
  readonly #members = new Map<string, GroupMember>();
  /** Ids handed out (error 79) whose owners have not joined with them yet. */
  readonly #pendingMembers = new Map<string, Timer>();
  readonly #staticMembers = new Map<string, string>();
  #state: GroupState = 'Empty';
  #generationId = 0;
  #protocolType = '';
  #protocolName = '';
  #leader = '';
  #phaseTimer: Timer | undefined;
  #initialDelayUntil = 0;

  constructor(groupId: string, options: GroupOptions) {
    this.groupId = groupId;
    this.#options = options;
  }

  get state(): GroupState {
    return this.#state;
  }

  get generationId(): number {
    return this.#generationId;
  }

  get protocolType(): string {
    return this.#protocolType;
  }

  /** The protocol that all members agreed on, empty before that. */
  get protocolName(): string {
    return this.#protocolName;
  }

  get members(): readonly GroupMember[] {
    return [...this.#members.values()];
  }

  /** Answers at once, or when all members have joined or had their chance to. */
  join(request: JoinRequest): Promise<JoinResult> {
    const refused = this.#refuseJoin(request);
    if (refused !== ErrorCode.none) return Promise.resolve(joinError(refused, request.memberId));
    const staticId =
      request.groupInstanceId === null ? undefined : this.#staticMembers.get(request.groupInstanceId);
    if (request.memberId !== '') return this.#joinKnown(request);
    if (staticId !== undefined) return this.#replaceStatic(staticId, request);
    const memberId = this.#options.newMemberId(request.groupInstanceId ?? request.clientId);
    if (request.requireKnownMemberId && request.groupInstanceId === null) {
      return Promise.resolve(this.#promiseMembership(memberId, request));
    }
    return this.#addMember(memberId, request);
  }

  /** Answers when the leader has assigned. `assignments` is empty but for the leader. */
  sync(
    identity: MemberIdentity,
    generationId: number,
    assignments: ReadonlyMap<string, Buffer>,
  ): Promise<SyncResult> {
    const error = this.check(identity, generationId);
    const member = this.#members.get(identity.memberId);
    if (error !== ErrorCode.none || !member) return Promise.resolve(syncError(error));
    this.#startSession(member);
    if (this.#state === 'PreparingRebalance')
      return Promise.resolve(syncError(ErrorCode.rebalanceInProgress));
    if (this.#state === 'Stable') {
      return Promise.resolve({ errorCode: ErrorCode.none, assignment: member.assignment });
    }
    const answer = member.awaitSync(syncError(ErrorCode.rebalanceInProgress));
    if (member.memberId === this.#leader) this.#assign(assignments);
    return answer;
  }

  heartbeat(identity: MemberIdentity, generationId: number): ErrorCode {
    const error = this.check(identity, generationId);
    if (error !== ErrorCode.none) return error;
    return this.#state === 'PreparingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  leave(identity: MemberIdentity): ErrorCode {
    if (identity.groupInstanceId !== null) {
      const memberId = this.#staticMembers.get(identity.groupInstanceId);
      const member = memberId === undefined ? undefined : this.#members.get(memberId);
      if (!member) return ErrorCode.unknownMemberId;
      if (identity.memberId !== '' && identity.memberId !== memberId) return ErrorCode.fencedInstanceId;
      this.#removeMember(member);
      return ErrorCode.none;
    }
    const pending = this.#pendingMembers.get(identity.memberId);
    if (pending) {
      this.#forgetPending(identity.memberId);
      this.#completeJoinIfAllAreThere();
      return ErrorCode.none;
    }
    const member = this.#members.get(identity.memberId);
    if (!member) return ErrorCode.unknownMemberId;
    this.#removeMember(member);
    return ErrorCode.none;
  }

  /** Whether offsets may be committed by this member now. -1 and no member: by whoever assigned himself. */
  checkCommit(identity: MemberIdentity, generationId: number): ErrorCode {
    if (generationId < 0 && this.#state === 'Empty') return ErrorCode.none;
    const error = this.check(identity, generationId);
    if (error !== ErrorCode.none) return error;
    return this.#state === 'CompletingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  /** Whether this is a member, of this generation. If so, its session begins anew: it is alive. */
  check(identity: MemberIdentity, generationId: number): ErrorCode {
    if (this.#state === 'Dead') return ErrorCode.coordinatorNotAvailable;
    if (identity.groupInstanceId !== null) {
      const owner = this.#staticMembers.get(identity.groupInstanceId);
      if (owner === undefined) return ErrorCode.unknownMemberId;
      if (owner !== identity.memberId) return ErrorCode.fencedInstanceId;
    }
    const member = this.#members.get(identity.memberId);
    if (!member) return ErrorCode.unknownMemberId;
    if (generationId !== this.#generationId) return ErrorCode.illegalGeneration;
    this.#startSession(member);
    return ErrorCode.none;
  }

  /** The end of an empty group that is deleted. */
  die(): void {
    this.#state = 'Dead';
    this.#phaseTimer?.cancel();
    for (const memberId of [...this.#pendingMembers.keys()]) this.#forgetPending(memberId);
  }

  #refuseJoin(request: JoinRequest): ErrorCode {
    if (this.#state === 'Dead') return ErrorCode.coordinatorNotAvailable;
    const others = this.members.filter(({ memberId }) => memberId !== request.memberId);
    if (request.protocolType === '' || request.protocols.length === 0) {
      return ErrorCode.inconsistentGroupProtocol;
    }
    if (others.length === 0) return ErrorCode.none;
    const shared = request.protocols.some(({ name }) => others.every((member) => member.supports(name)));
    const fits = shared && request.protocolType === this.#protocolType;
    return fits ? ErrorCode.none : ErrorCode.inconsistentGroupProtocol;
  }

  #promiseMembership(memberId: string, request: JoinRequest): JoinResult {
    const expiry = this.#options.clock.after(request.sessionTimeoutMs, () => {
      this.#forgetPending(memberId);
      this.#completeJoinIfAllAreThere();
    });
    this.#pendingMembers.set(memberId, expiry);
    return joinError(ErrorCode.memberIdRequired, memberId);
  }

  #joinKnown(request: JoinRequest): Promise<JoinResult> {
    const { memberId } = request;
    if (this.#pendingMembers.has(memberId)) {
      this.#forgetPending(memberId);
      return this.#addMember(memberId, request);
    }
    const owner =
      request.groupInstanceId === null ? memberId : this.#staticMembers.get(request.groupInstanceId);
    if (owner !== undefined && owner !== memberId) {
      return Promise.resolve(joinError(ErrorCode.fencedInstanceId, memberId));
    }
    const member = this.#members.get(memberId);
    if (!member) return Promise.resolve(joinError(ErrorCode.unknownMemberId, memberId));
    return this.#rejoin(member, request);
  }

  #rejoin(member: GroupMember, request: JoinRequest): Promise<JoinResult> {
    const unchanged = member.hasSameProtocols(request.protocols);
    const isLeader = member.memberId === this.#leader;
    // A lost answer is given again; a leader who joins again in Stable wants a rebalance (say, of new topics).
    if (unchanged && (this.#state === 'CompletingRebalance' || (this.#state === 'Stable' && !isLeader))) {
      this.#startSession(member);
      return Promise.resolve(this.#joinResult(member));
    }
    member.update(request);
    return this.#waitForOthers(member);
  }

  #addMember(memberId: string, request: JoinRequest): Promise<JoinResult> {
    const member = new GroupMember(memberId, request);
    if (this.#members.size === 0) {
      this.#protocolType = request.protocolType;
      this.#leader = memberId;
      this.#initialDelayUntil = this.#options.clock.now() + member.rebalanceTimeoutMs;
    }
    this.#members.set(memberId, member);
    if (request.groupInstanceId !== null) this.#staticMembers.set(request.groupInstanceId, memberId);
    return this.#waitForOthers(member);
  }

  /** A static member that restarted takes its old place under a new id; if nothing changed, without a rebalance. */
  #replaceStatic(oldId: string, request: JoinRequest): Promise<JoinResult> {
    const old = this.#members.get(oldId);
    const memberId = this.#options.newMemberId(request.groupInstanceId ?? '');
    if (!old) return this.#addMember(memberId, request);
    const member = new GroupMember(memberId, request);
    member.assignment = old.assignment;
    this.#members.delete(oldId);
    this.#members.set(memberId, member);
    if (request.groupInstanceId !== null) this.#staticMembers.set(request.groupInstanceId, memberId);
    this.#dismiss(old, ErrorCode.fencedInstanceId);
    const oldLeader = this.#leader;
    if (oldLeader === oldId) this.#leader = memberId;
    if (this.#state !== 'Stable' || !old.hasSameProtocols(request.protocols))
      return this.#waitForOthers(member);
    this.#startSession(member);
    // Told that the leader is the old id, the member does not assign: it fetches what it had (KIP-345).
    return Promise.resolve({ ...this.#joinResult(member), leader: oldLeader, members: [] });
  }

  #waitForOthers(member: GroupMember): Promise<JoinResult> {
    member.session?.cancel();
    const answer = member.awaitJoin(joinError(ErrorCode.unknownMemberId, member.memberId));
    if (this.#state !== 'PreparingRebalance') this.#prepareRebalance();
    else this.#completeJoinIfAllAreThere();
    return answer;
  }

  #prepareRebalance(): void {
    const { clock, initialRebalanceDelayMs, onRebalance } = this.#options;
    const wasEmpty = this.#state === 'Empty';
    for (const member of this.#members.values()) {
      member.answerSync(syncError(ErrorCode.rebalanceInProgress));
    }
    this.#state = 'PreparingRebalance';
    this.#phaseTimer?.cancel();
    if (wasEmpty && initialRebalanceDelayMs > 0) {
      this.#waitInitially(this.#members.size);
      return;
    }
    this.#initialDelayUntil = 0;
    this.#phaseTimer = clock.after(this.#rebalanceTimeoutMs, () => this.#completeJoin());
    this.#completeJoinIfAllAreThere();
    if (this.#state === 'PreparingRebalance') onRebalance(this);
  }

  /** The initial delay begins anew while members keep coming, up to the rebalance time-out. */
  #waitInitially(membersBefore: number): void {
    const { clock, initialRebalanceDelayMs } = this.#options;
    const left = this.#initialDelayUntil - clock.now();
    this.#phaseTimer = clock.after(Math.max(0, Math.min(initialRebalanceDelayMs, left)), () => {
      const hasMore = this.#members.size > membersBefore;
      if (hasMore && this.#initialDelayUntil > clock.now()) this.#waitInitially(this.#members.size);
      else this.#completeJoin();
    });
  }

  #completeJoinIfAllAreThere(): void {
    if (this.#state !== 'PreparingRebalance' || this.#pendingMembers.size > 0) return;
    if (this.#initialDelayUntil > 0 && this.#members.size > 0) return;
    if (this.members.every((member) => member.isAwaitingJoin)) this.#completeJoin();
  }

  #completeJoin(): void {
    this.#phaseTimer?.cancel();
    this.#initialDelayUntil = 0;
    for (const member of this.members) {
      if (!member.isAwaitingJoin && member.groupInstanceId === null) this.#forget(member);
    }
    this.#generationId += 1;
    if (this.#members.size === 0) {
      this.#becomeEmpty();
      return;
    }
    this.#state = 'CompletingRebalance';
    this.#protocolName = this.#chooseProtocol();
    if (!this.#members.get(this.#leader)?.isAwaitingJoin) this.#leader = this.#electLeader();
    for (const member of this.members) {
      member.answerJoin(this.#joinResult(member));
      this.#startSession(member);
    }
    this.#phaseTimer = this.#options.clock.after(this.#rebalanceTimeoutMs, () => this.#dropUnsynced());
  }

  /** The leader or others did not sync in time (KAFKA-13421): they go, and the rest tries again. */
  #dropUnsynced(): void {
    for (const member of this.members) if (!member.isAwaitingSync) this.#forget(member);
    if (this.#members.size === 0) this.#becomeEmpty();
    else this.#prepareRebalance();
  }

  #assign(assignments: ReadonlyMap<string, Buffer>): void {
    this.#phaseTimer?.cancel();
    this.#state = 'Stable';
    for (const member of this.#members.values()) {
      // A copy: the assignment outlives the request it came with.
      member.assignment = Buffer.from(assignments.get(member.memberId) ?? noAssignment);
      member.answerSync({ errorCode: ErrorCode.none, assignment: member.assignment });
    }
  }

  #removeMember(member: GroupMember): void {
    this.#forget(member);
    if (this.#state === 'Stable' || this.#state === 'CompletingRebalance') {
      if (this.#members.size === 0) {
        this.#phaseTimer?.cancel();
        this.#generationId += 1;
        this.#becomeEmpty();
      } else this.#prepareRebalance();
    } else this.#completeJoinIfAllAreThere();
  }

  #forget(member: GroupMember): void {
    this.#members.delete(member.memberId);
    if (member.groupInstanceId !== null) this.#staticMembers.delete(member.groupInstanceId);
    this.#dismiss(member, ErrorCode.unknownMemberId);
    if (this.#leader === member.memberId) this.#leader = this.members[0]?.memberId ?? '';
  }

  #dismiss(member: GroupMember, error: ErrorCode): void {
    member.session?.cancel();
    member.answerJoin(joinError(error, member.memberId));
    member.answerSync(syncError(error));
  }

  #becomeEmpty(): void {
    this.#state = 'Empty';
    this.#protocolName = '';
    this.#leader = '';
  }

  #forgetPending(memberId: string): void {
    this.#pendingMembers.get(memberId)?.cancel();
    this.#pendingMembers.delete(memberId);
  }

  #startSession(member: GroupMember): void {
    member.session?.cancel();
    member.session = this.#options.clock.after(member.sessionTimeoutMs, () => {
      // Who waits for the others' join is alive by definition: it cannot send heartbeats meanwhile.
      if (!member.isAwaitingJoin) this.#removeMember(member);
    });
  }

  #joinResult(member: GroupMember): JoinResult {
    const isLeader = member.memberId === this.#leader;
    return {
      errorCode: ErrorCode.none,
      generationId: this.#generationId,
      protocolName: this.#protocolName,
      leader: this.#leader,
      memberId: member.memberId,
      members: isLeader ? this.members.map((each) => this.#introduce(each)) : [],
    };
  }

  #introduce(member: GroupMember): JoinResult['members'][number] {
    const { memberId, groupInstanceId } = member;
    return { memberId, groupInstanceId, metadata: member.metadataFor(this.#protocolName) };
  }

  /** Each member votes for the first of its protocols that all support; the most votes win. */
  #chooseProtocol(): string {
    const votes = new Map<string, number>();
    for (const member of this.members) {
      const choice = member.protocols.find(({ name }) => this.members.every((other) => other.supports(name)));
      if (choice) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1);
    }
    return [...votes].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
  }

  #electLeader(): string {
    return this.members.find((member) => member.isAwaitingJoin)?.memberId ?? this.members[0]?.memberId ?? '';
  }

  get #rebalanceTimeoutMs(): number {
    return Math.max(0, ...this.members.map(({ rebalanceTimeoutMs }) => rebalanceTimeoutMs));
  }
}

function joinError(errorCode: ErrorCode, memberId: string): JoinResult {
  return { errorCode, generationId: -1, protocolName: '', leader: '', memberId, members: [] };
}

function syncError(errorCode: ErrorCode): SyncResult {
  return { errorCode, assignment: noAssignment };
}
