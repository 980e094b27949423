import assert from 'node:assert/strict';
import test from 'node:test';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { Group } from '../../support/kafka-broker/state/group';
import type { JoinRequest, JoinResult } from '../../support/kafka-broker/state/group-member';
import { ManualClock } from './manual-clock';

function groupWith({ initialRebalanceDelayMs = 0 } = {}) {
  const clock = new ManualClock();
  const rebalances: number[] = [];
  let ids = 0;
  const group = new Group('g', {
    clock,
    initialRebalanceDelayMs,
    newMemberId: (clientId) => `${clientId}-${++ids}`,
    onRebalance: ({ generationId }) => rebalances.push(generationId),
  });
  return { clock, group, rebalances };
}

const base: JoinRequest = {
  memberId: '',
  groupInstanceId: null,
  clientId: 'c',
  clientHost: '/test',
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 30_000,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.from('topics') }],
  requireKnownMemberId: false,
};

const who = (memberId: string, groupInstanceId: string | null = null) => ({ memberId, groupInstanceId });

/** Joined and synced by its leader, with itself as the assignment of each member. */
async function settle(group: Group, joining: Array<Promise<JoinResult>>): Promise<JoinResult[]> {
  const joined = await Promise.all(joining);
  const assignments = new Map(joined.map(({ memberId }) => [memberId, Buffer.from(memberId)]));
  const syncs = joined.map(({ memberId, leader, generationId }) =>
    group.sync(who(memberId), generationId, memberId === leader ? assignments : new Map()),
  );
  for (const { errorCode } of await Promise.all(syncs)) assert.equal(errorCode, ErrorCode.none);
  assert.equal(group.state, 'Stable');
  return joined;
}

test('a new member is told its id first when the version asks for it', async () => {
  const { group } = groupWith();
  const request = { ...base, requireKnownMemberId: true };
  const told = await group.join(request);
  assert.equal(told.errorCode, ErrorCode.memberIdRequired);
  assert.equal(group.state, 'Empty');
  const joined = await group.join({ ...request, memberId: told.memberId });
  assert.equal(joined.errorCode, ErrorCode.none);
  assert.equal(joined.leader, told.memberId);
  assert.equal(joined.generationId, 1);
});

test('members only go to the leader, and each gets its own assignment', async () => {
  const { group } = groupWith();
  const [first] = await settle(group, [group.join(base)]);
  const second = group.join(base);
  assert.equal(group.state, 'PreparingRebalance');
  const [leader, follower] = await settle(group, [
    group.join({ ...base, memberId: first!.memberId }),
    second,
  ]);
  assert.equal(leader!.members.length, 2);
  assert.equal(follower!.members.length, 0);
  assert.equal(follower!.leader, first!.memberId);
  const again = await group.sync(who(follower!.memberId), follower!.generationId, new Map());
  assert.equal(String(again.assignment), follower!.memberId);
});

test('members learn of a rebalance from heartbeat, sync and commit', async () => {
  const { group, rebalances } = groupWith();
  const [first] = await settle(group, [group.join(base)]);
  const { memberId, generationId } = first!;
  void group.join(base);
  assert.deepEqual(rebalances, [1]);
  assert.equal(group.heartbeat(who(memberId), generationId), ErrorCode.rebalanceInProgress);
  assert.equal(
    (await group.sync(who(memberId), generationId, new Map())).errorCode,
    ErrorCode.rebalanceInProgress,
  );
  assert.equal(
    group.checkCommit(who(memberId), generationId),
    ErrorCode.none,
    'what was read may be committed',
  );
});

