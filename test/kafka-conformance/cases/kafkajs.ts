import assert from 'node:assert/strict';
import {
  type Admin,
  CompressionTypes,
  ConfigResourceTypes,
  type Consumer,
  Kafka,
  logLevel,
  type Producer,
} from 'kafkajs';
import { Inbox } from '../../kafka-broker/harness';
import { Checks } from '../check';
import type { Target } from '../target';

export const checks = new Checks();

/** Clients that end with the check. */
interface Clients {
  readonly kafka: Kafka;
  admin(): Promise<Admin>;
  producer(options?: Parameters<Kafka['producer']>[0]): Promise<Producer>;
  /** Runs from the start of the topic, into an inbox. */
  consumer(
    groupId: string,
    topic: string,
    more?: object,
  ): Promise<{ consumer: Consumer; inbox: Inbox<string> }>;
}

function add(name: string, body: (target: Target, clients: Clients) => Promise<void>): void {
  checks.add(`kafkajs: ${name}`, async (target) => {
    await using scope = new AsyncDisposableStack();
    const kafka = new Kafka({ clientId: 'kafkajs', brokers: [target.address], logLevel: logLevel.NOTHING });
    const connected = async <C extends { connect(): Promise<void>; disconnect(): Promise<void> }>(
      client: C,
    ) => {
      await client.connect();
      scope.defer(() => client.disconnect());
      return client;
    };
    await body(target, {
      kafka,
      admin: () => connected(kafka.admin()),
      producer: (options) => connected(kafka.producer(options)),
      async consumer(groupId, topic, more = {}) {
        const consumer = await connected(kafka.consumer({ groupId, maxWaitTimeInMs: 100, ...more }));
        const inbox = new Inbox<string>();
        await consumer.subscribe({ topic, fromBeginning: true });
        await consumer.run({ eachMessage: async ({ message }) => inbox.add(String(message.value)) });
        return { consumer, inbox };
      },
    });
  });
}

