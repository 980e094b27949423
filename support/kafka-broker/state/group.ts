import { ErrorCode } from '../error-code';
import type { Clock, Timer } from './clock';
import { GroupMember, type JoinRequest, type JoinResult, type SyncResult } from './group-member';
import { GroupOffsets } from './group-offsets';
import { type MemberIdentity, Membership } from './membership';

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

export interface GroupOptions {
  readonly clock: Clock;
  /** How long a group that was empty waits for more members before its first generation. */
  readonly initialRebalanceDelayMs: number;
  readonly newMemberId: (clientId: string) => string;
  /** Members have to join again, and some have not done so yet. */
  readonly onRebalance: (group: Group) => void;
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
  readonly #membership = new Membership();
  #state: GroupState = 'Empty';
  #generationId = 0;
  #protocolType = '';
  #protocolName = '';
  #leader = '';
  /** The end of waiting for joins, or for syncs. */
  #phaseTimer: Timer | undefined;
  /** Until when the initial delay may be prolonged; 0 when there is none. */
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
    return this.#membership.all();
  }

  /** Answers at once, or when all members have joined or had their chance to. */
  join(request: JoinRequest): Promise<JoinResult> {
    const refused = this.#refuseJoin(request);
    if (refused !== ErrorCode.none) return Promise.resolve(joinError(refused, request.memberId));
    if (request.memberId !== '') return this.#joinKnown(request);
    const memberId = this.#options.newMemberId(request.groupInstanceId ?? request.clientId);
    const predecessor = this.#membership.getStatic(request.groupInstanceId);
    if (predecessor) return this.#replaceStatic(predecessor, new GroupMember(memberId, request));
    if (request.requireKnownMemberId && request.groupInstanceId === null) {
      return Promise.resolve(this.#promiseMembership(memberId, request));
    }
    return this.#addMember(new GroupMember(memberId, request), request.protocolType);
  }

  /** Answers when the leader has assigned. `assignments` is empty but for the leader. */
  sync(
    identity: MemberIdentity,
    generationId: number,
    assignments: ReadonlyMap<string, Buffer>,
  ): Promise<SyncResult> {
    const error = this.#check(identity, generationId);
    const member = this.#membership.get(identity.memberId);
    if (error !== ErrorCode.none || !member) return Promise.resolve(syncError(error));
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
    const error = this.#check(identity, generationId);
    if (error !== ErrorCode.none) return error;
    return this.#state === 'PreparingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  /** A static member may leave by its instance id alone. */
  leave(identity: MemberIdentity): ErrorCode {
    if (this.#state === 'Dead') return ErrorCode.coordinatorNotAvailable;
    if (this.#membership.redeem(identity.memberId)) {
      this.#completeJoinIfAllAreThere();
      return ErrorCode.none;
    }
    const byInstance = identity.memberId === '' && this.#membership.getStatic(identity.groupInstanceId);
    const member = byInstance || this.#membership.identify(identity);
    if (typeof member === 'number') return member;
    this.#removeMember(member);
    return ErrorCode.none;
  }

  /** Whether offsets may be committed by this member now. -1 and no member: by whoever assigned himself. */
  checkCommit(identity: MemberIdentity, generationId: number): ErrorCode {
    if (generationId < 0 && this.#state === 'Empty') return ErrorCode.none;
    const error = this.#check(identity, generationId);
    if (error !== ErrorCode.none) return error;
    return this.#state === 'CompletingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  /**
   * Who waits here is told to look for the coordinator. A real one that takes over knows what was written of the group: those who
   * have not been assigned to yet are nobody to it, and the sessions of the others begin anew.
   */
  coordinatorMoved(): void {
    this.#membership.forgetPromises();
    for (const member of this.members) {
      member.answerJoin(joinError(ErrorCode.notCoordinator, member.memberId));
      member.answerSync(syncError(ErrorCode.notCoordinator));
      if (member.wasAssigned) this.#startSession(member);
      else this.#forget(member);
    }
    if (this.#membership.size > 0) return;
    this.#phaseTimer?.cancel();
    if (this.#state !== 'Dead') this.#becomeEmpty();
  }

  /** All members have to join again. @throws when there are none */
  forceRebalance(): void {
    if (this.#membership.size === 0) throw new Error(`group "${this.groupId}" has no members`);
    if (this.#state !== 'PreparingRebalance') this.#prepareRebalance();
  }

  /** Removes a member, whatever it is doing. */
  expel(member: GroupMember): void {
    this.#removeMember(member);
  }

  /** The end of an empty group that is deleted. */
  die(): void {
    this.#state = 'Dead';
    this.#phaseTimer?.cancel();
    this.#membership.forgetPromises();
  }

  /** Whether this is a member, of this generation. If so, its session begins anew: it is alive. */
  #check(identity: MemberIdentity, generationId: number): ErrorCode {
    if (this.#state === 'Dead') return ErrorCode.coordinatorNotAvailable;
    const member = this.#membership.identify(identity);
    if (typeof member === 'number') return member;
    if (generationId !== this.#generationId) return ErrorCode.illegalGeneration;
    this.#startSession(member);
    return ErrorCode.none;
  }

  #refuseJoin(request: JoinRequest): ErrorCode {
    if (this.#state === 'Dead') return ErrorCode.coordinatorNotAvailable;
    const isEmpty = this.#membership.size === 0;
    const hasProtocol = request.protocolType !== '' && request.protocols.length > 0;
    const isSameType = isEmpty || request.protocolType === this.#protocolType;
    const fits = hasProtocol && isSameType && this.#membership.canAgreeWith(request);
    return fits ? ErrorCode.none : ErrorCode.inconsistentGroupProtocol;
  }

  #promiseMembership(memberId: string, request: JoinRequest): JoinResult {
    const expiry = this.#options.clock.after(request.sessionTimeoutMs, () => {
      this.#membership.redeem(memberId);
      this.#completeJoinIfAllAreThere();
    });
    this.#membership.promise(memberId, expiry);
    return joinError(ErrorCode.memberIdRequired, memberId);
  }

  #joinKnown(request: JoinRequest): Promise<JoinResult> {
    const { memberId, protocolType } = request;
    if (this.#membership.redeem(memberId)) {
      return this.#addMember(new GroupMember(memberId, request), protocolType);
    }
    const member = this.#membership.identify(request);
    if (typeof member === 'number') return Promise.resolve(joinError(member, memberId));
    const isUnchanged = member.hasSameProtocols(request.protocols);
    const isLeader = memberId === this.#leader;
    // A lost answer is given again; a leader who joins again in Stable wants a rebalance (say, of new topics).
    if (isUnchanged && (this.#state === 'CompletingRebalance' || (this.#state === 'Stable' && !isLeader))) {
      this.#startSession(member);
      return Promise.resolve(this.#joinResult(member));
    }
    member.update(request);
    return this.#waitForOthers(member);
  }

  #addMember(member: GroupMember, protocolType: string): Promise<JoinResult> {
    if (this.#membership.size === 0) {
      this.#protocolType = protocolType;
      this.#leader = member.memberId;
      this.#initialDelayUntil = this.#options.clock.now() + member.rebalanceTimeoutMs;
    }
    this.#membership.add(member);
    return this.#waitForOthers(member);
  }

  /** A static member that restarted takes its old place under a new id; if nothing changed, without a rebalance. */
  #replaceStatic(old: GroupMember, member: GroupMember): Promise<JoinResult> {
    member.assignment = old.assignment;
    member.wasAssigned = old.wasAssigned;
    this.#membership.remove(old);
    this.#membership.add(member);
    dismiss(old, ErrorCode.fencedInstanceId);
    const oldLeader = this.#leader;
    if (oldLeader === old.memberId) this.#leader = member.memberId;
    if (this.#state !== 'Stable' || !old.hasSameProtocols(member.protocols)) {
      return this.#waitForOthers(member);
    }
    this.#startSession(member);
    // Told that the leader is the old id, the member does not assign: it fetches what it had (KIP-345).
    return Promise.resolve({ ...this.#joinResult(member), leader: oldLeader, members: [] });
  }

  #waitForOthers(member: GroupMember): Promise<JoinResult> {
    // Who waits is alive by definition: it cannot send heartbeats meanwhile.
    member.session?.cancel();
    const answer = member.awaitJoin(joinError(ErrorCode.unknownMemberId, member.memberId));
    if (this.#state !== 'PreparingRebalance') this.#prepareRebalance();
    else this.#completeJoinIfAllAreThere();
    return answer;
  }

  #prepareRebalance(): void {
    const { clock, initialRebalanceDelayMs, onRebalance } = this.#options;
    const wasEmpty = this.#state === 'Empty';
    for (const member of this.members) member.answerSync(syncError(ErrorCode.rebalanceInProgress));
    this.#state = 'PreparingRebalance';
    this.#phaseTimer?.cancel();
    if (wasEmpty && initialRebalanceDelayMs > 0) {
      this.#waitInitially(this.#membership.size);
      return;
    }
    this.#initialDelayUntil = 0;
    this.#phaseTimer = clock.after(this.#membership.rebalanceTimeoutMs, () => this.#completeJoin());
    this.#completeJoinIfAllAreThere();
    if (this.#state === 'PreparingRebalance') onRebalance(this);
  }

  /** The initial delay begins anew while members keep coming, up to the rebalance time-out. */
  #waitInitially(membersBefore: number): void {
    const { clock, initialRebalanceDelayMs } = this.#options;
    const left = Math.max(0, this.#initialDelayUntil - clock.now());
    this.#phaseTimer = clock.after(Math.min(initialRebalanceDelayMs, left), () => {
      const { size } = this.#membership;
      if (size > membersBefore && this.#initialDelayUntil > clock.now()) this.#waitInitially(size);
      else this.#completeJoin();
    });
  }

  #completeJoinIfAllAreThere(): void {
    if (this.#state !== 'PreparingRebalance' || this.#membership.hasPromised) return;
    if (this.#initialDelayUntil > 0 && this.#membership.size > 0) return;
    if (this.members.every((member) => member.isAwaitingJoin)) this.#completeJoin();
  }

  /** The next generation, without those who did not come. Static members keep their place until their session ends. */
  #completeJoin(): void {
    this.#phaseTimer?.cancel();
    this.#initialDelayUntil = 0;
    for (const member of this.members) {
      if (!member.isAwaitingJoin && member.groupInstanceId === null) this.#forget(member);
    }
    this.#generationId += 1;
    if (this.#membership.size === 0) {
      this.#becomeEmpty();
      return;
    }
    this.#state = 'CompletingRebalance';
    this.#protocolName = this.#membership.chooseProtocol();
    if (!this.#membership.get(this.#leader)?.isAwaitingJoin) this.#electLeader();
    for (const member of this.members) {
      member.answerJoin(this.#joinResult(member));
      this.#startSession(member);
    }
    const { clock } = this.#options;
    this.#phaseTimer = clock.after(this.#membership.rebalanceTimeoutMs, () => this.#dropUnsynced());
  }

  /** The leader or others did not sync in time (KAFKA-13421): they go, and the rest tries again. */
  #dropUnsynced(): void {
    for (const member of this.members) if (!member.isAwaitingSync) this.#forget(member);
    if (this.#membership.size === 0) this.#becomeEmpty();
    else this.#prepareRebalance();
  }

  #assign(assignments: ReadonlyMap<string, Buffer>): void {
    this.#phaseTimer?.cancel();
    this.#state = 'Stable';
    for (const member of this.members) {
      // A copy: the assignment outlives the request it came with.
      member.assignment = Buffer.from(assignments.get(member.memberId) ?? noAssignment);
      member.wasAssigned = true;
      member.answerSync({ errorCode: ErrorCode.none, assignment: member.assignment });
    }
  }

  #removeMember(member: GroupMember): void {
    this.#forget(member);
    if (this.#state === 'PreparingRebalance') this.#completeJoinIfAllAreThere();
    else this.#prepareRebalance();
  }

  #forget(member: GroupMember): void {
    this.#membership.remove(member);
    dismiss(member, ErrorCode.unknownMemberId);
    if (this.#leader === member.memberId) this.#electLeader();
  }

  #electLeader(): void {
    const members = this.members;
    this.#leader = (members.find(({ isAwaitingJoin }) => isAwaitingJoin) ?? members[0])?.memberId ?? '';
  }

  #becomeEmpty(): void {
    this.#state = 'Empty';
    this.#protocolName = '';
  }

  #startSession(member: GroupMember): void {
    member.session?.cancel();
    if (member.isAwaitingJoin) return;
    member.session = this.#options.clock.after(member.sessionTimeoutMs, () => this.#removeMember(member));
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
}

function dismiss(member: GroupMember, error: ErrorCode): void {
  member.session?.cancel();
  member.answerJoin(joinError(error, member.memberId));
  member.answerSync(syncError(error));
}

function joinError(errorCode: ErrorCode, memberId: string): JoinResult {
  return { errorCode, generationId: -1, protocolName: '', leader: '', memberId, members: [] };
}

function syncError(errorCode: ErrorCode): SyncResult {
  return { errorCode, assignment: noAssignment };
}