test('strangers and members of the past are refused', async () => {
  const { group } = groupWith();
  const [{ memberId, generationId }] = (await settle(group, [group.join(base)])) as [JoinResult];
  assert.equal(group.heartbeat(who('nobody'), generationId), ErrorCode.unknownMemberId);
  assert.equal(group.heartbeat(who(memberId), generationId - 1), ErrorCode.illegalGeneration);
  assert.equal(group.checkCommit(who(''), -1), ErrorCode.unknownMemberId);
  assert.equal((await group.join({ ...base, memberId: 'nobody' })).errorCode, ErrorCode.unknownMemberId);
  const alien = { ...base, protocols: [{ name: 'alien', metadata: Buffer.alloc(0) }] };
  assert.equal((await group.join(alien)).errorCode, ErrorCode.inconsistentGroupProtocol);
  assert.equal(
    (await group.join({ ...base, protocolType: 'connect' })).errorCode,
    ErrorCode.inconsistentGroupProtocol,
  );
});

test('a silent member is removed after its session time-out, and heartbeats keep it', async () => {
  const { group, clock } = groupWith();
  const [{ memberId, generationId }] = (await settle(group, [group.join(base)])) as [JoinResult];
  clock.advance(9_999);
  assert.equal(group.heartbeat(who(memberId), generationId), ErrorCode.none);
  clock.advance(9_999);
  assert.equal(group.members.length, 1);
  clock.advance(1);
  assert.equal(group.state, 'Empty');
  assert.equal(group.heartbeat(who(memberId), generationId), ErrorCode.unknownMemberId);
  assert.equal(clock.pending, 0);
});

test('a rebalance goes on without the member that does not join in time', async () => {
  const { group, clock } = groupWith();
  const [first] = await settle(group, [group.join({ ...base, sessionTimeoutMs: 60_000 })]);
  const second = group.join(base);
  clock.advance(30_000);
  const joined = await second;
  assert.deepEqual(
    joined.members.map(({ memberId }) => memberId),
    [joined.memberId],
  );
  assert.equal(group.heartbeat(who(first!.memberId), 2), ErrorCode.unknownMemberId);
});

test('members that do not sync in time are removed, and the others try again', async () => {
  const { group, clock } = groupWith();
  const patient = { ...base, sessionTimeoutMs: 60_000 };
  const [first] = await settle(group, [group.join(patient)]);
  const second = group.join(patient);
  const [, follower] = await Promise.all([group.join({ ...patient, memberId: first!.memberId }), second]);
  const sync = group.sync(who(follower!.memberId), 2, new Map());
  clock.advance(30_000);
  assert.equal((await sync).errorCode, ErrorCode.rebalanceInProgress);
  assert.deepEqual(
    group.members.map(({ memberId }) => memberId),
    [follower!.memberId],
  );
});

test('a follower that joins again unchanged gets its generation; the leader starts a rebalance', async () => {
  const { group } = groupWith();
  const [first] = await settle(group, [group.join(base)]);
  const second = group.join(base);
  const [leader, follower] = await settle(group, [
    group.join({ ...base, memberId: first!.memberId }),
    second,
  ]);
  const again = await group.join({ ...base, memberId: follower!.memberId });
  assert.equal(again.generationId, follower!.generationId);
  assert.equal(group.state, 'Stable');
  void group.join({ ...base, memberId: leader!.memberId });
  assert.equal(group.state, 'PreparingRebalance');
});

test('leaving starts a rebalance for the others, and empties the group in the end', async () => {
  const { group, clock } = groupWith();
  const [first] = await settle(group, [group.join(base)]);
  const second = group.join(base);
  const [leader, follower] = await settle(group, [
    group.join({ ...base, memberId: first!.memberId }),
    second,
  ]);
  assert.equal(group.leave(who(leader!.memberId)), ErrorCode.none);
  assert.equal(group.state, 'PreparingRebalance');
  assert.equal(group.leave(who(leader!.memberId)), ErrorCode.unknownMemberId);
  assert.equal(group.leave(who(follower!.memberId)), ErrorCode.none);
  assert.equal(group.state, 'Empty');
  assert.equal(clock.pending, 0);
});

