import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { deleteRecordsApi } from '../../support/kafka-broker/wire/messages/delete-records';
import { electLeadersApi } from '../../support/kafka-broker/wire/messages/elect-leaders';
import { findCoordinatorApi } from '../../support/kafka-broker/wire/messages/find-coordinator';
import { heartbeatApi } from '../../support/kafka-broker/wire/messages/heartbeat';
import { leaveGroupApi } from '../../support/kafka-broker/wire/messages/leave-group';
import { offsetForLeaderEpochApi } from '../../support/kafka-broker/wire/messages/offset-for-leader-epoch';
import { ClusterTarget } from './cluster-target';
import { kafkaJars } from './real-kafka';
import { commit, fetch, join, listOffsets, produce, sync } from './requests';
import { answered } from './target';

/**
 * Three brokers, the embedded ones and those of a real Kafka. Three processes of Java take a minute on two cores, so the real ones are not
 * in CI: BRINE_TEST_KAFKA_CLUSTER=1 asks for them.
 */
function conforms(kind: string, start: () => Promise<ClusterTarget>, skip: string | false): void {
  describe(kind, { skip, concurrency: false }, () => {
    let target: ClusterTarget;
    before(async () => {
      target = await start();
    });
    after(() => target[Symbol.asyncDispose]());
    for (const [name, body] of checks) test(name, { timeout: 120_000 }, () => body(target));
  });
}

const checks: Array<readonly [name: string, body: (target: ClusterTarget) => Promise<void>]> = [];
const add = (name: string, body: (target: ClusterTarget) => Promise<void>) => checks.push([name, body]);
const spread = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
];

add('The first replica of each partition leads it, and every node tells the same', async (target) => {
  const name = await target.topic(spread);
  for (const node of [1, 2, 3]) {
    const told = await target.partitions(node, name);
    assert.deepEqual(
      told.map(({ leaderId, leaderEpoch, replicaNodes, offlineReplicas }) => [
        leaderId,
        leaderEpoch,
        replicaNodes,
        offlineReplicas,
      ]),
      spread.map((replicas) => [replicas[0], 0, replicas, []]),
    );
  }
});

add('Who does not lead answers error 6, to every request about the partition', async (target) => {
  const name = await target.topic([[2, 3]]);
  for (const node of [1, 3]) {
    using client = await target.connect(node);
    const epochs = { topics: [{ topic: name, partitions: [{ partition: 0, leaderEpoch: 0 }] }] };
    const deleting = {
      topics: [{ name, partitions: [{ partitionIndex: 0, offset: 0n }] }],
      timeoutMs: 1_000,
    };
    const errors = {
      produce: (await produce(client, name, { values: ['a'] })).errorCode,
      fetch: (await fetch(client, name, { version: 10 })).errorCode,
      listOffsets: (await listOffsets(client, name, -1n)).errorCode,
      deleteRecords: (await client.send(deleteRecordsApi, 1, deleting)).topics[0]!.partitions[0]!.errorCode,
      epoch: (await client.send(offsetForLeaderEpochApi, 3, epochs)).topics[0]!.partitions[0]!.errorCode,
    };
    assert.deepEqual(
      errors,
      { produce: 6, fetch: 6, listOffsets: 6, deleteRecords: 6, epoch: 6 },
      `node ${node}`,
    );
  }
});

add(
  'A replica that follows serves those who can name a rack (KIP-392), in a real cluster',
  async (target) => {
    const name = await target.topic([[2, 3]]);
    using leader = await target.connect(2);
    await produce(leader, name, { values: ['a'] });
    using follower = await target.connect(3);
    const expected = target.differs('leaders-serve', { embedded: 6, real: 0 });
    assert.equal((await fetch(follower, name, { version: 11 })).errorCode, expected);
  },
);

add('All nodes name the same coordinator; the others answer 16 to its group', async (target) => {
  const group = target.name('group');
  const topic = await target.topic([[1, 2, 3]]);
  const find = async (node: number) => {
    using client = await target.connect(node);
    return await client.send(findCoordinatorApi, 2, { key: group, keyType: 0 });
  };
  await answered(async () => (await find(1)).errorCode === 0);
  const { nodeId: coordinator } = await find(1);
  assert.deepEqual([(await find(2)).nodeId, (await find(3)).nodeId], [coordinator, coordinator]);
  using client = await target.connect(coordinator);
  await answered(async () => (await join(client, group)).errorCode === 0);
  for (const node of [1, 2, 3].filter((each) => each !== coordinator)) {
    using other = await target.connect(node);
    const errors = [
      (await join(other, group)).errorCode,
      (await sync(other, group, 1, 'm')).errorCode,
      (await other.send(heartbeatApi, 3, { groupId: group, generationId: 1, memberId: 'm' })).errorCode,
      (await other.send(leaveGroupApi, 1, { groupId: group, memberId: 'm' })).errorCode,
      await commit(other, group, topic, 1n),
    ];
    assert.deepEqual(errors, [16, 16, 16, 16, 16], `node ${node}`);
  }
});

