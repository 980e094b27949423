import { randomBytes } from 'node:crypto';
import {
  type Admin,
  ConfigResourceTypes,
  type ITopicConfig,
  Kafka,
  type KafkaMessage,
  logLevel,
} from 'kafkajs';
import { apiVersionsApi } from '../../support/kafka-broker/wire/messages/api-versions';
import { bounded } from '../../support/time';
import { RawClient } from '../kafka-broker/raw-client';
import { type Facts, works, yesOrNo } from './facts';

const apis: Readonly<Record<string, number>> = {
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  JoinGroup: 11,
  CreateTopics: 19,
  DescribeAcls: 29,
  SaslHandshake: 17,
};
const limitMs = 20_000;
const topicSettings = ['cleanup.policy', 'retention.ms', 'max.message.bytes', 'message.timestamp.type'];

/** What a Kafka is like, seen through kafkajs. Its topics here are new ones, and are deleted. */
export async function kafkaFacts(version: string, brokers: readonly string[]): Promise<Facts> {
  const prefix = `brine_conformance_${randomBytes(4).toString('hex')}_`;
  const kafka = new Kafka({
    clientId: 'conformance',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 3 },
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { brokers: nodes, controller } = await admin.describeCluster();
    return {
      version,
      brokers: String(nodes.length),
      'has a controller': yesOrNo(controller !== null),
      ...(await versions(brokers[0] ?? '')),
      ...(await topicFacts(admin, prefix)),
      ...(await messageFacts(kafka, admin, prefix)),
      'creates topics by itself': await autoCreation(kafka, admin, `${prefix}auto`),
    };
  } finally {
    const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
    await admin.deleteTopics({ topics });
    await admin.disconnect();
  }
}

async function versions(address: string): Promise<Facts> {
  using client = await RawClient.connect(address);
  const request = { clientSoftwareName: '', clientSoftwareVersion: '' };
  const { apiKeys } = await client.send(apiVersionsApi, 0, request);
  const spans = Object.entries(apis).map(([name, key]) => {
    const api = apiKeys.find(({ apiKey }) => apiKey === key);
    return [`${name}, versions`, api === undefined ? 'none' : `${api.minVersion} to ${api.maxVersion}`];
  });
  return {
    'kinds of requests': String(apiKeys.length),
    ...Object.fromEntries(spans),
  };
}

async function topicFacts(admin: Admin, prefix: string): Promise<Facts> {
  const create = (topic: string, rest: Partial<ITopicConfig>) =>
    admin.createTopics({ topics: [{ topic: prefix + topic, ...rest }], waitForLeaders: true });
  const compact = [{ name: 'cleanup.policy', value: 'compact' }];
  const facts = {
    'a topic with three replicas': await works(() =>
      create('replicas', { numPartitions: 1, replicationFactor: 3 }),
    ),
    'cleanup.policy=compact is accepted': await works(() => create('compact', { configEntries: compact })),
    'a topic with an unknown setting': await works(() =>
      create('unknown', { configEntries: [{ name: 'no.such.setting', value: '1' }] }),
    ),
    'ACLs can be described': await works(() =>
      admin.describeAcls({
        resourceType: 1,
        operation: 1,
        permissionType: 1,
        resourcePatternType: 1,
      } as never),
    ),
  };
  await create('settings', {});
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: `${prefix}settings`, configNames: topicSettings }],
  });
  const told = new Map(
    resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]),
  );
  const [metadata] = (await admin.fetchTopicMetadata({ topics: [`${prefix}settings`] })).topics;
  return {
    ...facts,
    'partitions unless told': String(metadata?.partitions.length),
    ...Object.fromEntries(topicSettings.map((name) => [`${name} unless told`, told.get(name) ?? 'not told'])),
  };
}

