import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { type Kafka, PartitionAssigners } from 'kafkajs';
import { KafkaBroker } from '../../support/kafka-broker';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { createPartitionsApi } from '../../support/kafka-broker/wire/messages/create-partitions';
import { createTopicsApi } from '../../support/kafka-broker/wire/messages/create-topics';
import { deleteRecordsApi } from '../../support/kafka-broker/wire/messages/delete-records';
import { fetchApi } from '../../support/kafka-broker/wire/messages/fetch';
import { listGroupsApi } from '../../support/kafka-broker/wire/messages/list-groups';
import { listOffsetsApi } from '../../support/kafka-broker/wire/messages/list-offsets';
import { metadataApi } from '../../support/kafka-broker/wire/messages/metadata';
import { offsetForLeaderEpochApi } from '../../support/kafka-broker/wire/messages/offset-for-leader-epoch';
import { produceApi } from '../../support/kafka-broker/wire/messages/produce';
import { connected, consumeInto, Inbox, kafkaFor, nextJoin, type Received, startBroker } from './harness';
import { RawClient } from './raw-client';
import { sampleBatch } from './sample-batch';

const values = (received: Received[]) => received.map(({ value }) => value).sort();
const leadersOf = (broker: KafkaBroker, topic: string) =>
  broker.partitions(topic).map(({ leader }) => leader);

function addressOf(broker: KafkaBroker, id: number): string {
  const { host, port } = broker.brokers.find((node) => node.id === id)!;
  return `${host}:${port}`;
}

/** A consumer of the topic from its start, which has joined. */
async function consuming(t: TestContext, kafka: Kafka, topic: string) {
  const inbox = new Inbox<Received>();
  const consumer = kafka.consumer({
    groupId: 'g',
    partitionAssigners: [PartitionAssigners.roundRobin],
    heartbeatInterval: 20,
    maxWaitTimeInMs: 100, // kafkajs sleeps as long for each node that it has nothing to fetch from
    retry: { initialRetryTime: 20, retries: 20 },
  });
  await connected(t, consumer);
  const joined = nextJoin(consumer);
  await consumeInto(consumer, topic, inbox);
  await joined;
  return { inbox, consumer };
}

test('each broker has a port of its own; leaders go round them; clients reach all partitions', async (t) => {
  const broker = await startBroker(t, { brokers: 3, defaultPartitions: 3 });
  const { brokers } = broker;
  assert.deepEqual(
    brokers.map(({ id, running }) => ({ id, running })),
    [1, 2, 3].map((id) => ({ id, running: true })),
  );
  assert.equal(new Set(brokers.map(({ port }) => port)).size, 3);
  assert.equal(broker.address, brokers.map(({ host, port }) => `${host}:${port}`).join(','));

  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  const messages = [0, 1, 2].map((partition) => ({ partition, value: `${partition}` }));
  await producer.send({ topic: 'spread', messages });
  assert.deepEqual(leadersOf(broker, 'spread'), [1, 2, 3]);
  assert.deepEqual(broker.partitions('spread')[1], {
    partition: 1,
    leader: 2,
    leaderEpoch: 0,
    replicas: [2, 3, 1],
    inSync: [2, 3, 1],
  });
  const { inbox } = await consuming(t, kafka, 'spread');
  assert.deepEqual(values(await inbox.count(3)), ['0', '1', '2']);
});

test('a broker that stops hands over what it led, clients follow, and it comes back on its port', async (t) => {
  const broker = await startBroker(t, { brokers: 3, defaultPartitions: 3 });
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer({ retry: { initialRetryTime: 20, retries: 10 } }));
  const { inbox } = await consuming(t, kafka, 'failover');
  const send = (round: string) =>
    producer.send({
      topic: 'failover',
      messages: [0, 1, 2].map((partition) => ({ partition, value: `${round}${partition}` })),
    });
  await send('a');
  await inbox.count(3);

  const coordinator = broker.coordinatorOf('g');
  const { port } = broker.brokers[coordinator - 1]!;
  await broker.stopBroker(coordinator);
  assert.equal(broker.brokers[coordinator - 1]!.running, false);
  assert.notEqual(broker.coordinatorOf('g'), coordinator);
  const moved = broker.partitions('failover').find(({ leaderEpoch }) => leaderEpoch === 1)!;
  assert.equal(moved.replicas[0], coordinator);
  assert.equal(moved.leader, moved.replicas[1]);
  assert.deepEqual(moved.inSync, moved.replicas.slice(1));
  await assert.rejects(RawClient.connect(`127.0.0.1:${port}`), /ECONNREFUSED/);
  await send('b');
  await inbox.until((received) => new Set(values(received)).size === 6);

  await broker.startBroker(coordinator);
  assert.deepEqual(broker.brokers[coordinator - 1], {
    id: coordinator,
    host: '127.0.0.1',
    port,
    running: true,
  });
  assert.deepEqual(broker.partitions('failover')[moved.partition], { ...moved, inSync: moved.replicas });
  broker.moveLeader('failover', moved.partition, coordinator);
  await send('c');
  await inbox.until((received) => new Set(values(received)).size === 9);
  assert.deepEqual(leadersOf(broker, 'failover'), [1, 2, 3]);
});

