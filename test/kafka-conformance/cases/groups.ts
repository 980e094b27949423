import assert from 'node:assert/strict';
import { deleteGroupsApi } from '../../../support/kafka-broker/wire/messages/delete-groups';
import { describeGroupsApi } from '../../../support/kafka-broker/wire/messages/describe-groups';
import { findCoordinatorApi } from '../../../support/kafka-broker/wire/messages/find-coordinator';
import { heartbeatApi } from '../../../support/kafka-broker/wire/messages/heartbeat';
import { joinGroupApi } from '../../../support/kafka-broker/wire/messages/join-group';
import { leaveGroupApi } from '../../../support/kafka-broker/wire/messages/leave-group';
import { listGroupsApi } from '../../../support/kafka-broker/wire/messages/list-groups';
import { offsetCommitApi } from '../../../support/kafka-broker/wire/messages/offset-commit';
import { offsetFetchApi } from '../../../support/kafka-broker/wire/messages/offset-fetch';
import { syncGroupApi } from '../../../support/kafka-broker/wire/messages/sync-group';
import type { RawClient } from '../../kafka-broker/raw-client';
import { Checks } from '../check';
import {
  commit,
  commitRequest,
  committed,
  join,
  joinRequest,
  soleMember,
  sync,
  syncRequest,
} from '../requests';

export const checks = new Checks();
const { add } = checks;

async function heartbeat(
  client: RawClient,
  groupId: string,
  generationId: number,
  memberId: string,
  version = 3,
  groupInstanceId: string | null = null,
) {
  return (await client.send(heartbeatApi, version, { groupId, generationId, memberId, groupInstanceId }))
    .errorCode;
}

async function describe(client: RawClient, group: string, version = 4) {
  return (await client.send(describeGroupsApi, version, { groups: [group] })).groups[0]!;
}

async function leave(client: RawClient, groupId: string, memberId: string, version = 3) {
  const members = [{ memberId, groupInstanceId: null }];
  const answer = await client.send(leaveGroupApi, version, { groupId, memberId, members });
  return answer.errorCode || (answer.members[0]?.errorCode ?? 0);
}

/** Heartbeats until the group wants its members to join again. */
async function rebalances(client: RawClient, groupId: string, generationId: number, memberId: string) {
  while ((await heartbeat(client, groupId, generationId, memberId)) !== 27);
}

add(
  'FindCoordinator names the broker, for groups and transactions, in every version',
  async (target, client) => {
    for (const version of target.versions(findCoordinatorApi)) {
      for (const keyType of version === 0 ? [0] : [0, 1]) {
        const request = { key: 'x', keyType, coordinatorKeys: ['x'] };
        const { coordinators, ...only } = await client.send(findCoordinatorApi, version, request);
        const { errorCode, nodeId, host, port } = version < 4 ? only : coordinators[0]!;
        assert.deepEqual([errorCode, nodeId, `${host}:${port}`], [0, 1, target.address]);
        if (version >= 1 && version < 4) assert.equal(only.errorMessage, 'NONE');
      }
    }
  },
);

add('FindCoordinator: of no known type', async (_target, client) => {
  assert.equal((await client.send(findCoordinatorApi, 2, { key: 'x', keyType: 9 })).errorCode, 42);
});

add('JoinGroup: the first member leads generation 1, in every version', async (target, client) => {
  for (const version of target.versions(joinGroupApi)) {
    const group = target.name('group');
    const first = await client.send(joinGroupApi, version, joinRequest(group));
    if (version >= 4) {
      assert.deepEqual([first.errorCode, first.generationId, first.leader], [79, -1, '']);
      assert.match(first.memberId, /^raw-/);
    }
    const joined =
      version >= 4
        ? await client.send(joinGroupApi, version, joinRequest(group, { memberId: first.memberId }))
        : first;
    assert.deepEqual([joined.errorCode, joined.generationId, joined.protocolName], [0, 1, 'range']);
    assert.equal(joined.leader, joined.memberId);
    assert.deepEqual(
      joined.members.map(({ memberId, metadata }) => [memberId, metadata.toString()]),
      [[joined.memberId, 'm']],
    );
  }
});