/** Sends one of everything, and looks at what arrives. */
async function messageFacts(kafka: Kafka, admin: Admin, prefix: string): Promise<Facts> {
  const topic = `${prefix}messages`;
  const stamped = `${prefix}stamped`;
  await admin.createTopics({
    topics: [
      { topic, numPartitions: 1 },
      {
        topic: stamped,
        numPartitions: 1,
        configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
      },
    ],
    waitForLeaders: true,
  });
  const sent = await send(kafka, topic, stamped);
  const got = await receive(kafka, [topic, stamped]);
  const text = (key: string) => got.get(key)?.value?.toString();
  return {
    ...sent,
    'gzip arrives': yesOrNo(text('gzip') === 'x'.repeat(1_000)),
    'headers arrive': yesOrNo(got.get('plain')?.headers?.a?.toString() === 'b'),
    'tombstones (null) arrive': yesOrNo(got.has('null') && got.get('null')?.value === null),
    "the producer's timestamp is kept": yesOrNo(got.get('plain')?.timestamp === '86400000'),
    'LogAppendTime sets its own': yesOrNo(got.has('stamped') && got.get('stamped')?.timestamp !== '86400000'),
    'a committed transaction arrives': yesOrNo(got.has('committed')),
    'an aborted one does not': yesOrNo(!got.has('aborted')),
    'empty groups can be deleted': await works(() => admin.deleteGroups([`${prefix}messages-group`])),
    'records can be deleted': await works(() =>
      admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] }),
    ),
    'partitions can be added': await works(() =>
      admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] }),
    ),
  };
}

async function send(kafka: Kafka, topic: string, stamped: string): Promise<Facts> {
  const timestamp = '86400000';
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  const transactional = kafka.producer({
    idempotent: true,
    transactionalId: `${topic}-id`,
    maxInFlightRequests: 1,
  });
  await Promise.all([producer.connect(), transactional.connect()]);
  const transact = async (key: string, end: 'commit' | 'abort') => {
    const transaction = await transactional.transaction();
    await transaction.send({ topic, messages: [{ key, value: 'x' }] });
    await transaction[end]();
  };
  const facts = {
    'transactions can be committed': await works(() => transact('committed', 'commit')),
    'transactions can be aborted': await works(() => transact('aborted', 'abort')),
    'messages of 2 MB': await works(() =>
      producer.send({ topic, messages: [{ value: 'x'.repeat(2_000_000) }] }),
    ),
  };
  await producer.send({ topic, compression: 1, messages: [{ key: 'gzip', value: 'x'.repeat(1_000) }] });
  await producer.send({ topic: stamped, messages: [{ key: 'stamped', value: 'x', timestamp }] });
  await producer.send({
    topic,
    messages: [
      { key: 'plain', value: 'x', headers: { a: 'b' }, timestamp },
      { key: 'null', value: null },
      { key: 'last', value: 'x' },
    ],
  });
  await Promise.all([producer.disconnect(), transactional.disconnect()]);
  return facts;
}

async function receive(kafka: Kafka, topics: string[]): Promise<Map<string, KafkaMessage>> {
  const got = new Map<string, KafkaMessage>();
  const consumer = kafka.consumer({ groupId: `${topics[0]}-group` });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics, fromBeginning: true });
    const all = new Promise<void>((resolve) => {
      const eachMessage = async ({ message }: { message: KafkaMessage }) => {
        got.set(message.key?.toString() ?? '', message);
        if (got.has('last') && got.has('stamped')) resolve();
      };
      void consumer.run({ eachMessage });
    });
    await bounded(all, limitMs, () => new Error(`only ${[...got.keys()].join(', ')} arrived`));
    return got;
  } finally {
    await consumer.disconnect();
  }
}

async function autoCreation(kafka: Kafka, admin: Admin, topic: string): Promise<string> {
  const producer = kafka.producer({ allowAutoTopicCreation: true, retry: { retries: 5 } });
  await producer.connect();
  await works(() => producer.send({ topic, messages: [{ value: 'x' }] }));
  await producer.disconnect();
  return yesOrNo((await admin.listTopics()).includes(topic));
}