test('a partition has no leader while none of its replicas runs, and says so', async (t) => {
  const broker = await startBroker(t, { brokers: 2 });
  broker.createTopic('lonely', { replicationFactor: 1 });
  using client = await RawClient.connect(addressOf(broker, 2));
  await broker.stopBroker(1);
  const described = async () => {
    const { brokers, controllerId, topics } = await client.send(metadataApi, 8, {
      topics: [{ name: 'lonely' }],
    });
    return { nodes: brokers.map(({ nodeId }) => nodeId), controllerId, ...topics[0]!.partitions[0]! };
  };
  const partition = { partitionIndex: 0, replicaNodes: [1] };
  assert.deepEqual(await described(), {
    nodes: [2],
    controllerId: 2,
    ...partition,
    errorCode: ErrorCode.leaderNotAvailable,
    leaderId: -1,
    leaderEpoch: 1,
    isrNodes: [],
    offlineReplicas: [1],
  });
  await broker.startBroker(1);
  assert.deepEqual(await described(), {
    nodes: [1, 2],
    controllerId: 1,
    ...partition,
    errorCode: ErrorCode.none,
    leaderId: 1,
    leaderEpoch: 2,
    isrNodes: [1],
    offlineReplicas: [],
  });
});

test('the only broker can be stopped and started, and what it held is there again', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer({ retry: { initialRetryTime: 20, retries: 20 } }));
  await producer.send({ topic: 'outage', messages: [{ value: 'before' }] });
  await broker.stopBroker(1);
  await broker.stopBroker(1);
  const sent = producer.send({ topic: 'outage', messages: [{ value: 'after' }] });
  await broker.startBroker(1);
  await broker.startBroker(1);
  await sent;
  assert.deepEqual(
    broker.records('outage').map(({ value }) => String(value)),
    ['before', 'after'],
  );
});