add('JoinGroup: its errors, in every version', async (target, client) => {
  for (const version of target.versions(joinGroupApi)) {
    const error = async (groupId: string, wanted: object) =>
      (await client.send(joinGroupApi, version, joinRequest(groupId, wanted))).errorCode;
    assert.equal(await error('', {}), 24, 'no group');
    assert.equal(await error(target.name('group'), { sessionTimeoutMs: 5_000 }), 26, 'session too short');
    assert.equal(await error(target.name('group'), { sessionTimeoutMs: 1_800_001 }), 26, 'session too long');
    assert.equal(await error(target.name('group'), { memberId: 'stranger' }), 25, 'stranger to a new group');
    assert.equal(await error(target.name('group'), { protocols: [] }), 23, 'no protocols');
    assert.equal(await error(target.name('group'), { protocolType: '' }), 23, 'no type');
    const group = target.name('group');
    await soleMember(client, group);
    assert.equal(await error(group, { memberId: 'stranger' }), 25, 'stranger');
    assert.equal(
      await error(group, { protocols: [{ name: 'other', metadata: Buffer.alloc(0) }] }),
      23,
      'nothing in common',
    );
    assert.equal(await error(group, { protocolType: 'connect' }), 23, 'another type');
  }
});

add(
  'A group walks from Dead through CompletingRebalance and Stable to Empty, and is told so in every version',
  async (target, client) => {
    for (const version of target.versions(describeGroupsApi)) {
      const group = target.name('group');
      const state = async () => (await describe(client, group, version)).groupState;
      assert.equal(await state(), 'Dead');
      const { generationId, memberId } = await join(client, group);
      const early = target.differs('new-group-told-late', {
        embedded: ['CompletingRebalance'],
        real: ['Dead', 'CompletingRebalance'],
      });
      assert.ok(early.includes(await state()));
      await sync(client, group, generationId, memberId, { [memberId]: 'mine' });
      const stable = await describe(client, group, version);
      assert.deepEqual(
        [stable.errorCode, stable.groupState, stable.protocolType, stable.protocolData],
        [0, 'Stable', 'consumer', 'range'],
      );
      const [member] = stable.members;
      assert.deepEqual(
        [member?.memberId, member?.clientId, member?.clientHost],
        [memberId, 'raw', '/127.0.0.1'],
      );
      assert.deepEqual(
        [member?.memberMetadata.toString(), member?.memberAssignment.toString()],
        ['m', 'mine'],
      );
      assert.equal(await leave(client, group, memberId), 0);
      const empty = await describe(client, group, version);
      assert.deepEqual(
        [empty.groupState, empty.protocolType, empty.protocolData, empty.members],
        ['Empty', 'consumer', '', []],
      );
    }
  },
);

add('DescribeGroups of an unknown group', async (target, client) => {
  const { errorCode, groupState, protocolType, protocolData, members } = await describe(
    client,
    target.name('group'),
  );
  assert.deepEqual([errorCode, groupState, protocolType, protocolData, members], [0, 'Dead', '', '', []]);
});

add('ListGroups tells of each group and its type, in every version', async (target, client) => {
  const group = target.name('group');
  await soleMember(client, group);
  for (const version of target.versions(listGroupsApi)) {
    const { groups } = await client.send(listGroupsApi, version, {});
    assert.deepEqual(
      groups.find(({ groupId }) => groupId === group),
      {
        groupId: group,
        protocolType: 'consumer',
        groupState: version >= 4 ? 'Stable' : '',
        groupType: version >= 5 ? 'classic' : '',
      },
    );
  }
});

add(
  'Heartbeat: right, wrong generation 22, stranger 25, unknown group 25, in every version',
  async (target, client) => {
    const group = target.name('group');
    const { generationId, memberId } = await soleMember(client, group);
    for (const version of target.versions(heartbeatApi)) {
      assert.equal(await heartbeat(client, group, generationId, memberId, version), 0);
      assert.equal(await heartbeat(client, group, generationId + 1, memberId, version), 22);
      assert.equal(await heartbeat(client, group, generationId, 'stranger', version), 25);
      assert.equal(await heartbeat(client, target.name('group'), 1, 'stranger', version), 25);
      assert.equal(await heartbeat(client, '', 1, 'stranger', version), 24);
    }
  },
);

add('SyncGroup: its errors, in every version', async (target, client) => {
  const group = target.name('group');
  const { generationId, memberId } = await soleMember(client, group);
  for (const version of target.versions(syncGroupApi)) {
    const error = async (...request: Parameters<typeof syncRequest>) =>
      (await client.send(syncGroupApi, version, syncRequest(...request))).errorCode;
    assert.equal(await error(group, generationId, memberId), 0, 'again');
    assert.equal(await error(group, generationId + 1, memberId), 22);
    assert.equal(await error(group, generationId, 'stranger'), 25);
    assert.equal(await error(target.name('group'), 1, 'stranger'), 25);
    assert.equal(await error('', 1, 'stranger'), 24);
  }
});