test('the initial delay lets members gather in the first generation', async () => {
  const { group, clock } = groupWith({ initialRebalanceDelayMs: 3_000 });
  const first = group.join(base);
  clock.advance(2_000);
  const second = group.join(base);
  clock.advance(1_000);
  assert.equal(group.state, 'PreparingRebalance', 'a member came, so the delay began anew');
  clock.advance(3_000);
  const joined = await Promise.all([first, second]);
  assert.deepEqual(
    joined.map(({ generationId }) => generationId),
    [1, 1],
  );
});

test('a static member that restarts keeps its place without a rebalance, and fences its old self', async () => {
  const { group } = groupWith();
  const request = { ...base, groupInstanceId: 'host-1', requireKnownMemberId: true };
  const joined = await group.join(request);
  const old = who(joined.memberId, 'host-1');
  await group.sync(old, 1, new Map([[joined.memberId, Buffer.from('mine')]]));
  const restarted = await group.join(request);
  assert.equal(restarted.errorCode, ErrorCode.none);
  assert.equal(restarted.generationId, 1);
  assert.equal(group.state, 'Stable');
  assert.equal(group.heartbeat(old, 1), ErrorCode.fencedInstanceId);
  const synced = await group.sync(who(restarted.memberId, 'host-1'), 1, new Map());
  assert.equal(String(synced.assignment), 'mine');
  assert.equal(group.leave(who('', 'host-1')), ErrorCode.none);
  assert.equal(group.state, 'Empty');
});

test('a promised member that never joins holds up nobody for longer than its session', async () => {
  const { group, clock } = groupWith();
  const [first] = await settle(group, [group.join({ ...base, sessionTimeoutMs: 60_000 })]);
  await group.join({ ...base, requireKnownMemberId: true });
  const again = group.join({ ...base, sessionTimeoutMs: 60_000, memberId: first!.memberId });
  assert.equal(group.state, 'PreparingRebalance');
  clock.advance(10_000);
  assert.equal((await again).generationId, 2);
});

test('a member that was joining as its coordinator moved, and comes back as another, holds up nobody', async () => {
  const { clock, group } = groupWith();
  const [first] = await settle(group, [group.join(base)]);
  const abandoned = group.join(base);
  group.coordinatorMoved();
  assert.equal((await abandoned).errorCode, ErrorCode.notCoordinator);
  assert.deepEqual(
    group.members.map(({ memberId }) => memberId),
    [first!.memberId],
    'a coordinator that takes over does not know who had no assignment yet',
  );
  const newcomer = group.join(base);
  await settle(group, [newcomer, group.join({ ...base, memberId: first!.memberId })]);
  assert.equal(group.members.length, 2);
  group.coordinatorMoved();
  clock.advance(10_000);
  assert.equal(group.state, 'Empty');
});

test('members that were joining as their coordinator moved have a session to come back in', async () => {
  const { clock, group } = groupWith();
  const [alone] = await settle(group, [group.join(base)]);
  const newcomer = group.join(base);
  const [second, first] = await settle(group, [newcomer, group.join({ ...base, memberId: alone!.memberId })]);
  assert.equal(group.members.length, 2);
  const rejoining = group.join({ ...base, memberId: first!.memberId });
  group.coordinatorMoved();
  assert.equal((await rejoining).errorCode, ErrorCode.notCoordinator);
  const again = group.join({ ...base, memberId: second!.memberId });
  clock.advance(9_999);
  assert.equal(group.members.length, 2);
  clock.advance(1);
  assert.equal((await again).errorCode, ErrorCode.none, 'the one that did not come back is gone');
  assert.equal(group.members.length, 1);
});

test('a promise of membership does not survive the coordinator that has given it', async () => {
  const { group } = groupWith();
  const promised = await group.join({ ...base, requireKnownMemberId: true });
  group.coordinatorMoved();
  const refused = await group.join({ ...base, memberId: promised.memberId });
  assert.equal(refused.errorCode, ErrorCode.unknownMemberId);
  assert.equal((await group.join(base)).errorCode, ErrorCode.none);
});