test('who does not lead a partition answers error 6, for every request about it', async (t) => {
  const broker = await startBroker(t, { brokers: 2 });
  broker.createTopic('led');
  const other = leadersOf(broker, 'led')[0] === 1 ? 2 : 1;
  using client = await RawClient.connect(addressOf(broker, other));
  const produced = await client.send(produceApi, 7, {
    acks: -1,
    timeoutMs: 1_000,
    topics: [{ name: 'led', partitions: [{ index: 0, records: [sampleBatch({ values: ['x'] })] }] }],
  });
  const fetched = await client.send(fetchApi, 11, fetchOf('led', 0n));
  const listed = await client.send(listOffsetsApi, 5, {
    replicaId: -1,
    topics: [{ name: 'led', partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
  });
  const deleted = await client.send(deleteRecordsApi, 1, {
    topics: [{ name: 'led', partitions: [{ partitionIndex: 0, offset: 0n }] }],
    timeoutMs: 1_000,
  });
  const epoch = await client.send(offsetForLeaderEpochApi, 3, {
    topics: [{ topic: 'led', partitions: [{ partition: 0, leaderEpoch: 0 }] }],
  });
  const errors = [
    produced.topics[0]!.partitions[0]!,
    fetched.responses[0]!.partitions[0]!,
    listed.topics[0]!.partitions[0]!,
    deleted.topics[0]!.partitions[0]!,
    epoch.topics[0]!.partitions[0]!,
  ].map(({ errorCode }) => errorCode);
  assert.deepEqual(errors, Array(5).fill(ErrorCode.notLeaderOrFollower));
  assert.deepEqual(broker.endOffsets(), [{ topic: 'led', partition: 0, offset: 0n }]);
});

function fetchOf(topic: string, fetchOffset: bigint, maxWaitMs = 0, currentLeaderEpoch = -1) {
  const partitions = [{ partition: 0, currentLeaderEpoch, fetchOffset, partitionMaxBytes: 1_000_000 }];
  return { replicaId: -1, maxWaitMs, minBytes: 1, topics: [{ topic, partitions }] };
}

test('a fetch that waits is answered with error 6 when the leader moves', async (t) => {
  const broker = await startBroker(t, { brokers: 2, maxFetchWaitMs: 60_000 });
  broker.createTopic('moving');
  const [leader] = leadersOf(broker, 'moving');
  using client = await RawClient.connect(addressOf(broker, leader!));
  const waiting = client.send(fetchApi, 11, fetchOf('moving', 0n, 60_000));
  broker.moveLeader('moving', 0, leader === 1 ? 2 : 1);
  const { responses } = await waiting;
  assert.equal(responses[0]!.partitions[0]!.errorCode, ErrorCode.notLeaderOrFollower);
});

test('epochs: old ones are fenced, unknown ones refused, batches carry theirs, and where each ended can be asked', async (t) => {
  const broker = await startBroker(t, { brokers: 2 });
  broker.createTopic('epochs');
  const [first] = leadersOf(broker, 'epochs');
  const second = first === 1 ? 2 : 1;
  const append = async (id: number, text: string) => {
    using client = await RawClient.connect(addressOf(broker, id));
    const partitions = [{ index: 0, records: [sampleBatch({ values: [text] })] }];
    await client.send(produceApi, 7, {
      acks: -1,
      timeoutMs: 1_000,
      topics: [{ name: 'epochs', partitions }],
    });
  };
  await append(first!, 'in epoch 0');
  broker.moveLeader('epochs', 0, second);
  await append(second, 'in epoch 1');

  using client = await RawClient.connect(addressOf(broker, second));
  const fetched = async (epoch: number) => {
    const { responses } = await client.send(fetchApi, 9, fetchOf('epochs', 0n, 0, epoch));
    return responses[0]!.partitions[0]!;
  };
  assert.equal((await fetched(0)).errorCode, ErrorCode.fencedLeaderEpoch);
  assert.equal((await fetched(2)).errorCode, ErrorCode.unknownLeaderEpoch);
  const { errorCode, records } = await fetched(1);
  assert.equal(errorCode, ErrorCode.none);
  const firstLength = 12 + records!.readInt32BE(8);
  assert.deepEqual([records!.readInt32BE(12), records!.readInt32BE(firstLength + 12)], [0, 1]);

  const listed = async (timestamp: bigint, currentLeaderEpoch: number) => {
    const { topics } = await client.send(listOffsetsApi, 4, {
      replicaId: -1,
      topics: [{ name: 'epochs', partitions: [{ partitionIndex: 0, currentLeaderEpoch, timestamp }] }],
    });
    const { errorCode: error, offset, leaderEpoch } = topics[0]!.partitions[0]!;
    return { error, offset, leaderEpoch };
  };
  assert.deepEqual(await listed(-2n, 1), { error: ErrorCode.none, offset: 0n, leaderEpoch: 0 });
  assert.deepEqual(await listed(-1n, 1), { error: ErrorCode.none, offset: 2n, leaderEpoch: 1 });
  assert.deepEqual(await listed(-1n, 0), {
    error: ErrorCode.fencedLeaderEpoch,
    offset: -1n,
    leaderEpoch: -1,
  });

  for (const version of [0, 1, 2, 3]) {
    const { topics } = await client.send(offsetForLeaderEpochApi, version, {
      topics: [
        { topic: 'epochs', partitions: [0, 1, 2].map((leaderEpoch) => ({ partition: 0, leaderEpoch })) },
      ],
    });
    assert.deepEqual(
      topics[0]!.partitions.map(({ leaderEpoch, endOffset }) => [leaderEpoch, endOffset]),
      version === 0
        ? [[-1, 1n], [-1, 2n], [-1, -1n]] // biome-ignore format: short
        : [[0, 1n], [1, 2n], [-1, -1n]], // biome-ignore format: short
    );
  }
});

test('a group follows its coordinator, which alone lists and describes it', async (t) => {
  const broker = await startBroker(t, { brokers: 3 });
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  const { inbox, consumer } = await consuming(t, kafka, 'grouped');
  await producer.send({ topic: 'grouped', messages: [{ value: 'a' }] });
  await inbox.count(1);
  const before = broker.coordinatorOf('g');
  const after = (before % 3) + 1;
  const rejoined = nextJoin(consumer);
  broker.moveCoordinator('g', after);
  await rejoined;
  assert.equal(broker.coordinatorOf('g'), after);
  await producer.send({ topic: 'grouped', messages: [{ value: 'b' }] });
  await inbox.count(2);
  const { groups } = await (await connected(t, kafka.admin())).describeGroups(['g']);
  assert.equal(groups[0]!.members.length, 1);
  const listed = await Promise.all(
    broker.brokers.map(async ({ id }) => {
      using client = await RawClient.connect(addressOf(broker, id));
      return (await client.send(listGroupsApi, 2, {})).groups.map(({ groupId }) => groupId);
    }),
  );
  assert.deepEqual(
    listed,
    [1, 2, 3].map((id) => (id === after ? ['g'] : [])),
  );
});

test('a transaction goes on when its coordinator stops', async (t) => {
  const broker = await startBroker(t, { brokers: 3 });
  const kafka = kafkaFor(broker);
  const producer = await connected(
    t,
    kafka.producer({
      transactionalId: 'tx',
      maxInFlightRequests: 1,
      idempotent: true,
      retry: { initialRetryTime: 20, retries: 10 },
    }),
  );
  for (const id of [1, 2, 3]) {
    const transaction = await producer.transaction();
    await broker.stopBroker(id);
    await transaction.send({ topic: 'paid', messages: [{ value: `${id}` }] });
    await transaction.commit();
    await broker.startBroker(id);
  }
  assert.deepEqual(
    broker.records('paid').map(({ value }) => String(value)),
    ['1', '2', '3'],
  );
});

test('replication factors and replicas by hand are kept, or refused with Kafka’s codes', async (t) => {
  const broker = await startBroker(t, { brokers: 3 });
  using client = await RawClient.connect(addressOf(broker, 2));
  const create = async (name: string, replicationFactor: number, replicas: number[][] = []) => {
    const { topics } = await client.send(createTopicsApi, 4, {
      topics: [
        {
          name,
          numPartitions: replicas.length > 0 ? -1 : 2,
          replicationFactor,
          assignments: replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
          configs: [],
        },
      ],
      timeoutMs: 1_000,
    });
    return topics[0]!.errorCode;
  };
  assert.equal(await create('two', 2), ErrorCode.none);
  assert.deepEqual(
    broker.partitions('two').map(({ replicas }) => replicas),
    [
      [1, 2],
      [2, 3],
    ],
  );
  assert.equal(await create('four', 4), ErrorCode.invalidReplicationFactor);
  assert.equal(await create('none', 0), ErrorCode.invalidReplicationFactor);
  assert.equal(await create('by hand', -1), ErrorCode.invalidTopic);
  assert.equal(await create('by-hand', -1, [[3, 1], [2, 3]]), ErrorCode.none); // biome-ignore format: short
  assert.deepEqual(leadersOf(broker, 'by-hand'), [3, 2]);
  assert.equal(await create('unknown', -1, [[1, 9]]), ErrorCode.invalidReplicaAssignment);

  const added = await client.send(createPartitionsApi, 1, {
    topics: [{ name: 'two', count: 4, assignments: null }],
    timeoutMs: 1_000,
    validateOnly: false,
  });
  assert.equal(added.results[0]!.errorCode, ErrorCode.none);
  assert.deepEqual(
    broker.partitions('two').map(({ replicas }) => replicas),
    [
      [1, 2],
      [2, 3],
      [3, 1],
      [1, 2],
    ],
  );
});

test('what cannot be done with a cluster is refused with a reason', async (t) => {
  await assert.rejects(KafkaBroker.start({ brokers: 0 }), /brokers: 0: a whole number from 1/);
  const broker = await startBroker(t, { brokers: 2 });
  broker.createTopic('known', { replicationFactor: 1 });
  const [leader] = leadersOf(broker, 'known');
  const other = leader === 1 ? 2 : 1;
  await assert.rejects(broker.stopBroker(3), /there is no broker 3; there are: 1, 2/);
  assert.throws(() => broker.moveLeader('unknown', 0, 1), /there is no topic "unknown"/);
  assert.throws(() => broker.moveLeader('known', 1, 1), /"known" has no partition 1, but 1 of them/);
  assert.throws(() => broker.moveLeader('known', 0, other), /no replica of known\/0; these are: \d/);
  assert.throws(() => broker.createTopic('x', { replicationFactor: 3 }), /factor of 3, with 2 brokers/);
  await broker.stopBroker(other);
  assert.throws(() => broker.moveCoordinator('g', other), new RegExp(`broker ${other} does not run`));
  const taken = await startBroker(t, { port: 0 });
  const { port } = taken.brokers[0]!;
  await assert.rejects(KafkaBroker.start({ port, brokers: 2 }), /cannot listen on 127\.0\.0\.1/);
});