add(
  'A second member: heartbeats 27, both join, the followers get what the leader assigns',
  async (target, client) => {
    const group = target.name('group');
    const first = await soleMember(client, group);
    using other = await target.connect();
    const joining = join(other, group, { protocols: [{ name: 'range', metadata: Buffer.from('n') }] });
    await rebalances(client, group, first.generationId, first.memberId);
    assert.equal((await describe(client, group)).groupState, 'PreparingRebalance');
    assert.equal((await sync(client, group, first.generationId, first.memberId)).errorCode, 27);
    const again = await join(client, group, { memberId: first.memberId });
    const second = await joining;
    assert.deepEqual([again.generationId, second.generationId], [2, 2]);
    assert.deepEqual([again.leader, second.leader], [first.memberId, first.memberId]);
    assert.equal(again.members.length, 2);
    assert.deepEqual(second.members, []);
    const waiting = sync(other, group, 2, second.memberId);
    await sync(client, group, 2, again.memberId, { [again.memberId]: 'left', [second.memberId]: 'right' });
    assert.equal((await waiting).assignment.toString(), 'right');
    assert.equal(await heartbeat(client, group, 1, first.memberId), 22);
    assert.equal(await leave(other, group, second.memberId), 0);
    await rebalances(client, group, 2, first.memberId);
  },
);

add(
  'A member may commit while the others are still joining, and not between join and sync',
  async (target, client) => {
    const topic = await target.topic();
    const group = target.name('group');
    const first = await soleMember(client, group);
    using other = await target.connect();
    const joining = join(other, group);
    await rebalances(client, group, first.generationId, first.memberId);
    assert.equal(await commit(client, group, topic, 1n, first), 0);
    const again = await join(client, group, { memberId: first.memberId });
    await joining;
    assert.equal(await commit(client, group, topic, 2n, again), 27);
  },
);

add(
  'A member that joins again unchanged gets its generation; the leader starts a rebalance',
  async (target, client) => {
    const group = target.name('group');
    const first = await soleMember(client, group);
    const again = await join(client, group, { memberId: first.memberId });
    assert.deepEqual([again.errorCode, again.generationId], [0, 2]);
  },
);

add('The protocol that most members prefer, of those that all have', async (target, client) => {
  const group = target.name('group');
  const protocols = (...names: string[]) => names.map((name) => ({ name, metadata: Buffer.from(name) }));
  const first = await join(client, group, { protocols: protocols('a', 'b', 'c') });
  await sync(client, group, first.generationId, first.memberId, {});
  using other = await target.connect();
  const joining = join(other, group, { protocols: protocols('c', 'b') });
  await rebalances(client, group, 1, first.memberId);
  const again = await join(client, group, { memberId: first.memberId, protocols: protocols('a', 'b', 'c') });
  assert.ok(['b', 'c'].includes(again.protocolName ?? ''));
  assert.equal((await joining).protocolName, again.protocolName);
});

add('LeaveGroup: a stranger 25, an unknown group 25, in every version', async (target, client) => {
  for (const version of target.versions(leaveGroupApi)) {
    const group = target.name('group');
    const { memberId } = await soleMember(client, group);
    assert.equal(await leave(client, group, 'stranger', version), 25);
    assert.equal(await leave(client, target.name('group'), 'stranger', version), 25);
    assert.equal(await leave(client, '', 'stranger', version), 24);
    assert.equal(await leave(client, group, memberId, version), 0);
    assert.equal(await leave(client, group, memberId, version), 25);
  }
});

add(
  'Static members: no id first, the place is kept, the old id is fenced with 82',
  async (target, client) => {
    const group = target.name('group');
    const first = await client.send(joinGroupApi, 5, joinRequest(group, { groupInstanceId: 'i' }));
    assert.equal(first.errorCode, 0);
    await sync(client, group, first.generationId, first.memberId, { [first.memberId]: 'mine' });
    const second = await client.send(joinGroupApi, 5, joinRequest(group, { groupInstanceId: 'i' }));
    assert.deepEqual([second.errorCode, second.generationId], [0, 1]);
    assert.notEqual(second.memberId, first.memberId);
    assert.equal((await sync(client, group, 1, second.memberId)).assignment.toString(), 'mine');
    assert.equal(await heartbeat(client, group, 1, first.memberId, 3, 'i'), 82);
    assert.equal(await heartbeat(client, group, 1, second.memberId, 3, 'i'), 0);
    assert.equal(await heartbeat(client, group, 1, second.memberId, 3, 'unknown'), 25);
    const members = [{ memberId: '', groupInstanceId: 'i' }];
    const left = await client.send(leaveGroupApi, 3, { groupId: group, members });
    assert.deepEqual(
      left.members.map(({ errorCode }) => errorCode),
      [0],
    );
    assert.equal((await describe(client, group)).groupState, 'Empty');
  },
);

