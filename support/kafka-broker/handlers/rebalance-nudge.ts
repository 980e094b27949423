import type { Group } from '../state/group';
import type { GroupMember } from '../state/group-member';
import { decodeAssignment } from '../wire/consumer-protocol';
import type { BrokerContext } from './request-context';

/** Who fetches what. */
export interface Fetching {
  readonly clientId: string;
  readonly clientHost: string;
  readonly topics: ReadonlyArray<{
    readonly topic: string;
    readonly partitions: ReadonlyArray<{ partition: number }>;
  }>;
}

/**
 * "Fast rebalance": while a group waits for a member to join again, that member's fetch is answered with error 6
 * instead of waiting. kafkajs then refreshes its metadata and joins again at once; otherwise it would learn of the
 * rebalance from its next heartbeat only, up to three seconds later. Other clients just refresh their metadata.
 *
 * A fetch does not say to which member it belongs. It is taken to be a member's when client id and host are the same
 * and it fetches only partitions assigned to that member, and if this is true for no other member of any group:
 * a wrong guess could make two groups rebalance each other forever. Each member is nudged once per generation.
 */
export class RebalanceNudge {
  readonly #nudged = new WeakMap<GroupMember, number>();

  /** Whether this fetch has to be answered with error 6 now. Counts as the member's nudge if so. */
  take(fetching: Fetching, { groups, settings }: BrokerContext): boolean {
    if (!settings.fastRebalance || !groups.all().some(isPreparing)) return false;
    const owners = groups.all().flatMap((group) => ownersIn(group, fetching));
    const [owner] = owners;
    if (!owner || owners.length > 1) return false;
    const { group, member } = owner;
    if (!isPreparing(group) || member.isAwaitingJoin) return false;
    if (this.#nudged.get(member) === group.generationId) return false;
    this.#nudged.set(member, group.generationId);
    return true;
  }
}

function isPreparing(group: Group): boolean {
  return group.state === 'PreparingRebalance';
}

function ownersIn(group: Group, fetching: Fetching): Array<{ group: Group; member: GroupMember }> {
  if (group.protocolType !== 'consumer') return [];
  return group.members
    .filter(
      ({ clientId, clientHost }) => clientId === fetching.clientId && clientHost === fetching.clientHost,
    )
    .filter((member) => covers(member, fetching))
    .map((member) => ({ group, member }));
}

function covers(member: GroupMember, { topics }: Fetching): boolean {
  const assigned = new Map(decodeAssignment(member.assignment).map((each) => [each.topic, each.partitions]));
  if (topics.length === 0) return false;
  return topics.every(({ topic, partitions }) => {
    const own = assigned.get(topic) ?? [];
    return partitions.every(({ partition }) => own.includes(partition));
  });
}
