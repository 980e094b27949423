import assert from 'node:assert/strict';
import test from 'node:test';
import type { Consumer } from 'kafkajs';
import type { KafkaBroker } from '../../support/kafka-broker';
import { connected, consumeInto, Inbox, kafkaFor, nextJoin, type Received, startBroker } from './harness';

/** Joins until the consumer holds as many partitions of the topic. */
async function assigned(consumer: Consumer, topic: string, count: number): Promise<void> {
  for (;;) {
    const assignment = await nextJoin(consumer);
    if (assignment[topic]?.length === count) return;
  }
}

function numbered(from: number, to: number): Array<{ key: string; value: string }> {
  return Array.from({ length: to - from }, (_, index) => ({
    key: `${from + index}`,
    value: `${from + index}`,
  }));
}

const distinct = (received: Received[]) => new Set(received.map(({ value }) => value)).size;

test('two members share the partitions, one takes over from the other, and nothing is lost', async (t) => {
  const broker = await startBroker(t, { defaultPartitions: 4 });
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  const inbox = new Inbox<Received>();
  const first = await connected(t, kafka.consumer({ groupId: 'g' }));
  const alone = assigned(first, 'shared', 4);
  await consumeInto(first, 'shared', inbox);
  await alone;
  await producer.send({ topic: 'shared', messages: numbered(0, 40) });
  await inbox.until((received) => distinct(received) === 40);

  const second = await connected(t, kafka.consumer({ groupId: 'g' }));
  const halves = [assigned(first, 'shared', 2), assigned(second, 'shared', 2)];
  await consumeInto(second, 'shared', inbox);
  await producer.send({ topic: 'shared', messages: numbered(40, 80) });
  await Promise.all(halves);
  await producer.send({ topic: 'shared', messages: numbered(80, 120) });
  await inbox.until((received) => distinct(received) === 120);
  assert.equal(broker.groups()[0]!.members.length, 2);

  const all = assigned(second, 'shared', 4);
  await first.stop();
  await all;
  await producer.send({ topic: 'shared', messages: numbered(120, 160) });
  await inbox.until((received) => distinct(received) === 160);
});

test('a second member joins without waiting for the long poll or a heartbeat of the first', async (t) => {
  const broker = await startBroker(t, { defaultPartitions: 2 });
  const kafka = kafkaFor(broker);
  const first = await connected(t, kafka.consumer({ groupId: 'g' }));
  const alone = assigned(first, 'fast', 2);
  await consumeInto(first, 'fast', new Inbox());
  await alone;
  const second = await connected(t, kafka.consumer({ groupId: 'g' }));
  const shared = Promise.all([assigned(first, 'fast', 1), assigned(second, 'fast', 1)]);
  const started = performance.now();
  await consumeInto(second, 'fast', new Inbox());
  await shared;
  const took = performance.now() - started;
  assert.ok(took < 2_000, `took ${took} ms, and kafkajs sends a heartbeat every 3000`);
});

test('groups with the same client id, host and topic do not disturb each other when one rebalances', async (t) => {
  const broker = await startBroker(t, { defaultPartitions: 2 });
  const kafka = kafkaFor(broker);
  const join = async (groupId: string, partitions: number) => {
    const consumer = await connected(t, kafka.consumer({ groupId, heartbeatInterval: 300 }));
    const joined = assigned(consumer, 'same', partitions);
    await consumeInto(consumer, 'same', new Inbox());
    return { consumer, joined };
  };
  const bystander = await join('bystander', 2);
  await bystander.joined;
  let disturbed = 0;
  bystander.consumer.on(bystander.consumer.events.GROUP_JOIN, () => {
    disturbed += 1;
  });
  const first = await join('busy', 2);
  await first.joined;
  const firstAgain = assigned(first.consumer, 'same', 1);
  const second = await join('busy', 1);
  await Promise.all([second.joined, firstAgain]);
  assert.equal(disturbed, 0);
  assert.equal(stateOf(broker, 'bystander'), 'Stable');
});

function stateOf(broker: KafkaBroker, groupId: string): string | undefined {
  return broker.groups().find((group) => group.groupId === groupId)?.state;
}

test('a consumer that comes back goes on after its committed offset', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  await producer.send({ topic: 'resume', messages: numbered(0, 3) });
  const before = new Inbox<Received>();
  const consumer = kafka.consumer({ groupId: 'g' });
  await consumer.connect();
  await consumeInto(consumer, 'resume', before);
  await before.count(3);
  await consumer.disconnect();
  assert.equal(stateOf(broker, 'g'), 'Empty');
  assert.deepEqual(broker.groups()[0]!.offsets, [{ topic: 'resume', partition: 0, committed: 3n, end: 3n }]);

  await producer.send({ topic: 'resume', messages: numbered(3, 6) });
  const after = new Inbox<Received>();
  await consumeInto(await connected(t, kafka.consumer({ groupId: 'g' })), 'resume', after);
  const received = await after.count(3);
  assert.deepEqual(
    received.map(({ value }) => value),
    ['3', '4', '5'],
  );
});

