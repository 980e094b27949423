import { ErrorCode } from '../error-code';
import type { Timer } from './clock';
import type { GroupMember, JoinRequest } from './group-member';

/** Which member speaks: `groupInstanceId` for static members (KIP-345). */
export interface MemberIdentity {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

/** Who belongs to a group, and who was promised to. */
export class Membership {
  readonly #members = new Map<string, GroupMember>();
  readonly #static = new Map<string, string>();
  /** Ids handed out (error 79) whose owners have not joined with them yet, each with its expiry. */
  readonly #promised = new Map<string, Timer>();

  get size(): number {
    return this.#members.size;
  }

  get hasPromised(): boolean {
    return this.#promised.size > 0;
  }

  /** In the order in which they joined. */
  all(): GroupMember[] {
    return [...this.#members.values()];
  }

  get(memberId: string): GroupMember | undefined {
    return this.#members.get(memberId);
  }

  /** The static member of that instance id; undefined too when there is no instance id. */
  getStatic(groupInstanceId: string | null): GroupMember | undefined {
    const memberId = groupInstanceId === null ? undefined : this.#static.get(groupInstanceId);
    return memberId === undefined ? undefined : this.#members.get(memberId);
  }

  add(member: GroupMember): void {
    this.#members.set(member.memberId, member);
    if (member.groupInstanceId !== null) this.#static.set(member.groupInstanceId, member.memberId);
  }

  remove(member: GroupMember): void {
    this.#members.delete(member.memberId);
    const { groupInstanceId } = member;
    if (groupInstanceId !== null && this.#static.get(groupInstanceId) === member.memberId) {
      this.#static.delete(groupInstanceId);
    }
  }

  promise(memberId: string, expiry: Timer): void {
    this.#promised.set(memberId, expiry);
  }

  /** Ends a promise, kept or not. @returns whether there was one */
  redeem(memberId: string): boolean {
    this.#promised.get(memberId)?.cancel();
    return this.#promised.delete(memberId);
  }

  forgetPromises(): void {
    for (const memberId of [...this.#promised.keys()]) this.redeem(memberId);
  }

  /** The member that speaks, or the error for who is not, or not any more. */
  identify({ memberId, groupInstanceId }: MemberIdentity): GroupMember | ErrorCode {
    if (groupInstanceId !== null) {
      const owner = this.getStatic(groupInstanceId);
      if (!owner) return ErrorCode.unknownMemberId;
      if (owner.memberId !== memberId) return ErrorCode.fencedInstanceId;
    }
    return this.#members.get(memberId) ?? ErrorCode.unknownMemberId;
  }

  /** Whether who wants to join shares a protocol with all the others. */
  canAgreeWith({ memberId, protocols }: JoinRequest): boolean {
    const others = this.all().filter((member) => member.memberId !== memberId);
    return protocols.some(({ name }) => others.every((member) => member.supports(name)));
  }

  /** Each member votes for the first of its protocols that all support; the most votes win. */
  chooseProtocol(): string {
    const votes = new Map<string, number>();
    for (const { protocols } of this.all()) {
      const choice = protocols.find(({ name }) => this.all().every((member) => member.supports(name)));
      if (choice) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1);
    }
    return [...votes].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
  }

  /** How long a rebalance waits for its members: as long as the most patient of them. */
  get rebalanceTimeoutMs(): number {
    return Math.max(0, ...this.all().map(({ rebalanceTimeoutMs }) => rebalanceTimeoutMs));
  }
}