add(
  'OffsetCommit by a member: right, wrong generation 22, stranger 25; then fetched, in every version',
  async (target, client) => {
    const topic = await target.topic();
    const group = target.name('group');
    const { generationId, memberId } = await soleMember(client, group);
    for (const version of target.versions(offsetCommitApi).filter((each) => each >= 1)) {
      const error = (as: object) =>
        commit(client, group, topic, BigInt(version), { version, generationId, memberId, ...as });
      assert.equal(await error({}), 0);
      assert.equal(await error({ generationId: generationId + 1 }), 22);
      assert.equal(await error({ memberId: 'stranger' }), 25);
      assert.equal(await error({ generationId: -1, memberId: '' }), 25, 'nobody, while there are members');
      assert.equal(await error({ metadata: 'x'.repeat(5_000) }), 12);
      assert.equal(await error({ partitionIndex: 9 }), 3);
      assert.equal((await committed(client, group, topic)).committedOffset, BigInt(version));
    }
  },
);

add(
  'OffsetCommit by nobody to a group that is empty or new; any offset; in every version',
  async (target, client) => {
    const topic = await target.topic();
    for (const version of target.versions(offsetCommitApi)) {
      const group = target.name('group');
      assert.equal(await commit(client, group, topic, 7n, { version, metadata: null }), 0);
      const { committedOffset, metadata, errorCode, committedLeaderEpoch } = await committed(
        client,
        group,
        topic,
      );
      assert.deepEqual([errorCode, committedOffset, metadata, committedLeaderEpoch], [0, 7n, '', -1]);
      assert.equal(await commit(client, group, topic, -5n, { version }), 0);
      assert.equal((await committed(client, group, topic)).committedOffset, -5n);
      assert.equal(
        await commit(client, target.name('group'), topic, 1n, { version, generationId: 3, memberId: 'x' }),
        version === 0 ? 0 : 22,
      );
      assert.equal(await commit(client, target.name('group'), target.name(), 1n, { version }), 3);
    }
  },
);

add('OffsetCommit with an empty group id is accepted', async (target, client) => {
  const topic = await target.topic();
  assert.equal(await commit(client, '', topic, 1n), 0);
});

add(
  'OffsetFetch: nothing is -1 with empty metadata; null topics are all; in every version',
  async (target, client) => {
    const [topic, other] = [await target.topic(), await target.topic()];
    const group = target.name('group');
    await commit(client, group, topic, 3n);
    for (const version of target.versions(offsetFetchApi)) {
      const nothing = await committed(client, group, other, version);
      assert.deepEqual([nothing.errorCode, nothing.committedOffset, nothing.metadata], [0, -1n, '']);
      assert.equal((await committed(client, group, topic, version)).metadata, 'note');
      const unknown = await committed(client, target.name('group'), topic, version);
      assert.deepEqual([unknown.errorCode, unknown.committedOffset], [0, -1n]);
      const missing = await committed(client, group, target.name(), version);
      assert.deepEqual([missing.errorCode, missing.committedOffset], [0, -1n]);
      if (version < 2) continue;
      const all = { groupId: group, topics: null };
      const answer = await client.send(offsetFetchApi, version, { ...all, groups: [all] });
      assert.deepEqual(
        (version < 8 ? answer : answer.groups[0]!).topics.map(({ name }) => name),
        [topic],
      );
    }
  },
);

add('DeleteGroups: with members 68, empty 0, unknown 69, in every version', async (target, client) => {
  for (const version of target.versions(deleteGroupsApi)) {
    const group = target.name('group');
    const error = async () =>
      (await client.send(deleteGroupsApi, version, { groupsNames: [group] })).results[0]!.errorCode;
    const { memberId } = await soleMember(client, group);
    assert.equal(await error(), 68);
    await leave(client, group, memberId);
    assert.equal(await error(), 0);
    assert.equal(await error(), 69);
  }
});

add('DeleteGroups: a name given twice is answered once', async (target, client) => {
  const group = target.name('group');
  const { results } = await client.send(deleteGroupsApi, 1, { groupsNames: [group, group] });
  assert.deepEqual(
    results.map(({ groupId, errorCode }) => [groupId, errorCode]),
    [[group, 69]],
  );
});

add('A group that is deleted forgets its offsets; so does a topic', async (target, client) => {
  const topic = await target.topic();
  const group = target.name('group');
  await client.send(offsetCommitApi, 7, commitRequest(group, topic, 4n));
  await client.send(deleteGroupsApi, 1, { groupsNames: [group] });
  assert.equal((await committed(client, group, topic)).committedOffset, -1n);
});
