import assert from 'node:assert/strict';
import test from 'node:test';
import { ConfigResourceTypes } from 'kafkajs';
import { connected, kafkaFor, startBroker } from './harness';

test('topics are created with their partitions, listed, described and deleted', async (t) => {
  const broker = await startBroker(t, { defaultPartitions: 2 });
  // kafkajs retries "unknown topic" for seconds unless told not to.
  const admin = await connected(t, kafkaFor(broker).admin({ retry: { retries: 0 } }));
  assert.equal(
    await admin.createTopics({ topics: [{ topic: 'three', numPartitions: 3 }, { topic: 'default' }] }),
    true,
  );
  assert.equal(await admin.createTopics({ topics: [{ topic: 'three' }] }), false, 'it exists already');
  assert.deepEqual((await admin.listTopics()).sort(), ['default', 'three']);
  const { topics } = await admin.fetchTopicMetadata({ topics: ['three'] });
  assert.deepEqual(
    topics[0]!.partitions.map(({ partitionId, leader, isr }) => ({ partitionId, leader, isr })),
    [0, 1, 2].map((partitionId) => ({ partitionId, leader: 1, isr: [1] })),
  );
  assert.deepEqual(broker.topics(), [
    { name: 'three', partitions: 3 },
    { name: 'default', partitions: 2 },
  ]);
  await admin.deleteTopics({ topics: ['three'] });
  assert.deepEqual(await admin.listTopics(), ['default']);
  await assert.rejects(admin.deleteTopics({ topics: ['three'] }), hasMessage(/does not host this topic/));
});

test('what cannot be created is refused with a reason', async (t) => {
  const broker = await startBroker(t);
  const admin = await connected(t, kafkaFor(broker).admin());
  const create = (topic: object) => admin.createTopics({ topics: [{ topic: 'fine', ...topic }] });
  await assert.rejects(
    create({ topic: 'not/valid' }),
    hasMessage(/request on a topic that.*invalid|operation on an invalid topic/i),
  );
  await assert.rejects(
    create({ numPartitions: 0 }),
    hasMessage(/number of partitions is invalid|partitions/i),
  );
  await assert.rejects(create({ replicationFactor: 3 }), hasMessage(/replication/i));
  await assert.rejects(create({ configEntries: [{ name: 'no.such', value: '1' }] }), hasMessage(/config/i));
  assert.deepEqual(broker.topics(), []);
});

/** kafkajs throws an aggregate of one error for each topic. */
function hasMessage(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    const { message, errors = [] } = error as Error & { errors?: Error[] };
    return [message, ...errors.map((each) => each.message)].some((text) => pattern.test(text));
  };
}

test('a topic that nobody created appears when it is used, unless that is switched off', async (t) => {
  const open = await startBroker(t);
  const producer = await connected(t, kafkaFor(open).producer());
  await producer.send({ topic: 'used', messages: [{ value: 'x' }] });
  assert.deepEqual(open.topics(), [{ name: 'used', partitions: 1 }]);

  const strict = await startBroker(t, { autoCreateTopics: false });
  const kafka = kafkaFor(strict);
  const other = await connected(t, kafka.producer({ retry: { retries: 0 } }));
  await assert.rejects(other.send({ topic: 'used', messages: [{ value: 'x' }] }), /does not host this topic/);
  assert.deepEqual(strict.topics(), []);
});

test('offsets are listed: earliest, latest, and by time inside a batch', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  const messages = [1_000, 2_000, 3_000].map((time) => ({ value: `${time}`, timestamp: `${time}` }));
  await producer.send({ topic: 'times', messages });
  const admin = await connected(t, kafka.admin());
  assert.deepEqual(await admin.fetchTopicOffsets('times'), [
    { partition: 0, offset: '3', high: '3', low: '0' },
  ]);
  const at = async (time: number) => (await admin.fetchTopicOffsetsByTimestamp('times', time))[0]!.offset;
  assert.equal(await at(1_500), '1');
  assert.equal(await at(3_000), '2');
  assert.equal(await at(3_001), '3', 'kafkajs shows the end when there is none');
  assert.deepEqual(broker.endOffsets(), [{ topic: 'times', partition: 0, offset: 3n }]);
});

test('records can be deleted from the front', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  await producer.send({ topic: 'cut', messages: ['0', '1', '2'].map((value) => ({ value })) });
  const admin = await connected(t, kafka.admin());
  assert.deepEqual(await admin.fetchTopicOffsets('cut'), [
    { partition: 0, offset: '3', high: '3', low: '0' },
  ]);
  await admin.deleteTopicRecords({ topic: 'cut', partitions: [{ partition: 0, offset: '2' }] });
  assert.deepEqual(await admin.fetchTopicOffsets('cut'), [
    { partition: 0, offset: '3', high: '3', low: '2' },
  ]);
  assert.deepEqual(
    broker.records('cut').map(({ value }) => String(value)),
    ['2'],
  );
});

test('partitions can be added, never taken away', async (t) => {
  const broker = await startBroker(t);
  const admin = await connected(t, kafkaFor(broker).admin());
  await admin.createTopics({ topics: [{ topic: 'grows' }] });
  await admin.createPartitions({ topicPartitions: [{ topic: 'grows', count: 4 }] });
  assert.deepEqual(broker.topics(), [{ name: 'grows', partitions: 4 }]);
  await assert.rejects(
    admin.createPartitions({ topicPartitions: [{ topic: 'grows', count: 2 }] }),
    hasMessage(/partitions/i),
  );
});

test('settings of a topic are described and replaced', async (t) => {
  const broker = await startBroker(t);
  const admin = await connected(t, kafkaFor(broker).admin());
  const configEntries = [{ name: 'retention.ms', value: '1000' }];
  await admin.createTopics({ topics: [{ topic: 'set', configEntries }] });
  const settingOf = async (name: string) => {
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: 'set', configNames: [name] }];
    const described = await admin.describeConfigs({ resources, includeSynonyms: false });
    return described.resources[0]!.configEntries.map(({ configValue, isDefault }) => ({
      configValue,
      isDefault,
    }));
  };
  assert.deepEqual(await settingOf('retention.ms'), [{ configValue: '1000', isDefault: false }]);
  const change = [{ name: 'cleanup.policy', value: 'compact' }];
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: 'set', configEntries: change }],
  });
  assert.deepEqual(await settingOf('cleanup.policy'), [{ configValue: 'compact', isDefault: false }]);
  assert.deepEqual(await settingOf('retention.ms'), [{ configValue: '604800000', isDefault: true }]);
});

test('the cluster is one node under the address that clients use', async (t) => {
  const broker = await startBroker(t);
  const admin = await connected(t, kafkaFor(broker).admin());
  const { brokers, controller } = await admin.describeCluster();
  const [host, port] = broker.address.split(':');
  assert.deepEqual(brokers, [{ nodeId: 1, host, port: Number(port) }]);
  assert.equal(controller, 1);
});

test('a topic can be created and deleted by the test itself', async (t) => {
  const broker = await startBroker(t);
  broker.createTopic('direct', { partitions: 2 });
  assert.deepEqual(broker.topics(), [{ name: 'direct', partitions: 2 }]);
  assert.throws(() => broker.createTopic('direct'), /there is a topic "direct" already/);
  assert.throws(() => broker.createTopic('not valid'), /"not valid" is no valid name/);
  assert.throws(() => broker.createTopic('none', { partitions: 0 }), /0 partitions/);
  broker.deleteTopic('direct');
  assert.deepEqual(broker.topics(), []);
  assert.throws(() => broker.deleteTopic('direct'), /there is no topic "direct"/);
});