add(
  'keys, headers, nulls, empty values and time stamps come back as they were sent',
  async (target, clients) => {
    const topic = await target.topic();
    const producer = await clients.producer();
    const messages = [
      { key: 'k', value: 'v', headers: { h: 'x', list: ['1', '2'] }, timestamp: '1700000000000' },
      { key: null, value: null },
      { key: '', value: '' },
    ];
    await producer.send({ topic, messages });
    const consumer = clients.kafka.consumer({ groupId: target.name('group'), maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const inbox = new Inbox<unknown>();
    await consumer.run({
      eachMessage: async ({ message: { key, value, headers, timestamp, offset } }) => {
        const text = (each: unknown) => (Array.isArray(each) ? each.map(String) : String(each));
        const plain = Object.entries(headers ?? {}).map(([name, each]) => [name, text(each)]);
        inbox.add([
          offset,
          key && String(key),
          value && String(value),
          plain,
          offset === '0' ? timestamp : '',
        ]);
      },
    });
    const received = await inbox.count(3);
    await consumer.disconnect();
    assert.deepEqual(received, [
      [
        '0',
        'k',
        'v',
        [
          ['h', 'x'],
          ['list', ['1', '2']],
        ],
        '1700000000000',
      ],
      ['1', null, null, [], ''],
      ['2', '', '', [], ''],
    ]);
  },
);

add('gzip, and batches over several topics and partitions', async (target, clients) => {
  const [first, second] = [await target.topic(3), await target.topic()];
  const producer = await clients.producer();
  const messages = Array.from({ length: 50 }, (_, index) => ({ key: `${index}`, value: `${index}` }));
  const topicMessages = [first, second].map((topic) => ({ topic, messages }));
  await producer.sendBatch({ topicMessages, compression: CompressionTypes.GZIP, acks: -1 });
  const { inbox } = await clients.consumer(target.name('group'), first);
  assert.equal(new Set(await inbox.count(50)).size, 50);
});

add('an idempotent producer', async (target, clients) => {
  const topic = await target.topic();
  const producer = await clients.producer({ idempotent: true, maxInFlightRequests: 1 });
  for (const value of ['a', 'b', 'c']) await producer.send({ topic, messages: [{ value }] });
  const { inbox } = await clients.consumer(target.name('group'), topic);
  assert.deepEqual(await inbox.count(3), ['a', 'b', 'c']);
});

add(
  'transactions: committed, aborted, with offsets; a consumer sees the committed only',
  async (target, clients) => {
    const [topic, source] = [await target.topic(), await target.topic()];
    const groupId = target.name('group');
    const producer = await clients.producer({
      transactionalId: target.name('tx'),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    const aborted = await producer.transaction();
    await aborted.send({ topic, messages: [{ value: 'aborted' }] });
    await aborted.abort();
    const done = await producer.transaction();
    await done.send({ topic, messages: [{ value: 'committed' }] });
    await done.sendOffsets({
      consumerGroupId: groupId,
      topics: [{ topic: source, partitions: [{ partition: 0, offset: '7' }] }],
    });
    await done.commit();
    const { inbox } = await clients.consumer(target.name('group'), topic);
    assert.deepEqual(await inbox.count(1), ['committed']);
    const admin = await clients.admin();
    const offset = async () =>
      (await admin.fetchOffsets({ groupId, topics: [source] }))[0]?.partitions[0]?.offset;
    while ((await offset()) === '-1');
    assert.equal(await offset(), '7');
  },
);

add(
  'a group of two shares the partitions, and one takes over when the other leaves',
  async (target, clients) => {
    const topic = await target.topic(2);
    const groupId = target.name('group');
    const producer = await clients.producer();
    const first = await clients.consumer(groupId, topic, { heartbeatInterval: 200 });
    const joined = new Promise<void>((resolve) => {
      first.consumer.on('consumer.group_join', ({ payload }) => {
        if (payload.memberAssignment[topic]?.length === 1) resolve();
      });
    });
    const second = await clients.consumer(groupId, topic, { heartbeatInterval: 200 });
    await joined;
    const send = (value: string) =>
      producer.send({ topic, messages: [0, 1].map((partition) => ({ partition, value })) });
    await send('shared');
    await Promise.all([first.inbox.count(1), second.inbox.count(1)]);
    await first.consumer.stop();
    await send('alone');
    await second.inbox.until((received) => received.filter((value) => value === 'alone').length === 2);
  },
);

add('a consumer goes on where its group has committed; seek and pause', async (target, clients) => {
  const topic = await target.topic();
  const groupId = target.name('group');
  const producer = await clients.producer();
  await producer.send({ topic, messages: [{ value: 'a' }, { value: 'b' }] });
  const first = await clients.consumer(groupId, topic);
  await first.inbox.count(2);
  await first.consumer.commitOffsets([{ topic, partition: 0, offset: '2' }]);
  await first.consumer.disconnect();
  await producer.send({ topic, messages: [{ value: 'c' }] });
  const second = await clients.consumer(groupId, topic);
  assert.deepEqual(await second.inbox.count(1), ['c']);
  second.consumer.seek({ topic, partition: 0, offset: '1' });
  assert.deepEqual(await second.inbox.count(3), ['c', 'b', 'c']);
});

add('admin: topics, partitions, metadata, cluster', async (target, clients) => {
  const admin = await clients.admin();
  const topic = target.name('topic');
  assert.equal(
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true }),
    true,
  );
  assert.equal(await admin.createTopics({ topics: [{ topic }] }), false);
  await assert.rejects(admin.createTopics({ topics: [{ topic: 'a b' }] }), { name: 'KafkaJSAggregateError' });
  assert.ok((await admin.listTopics()).includes(topic));
  await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
  const partitions = async () =>
    (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.length;
  while ((await partitions()) !== 3);
  const { brokers, controller } = await admin.describeCluster();
  assert.deepEqual([brokers.length, controller], [1, 1]);
  await admin.deleteTopics({ topics: [topic] });
});

add(
  'admin: offsets of topics and groups, by time, set and reset; records deleted',
  async (target, clients) => {
    const admin = await clients.admin();
    const topic = await target.topic();
    const groupId = target.name('group');
    const producer = await clients.producer();
    const messages = ['1000', '2000', '3000'].map((timestamp) => ({ value: timestamp, timestamp }));
    await producer.send({ topic, messages });
    assert.deepEqual(await admin.fetchTopicOffsets(topic), [
      { partition: 0, offset: '3', high: '3', low: '0' },
    ]);
    assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp(topic, 1_500), [{ partition: 0, offset: '1' }]);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    assert.deepEqual(await admin.fetchTopicOffsets(topic), [
      { partition: 0, offset: '3', high: '3', low: '1' },
    ]);
    const { consumer, inbox } = await clients.consumer(groupId, topic);
    await inbox.count(2);
    await consumer.stop();
    const offsets = await admin.fetchOffsets({ groupId, topics: [topic] });
    assert.equal(offsets[0]?.partitions[0]?.offset, '3');
    await consumer.disconnect();
  },
);

add('admin: settings described and altered', async (target, clients) => {
  const admin = await clients.admin();
  const topic = await target.topic();
  const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
  const value = async () => {
    const { resources } = await admin.describeConfigs({
      resources: [{ ...resource, configNames: ['retention.ms'] }],
      includeSynonyms: false,
    });
    return resources[0]?.configEntries[0]?.configValue;
  };
  assert.equal(await value(), '604800000');
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ ...resource, configEntries: [{ name: 'retention.ms', value: '5000' }] }],
  });
  while ((await value()) !== '5000');
});

add('admin: groups listed, described, deleted', async (target, clients) => {
  const admin = await clients.admin();
  const topic = await target.topic();
  const groupId = target.name('group');
  const { consumer } = await clients.consumer(groupId, topic);
  const describe = async () => (await admin.describeGroups([groupId])).groups[0];
  while ((await describe())?.state !== 'Stable');
  assert.equal((await describe())?.members.length, 1);
  assert.ok((await admin.listGroups()).groups.some((group) => group.groupId === groupId));
  await assert.rejects(admin.deleteGroups([groupId]), { name: 'KafkaJSDeleteGroupsError' });
  await consumer.disconnect();
  await admin.deleteGroups([groupId]);
  assert.equal((await describe())?.state, 'Dead');
});