test('a group without a committed offset starts at the end unless told otherwise', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  await producer.send({ topic: 'latest', messages: [{ value: 'old' }] });
  const consumer = await connected(t, kafka.consumer({ groupId: 'g' }));
  const fetched = new Promise((resolve) => consumer.on(consumer.events.FETCH, resolve));
  const inbox = new Inbox<Received>();
  await consumer.subscribe({ topic: 'latest' });
  await consumer.run({
    eachMessage: async ({ message }) =>
      inbox.add({ partition: 0, offset: message.offset, key: null, value: String(message.value) }),
  });
  await fetched;
  await producer.send({ topic: 'latest', messages: [{ value: 'new' }] });
  assert.deepEqual(await inbox.count(1), [{ partition: 0, offset: '1', key: null, value: 'new' }]);
});

test('consumer.stop() does not wait for the long poll of the client', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const consumer = await connected(t, kafka.consumer({ groupId: 'g' }));
  const joined = nextJoin(consumer);
  await consumeInto(consumer, 'stop', new Inbox());
  await joined;
  const started = performance.now();
  await consumer.stop();
  const took = performance.now() - started;
  assert.ok(took < 1_500, `took ${took} ms, where kafkajs asks to wait for 5000`);
  assert.equal(stateOf(broker, 'g'), 'Empty');
});

test('groups are described with members and assignments, and deleted when empty', async (t) => {
  const broker = await startBroker(t, { defaultPartitions: 2 });
  const kafka = kafkaFor(broker, 'shop');
  const admin = await connected(t, kafka.admin());
  const consumer = await connected(t, kafka.consumer({ groupId: 'g' }));
  const joined = nextJoin(consumer);
  await consumeInto(consumer, 'described', new Inbox());
  await joined;

  const { groups } = await admin.describeGroups(['g', 'nobody']);
  assert.equal(groups[0]!.state, 'Stable');
  assert.equal(groups[0]!.protocolType, 'consumer');
  assert.equal(groups[0]!.members[0]!.clientId, 'shop');
  assert.equal(groups[0]!.members[0]!.clientHost, '/127.0.0.1');
  assert.equal(groups[1]!.state, 'Dead');
  assert.deepEqual((await admin.listGroups()).groups, [{ groupId: 'g', protocolType: 'consumer' }]);

  const [snapshot] = broker.groups();
  assert.equal(snapshot!.state, 'Stable');
  assert.deepEqual(snapshot!.subscriptions, ['described']);
  assert.deepEqual(snapshot!.members[0]!.assignment, [{ topic: 'described', partitions: [0, 1] }]);
  assert.deepEqual(snapshot!.offsets, [
    { topic: 'described', partition: 0, committed: -1n, end: 0n },
    { topic: 'described', partition: 1, committed: -1n, end: 0n },
  ]);

  await assert.rejects(admin.deleteGroups(['g']), /deleteGroups|DeleteGroups|group/i);
  await consumer.stop();
  const [deleted] = await admin.deleteGroups(['g']);
  assert.equal(deleted!.errorCode, 0);
  assert.deepEqual(broker.groups(), []);
});

test('committed offsets can be fetched, set by hand, and reset', async (t) => {
  const broker = await startBroker(t, { defaultPartitions: 2 });
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  await producer.send({
    topic: 'offsets',
    messages: [
      { partition: 0, value: 'a' },
      { partition: 1, value: 'b' },
    ],
  });
  const inbox = new Inbox<Received>();
  const consumer = await connected(t, kafka.consumer({ groupId: 'g' }));
  await consumer.subscribe({ topic: 'offsets', fromBeginning: true });
  const committed = new Inbox<unknown>();
  consumer.on(consumer.events.COMMIT_OFFSETS, (event) => committed.add(event));
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, partition, message }) => {
      const offset = String(Number(message.offset) + 1);
      await consumer.commitOffsets([{ topic, partition, offset, metadata: 'by hand' }]);
      inbox.add({ partition, offset: message.offset, key: null, value: String(message.value) });
    },
  });
  await inbox.count(2);
  await consumer.stop();
  const admin = await connected(t, kafka.admin());
  const [fetched] = await admin.fetchOffsets({ groupId: 'g', topics: ['offsets'] });
  const byPartition = fetched!.partitions.toSorted((a, b) => a.partition - b.partition);
  assert.deepEqual(byPartition, [
    { partition: 0, offset: '1', metadata: 'by hand' },
    { partition: 1, offset: '1', metadata: 'by hand' },
  ]);
  assert.equal((await admin.fetchOffsets({ groupId: 'g' })).length, 1);
  const [unknown] = await admin.fetchOffsets({ groupId: 'never seen', topics: ['offsets'] });
  assert.deepEqual(
    unknown!.partitions.map(({ offset }) => offset),
    ['-1', '-1'],
  );
});