add(
  'A node that stops hands over to the next replica in sync, with the next epoch; back, it is in sync and does not lead',
  async (target) => {
    const name = await target.topic([[3, 2, 1]]);
    {
      using client = await target.connect(3);
      assert.equal((await produce(client, name, { values: ['a', 'b'] })).errorCode, 0);
    }
    await target.stop(3);
    for (const node of [1, 2])
      await target.sees(node, name, ([only]) => only!.leaderId === 2 && only!.isrNodes.length === 2);
    const [handed] = await target.partitions(1, name);
    assert.deepEqual(
      [handed!.isrNodes, handed!.replicaNodes, handed!.offlineReplicas],
      [[2, 1], [3, 2, 1], [3]],
    );
    const epoch = handed!.leaderEpoch;
    assert.ok(epoch > 0);
    using next = await target.connect(2);
    await answered(async () => (await listOffsets(next, name, -1n)).errorCode === 0);
    assert.equal((await listOffsets(next, name, -1n)).offset, 2n);
    assert.equal((await listOffsets(next, name, -1n, { currentLeaderEpoch: 0 })).errorCode, 74);
    assert.equal((await listOffsets(next, name, -1n, { currentLeaderEpoch: epoch + 1 })).errorCode, 75);
    assert.equal((await produce(next, name, { values: ['c'] })).errorCode, 0);
    const request = {
      topics: [{ topic: name, partitions: [0, epoch].map((leaderEpoch) => ({ partition: 0, leaderEpoch })) }],
    };
    const { topics } = await next.send(offsetForLeaderEpochApi, 3, request);
    assert.deepEqual(
      topics[0]!.partitions.map(({ leaderEpoch, endOffset }) => [leaderEpoch, endOffset]),
      [
        [0, 2n],
        [epoch, 3n],
      ],
    );
    await target.start(3);
    for (const node of [1, 2, 3]) await target.sees(node, name, ([only]) => only!.isrNodes.length === 3);
    assert.deepEqual(
      (await target.partitions(1, name)).map(({ leaderId, leaderEpoch }) => [leaderId, leaderEpoch]),
      [[2, epoch]],
    );
    const election = {
      electionType: 0,
      topicPartitions: [{ topic: name, partitions: [0] }],
      timeoutMs: 30_000,
    };
    const elected = await next.send(electLeadersApi, 1, election);
    assert.equal(elected.replicaElectionResults[0]!.partitionResult[0]!.errorCode, 0);
    for (const node of [1, 2, 3])
      await target.sees(node, name, ([only]) => only!.leaderId === 3 && only!.leaderEpoch === epoch + 1);
  },
);

add(
  'With fewer replicas in sync than min.insync.replicas, acks -1 is refused with 19, acks 1 is not',
  async (target) => {
    const name = await target.topic([[1, 2]], { 'min.insync.replicas': '2' });
    using client = await target.connect(1);
    assert.equal((await produce(client, name, { values: ['a'] })).errorCode, 0);
    await target.stop(2);
    await target.sees(1, name, ([only]) => only!.isrNodes.length === 1);
    await answered(async () => (await produce(client, name, { values: ['b'] })).errorCode === 19);
    assert.equal((await produce(client, name, { values: ['c'] }, { acks: 1 })).errorCode, 0);
    await target.start(2);
    await target.sees(1, name, ([only]) => only!.isrNodes.length === 2);
    await answered(async () => (await produce(client, name, { values: ['d'] })).errorCode === 0);
  },
);

add('A partition whose only replica stops has no leader: 5 in Metadata', async (target) => {
  const name = await target.topic([[3]]);
  await target.stop(3);
  await target.sees(1, name, ([only]) => only!.leaderId === -1);
  const [only] = await target.partitions(1, name);
  assert.deepEqual([only!.errorCode, only!.isrNodes, only!.offlineReplicas], [5, [], [3]]);
  await target.start(3);
  await target.sees(1, name, ([back]) => back!.leaderId === 3);
});

conforms('three embedded brokers', () => ClusterTarget.embedded(), false);
conforms(
  'three nodes of a real Kafka',
  () => ClusterTarget.real(kafkaJars ?? ''),
  kafkaJars === undefined || process.env.BRINE_TEST_KAFKA_CLUSTER === undefined
    ? 'BRINE_KAFKA_JARS and BRINE_TEST_KAFKA_CLUSTER ask for it'
    : false,
);
