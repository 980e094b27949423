import assert from 'node:assert/strict';
import { noUuid } from '../../../support/kafka-broker/uuid';
import { alterConfigsApi } from '../../../support/kafka-broker/wire/messages/alter-configs';
import { createPartitionsApi } from '../../../support/kafka-broker/wire/messages/create-partitions';
import { createTopicsApi } from '../../../support/kafka-broker/wire/messages/create-topics';
import { deleteTopicsApi } from '../../../support/kafka-broker/wire/messages/delete-topics';
import { describeConfigsApi } from '../../../support/kafka-broker/wire/messages/describe-configs';
import { metadataApi } from '../../../support/kafka-broker/wire/messages/metadata';
import type { RawClient } from '../../kafka-broker/raw-client';
import { Checks } from '../check';

export const checks = new Checks();
const { add } = checks;

interface Wanted {
  readonly partitions?: number;
  readonly replicas?: number;
  readonly assignments?: Array<{ partitionIndex: number; brokerIds: number[] }>;
  readonly configs?: Array<{ name: string; value: string | null }>;
  readonly validateOnly?: boolean;
  readonly version?: number;
}

async function create(client: RawClient, name: string, wanted: Wanted = {}): Promise<number> {
  const { partitions = 1, replicas = 1, assignments = [], configs = [], validateOnly = false } = wanted;
  const topic = { name, numPartitions: partitions, replicationFactor: replicas, assignments, configs };
  const request = { topics: [topic], timeoutMs: 30_000, validateOnly };
  const answer = await client.send(createTopicsApi, wanted.version ?? 4, request);
  return answer.topics[0]!.errorCode;
}

async function describe(
  client: RawClient,
  names: string[] | null,
  version = 8,
  allowAutoTopicCreation = false,
) {
  const topics = names?.map((name) => ({ name })) ?? null;
  return client.send(metadataApi, version, { topics, allowAutoTopicCreation });
}

add('CreateTopics: its errors, in every version', async (target, client) => {
  for (const version of target.versions(createTopicsApi)) {
    const name = target.name('made');
    const error = (wanted: Wanted, as = target.name('never')) => create(client, as, { version, ...wanted });
    assert.equal(await error({}, name), 0);
    assert.equal(await error({}, name), 36, 'exists');
    assert.equal(await error({ replicas: 2 }), 38, 'more replicas than brokers');
    assert.equal(await error({ replicas: 0 }), 38, 'no replicas');
    assert.equal(await error({ partitions: 0 }), 37, 'no partitions');
    assert.equal(await error({ partitions: -2 }), 37, 'negative partitions');
    for (const bad of ['', '.', '..', 'a b', 'ä', 'x'.repeat(250)])
      assert.equal(await error({}, bad), 17, `"${bad}"`);
    const assignments = [{ partitionIndex: 0, brokerIds: [4711] }];
    assert.equal(await error({ partitions: -1, replicas: -1, assignments }), 39, 'unknown broker');
    const gap = [{ partitionIndex: 1, brokerIds: [1] }];
    assert.equal(
      await error({ partitions: -1, replicas: -1, assignments: gap }),
      39,
      'partition 0 is missing',
    );
    assert.equal(await error({ assignments }), 42, 'counts and assignments');
    assert.equal(await error({ configs: [{ name: 'no.such.thing', value: '1' }] }), 40, 'unknown setting');
    assert.equal(await error({ configs: [{ name: 'retention.ms', value: 'soon' }] }), 40, 'bad value');
    const policy = [{ name: 'cleanup.policy', value: 'burn' }];
    assert.equal(await error({ configs: policy }), 40, 'value not allowed');
  }
});

add(
  'CreateTopics: more than 10,000 partitions in a request are error 44 for each topic, null settings 40',
  async (target, client) => {
    const topicsOf = (...counts: number[]) =>
      counts.map((numPartitions) => {
        return {
          name: target.name('many'),
          numPartitions,
          replicationFactor: 1,
          assignments: [],
          configs: [],
        };
      });
    const errors = async (topics: ReturnType<typeof topicsOf>) => {
      const request = { topics, timeoutMs: 30_000, validateOnly: true };
      const answer = await client.send(createTopicsApi, 4, request);
      return answer.topics.map(({ errorCode, errorMessage }) => [errorCode, errorMessage]);
    };
    const refused = [44, 'Excessively large number of partitions per request.'];
    assert.deepEqual(await errors(topicsOf(10_001)), [refused]);
    assert.deepEqual(await errors(topicsOf(2_147_483_647, 0)), [refused, refused]);
    assert.deepEqual(await errors(topicsOf(6_000, 4_001)), [refused, refused]);
    assert.deepEqual(await errors(topicsOf(0)), [
      [37, 'Number of partitions was set to an invalid non-positive value.'],
    ]);
    const configs = [{ name: 'retention.ms', value: null }];
    assert.equal(await create(client, target.name('made'), { configs, validateOnly: true }), 40);
  },
);

add('CreateTopics -1 takes the defaults of the broker', async (target, client) => {
  const name = target.name('made');
  assert.equal(await create(client, name, { partitions: -1, replicas: -1 }), 0);
});

add('CreateTopics: to validate only makes nothing, but tells of errors', async (target, client) => {
  const name = target.name('made');
  assert.equal(await create(client, name, { validateOnly: true }), 0);
  assert.equal(await create(client, name, { validateOnly: true, partitions: 0 }), 37);
  assert.equal(await create(client, name), 0);
});

add('CreateTopics: a name twice in a request is error 42, and neither is made', async (target, client) => {
  const name = target.name('made');
  const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
  const answer = await client.send(createTopicsApi, 4, {
    topics: [topic, topic],
    timeoutMs: 30_000,
    validateOnly: false,
  });
  assert.deepEqual(
    answer.topics.map(({ errorCode }) => errorCode),
    [42],
  );
});

add('CreateTopics: names that differ in dot and underscore only collide', async (target, client) => {
  const name = target.name('dot.name');
  assert.equal(await create(client, name), 0);
  assert.equal(await create(client, name.replaceAll('.', '_')), 17);
});

add('DeleteTopics: gone, then unknown, in every version', async (target, client) => {
  for (const version of target.versions(deleteTopicsApi)) {
    const name = await target.topic();
    const request = { topicNames: [name], topics: [{ name, topicId: noUuid }], timeoutMs: 30_000 };
    const error = async () => (await client.send(deleteTopicsApi, version, request)).responses[0]!.errorCode;
    assert.equal(await error(), 0);
    assert.equal(await error(), 3);
  }
});

add('Metadata: nothing, some, all; unknown 3; bad names 17; in every version', async (target, client) => {
  const name = await target.topic(3);
  for (const version of target.versions(metadataApi)) {
    const all = await describe(client, version === 0 ? [] : null, version);
    assert.ok(
      all.topics.some((topic) => topic.name === name),
      'all',
    );
    if (version >= 1) assert.deepEqual((await describe(client, [], version)).topics, []);
    const some = await describe(client, [name], version);
    const [{ errorCode, partitions }] = some.topics as [(typeof some.topics)[number]];
    assert.equal(errorCode, 0);
    assert.deepEqual(partitions.map(({ partitionIndex }) => partitionIndex).sort(), [0, 1, 2]);
    for (const { leaderId, replicaNodes, isrNodes, leaderEpoch } of partitions) {
      assert.deepEqual([leaderId, replicaNodes, isrNodes], [1, [1], [1]]);
      assert.equal(leaderEpoch, version >= 7 ? 0 : -1);
    }
    const address = some.brokers.map(({ nodeId, host, port }) => `${nodeId} ${host}:${port}`);
    assert.deepEqual(address, [`1 ${target.address}`]);
    if (version >= 1) assert.equal(some.controllerId, 1);
    if (version >= 4)
      assert.equal((await describe(client, [target.name()], version)).topics[0]!.errorCode, 3);
    assert.equal((await describe(client, ['a b'], version)).topics[0]!.errorCode, 17);
  }
});

add('Metadata makes a topic that is asked for', async (target, client) => {
  const name = target.name('auto');
  const first = (await describe(client, [name], 8, true)).topics[0]!.errorCode;
  assert.equal(first, target.differs('auto-created-at-once', { embedded: 0, real: 3 }));
  for (;;) {
    const { errorCode, partitions } = (await describe(client, [name], 8, true)).topics[0]!;
    if (errorCode === 0 && partitions.length === 1) return;
    assert.ok([0, 3, 5].includes(errorCode));
  }
});

add('Metadata asks for the same topic twice: it is told once', async (target, client) => {
  const name = await target.topic();
  assert.equal((await describe(client, [name, name])).topics.length, 1);
});

async function addPartitions(client: RawClient, name: string, count: number, more: object = {}, version = 1) {
  const topics = [{ name, count, assignments: null, ...more }];
  const request = { topics, timeoutMs: 30_000, validateOnly: false };
  return (await client.send(createPartitionsApi, version, request)).results[0]!.errorCode;
}

add(
  'CreatePartitions: more, not fewer nor the same; unknown topic; bad assignments; in every version',
  async (target, client) => {
    for (const version of target.versions(createPartitionsApi)) {
      const name = await target.topic(2);
      assert.equal(await addPartitions(client, name, 1, {}, version), 37);
      assert.equal(await addPartitions(client, name, 2, {}, version), 37);
      assert.equal(await addPartitions(client, name, 0, {}, version), 37);
      const stranger = { assignments: [{ brokerIds: [4711] }] };
      assert.equal(await addPartitions(client, name, 3, stranger, version), 39);
      const tooMany = { assignments: [{ brokerIds: [1] }, { brokerIds: [1] }] };
      assert.equal(await addPartitions(client, name, 3, tooMany, version), 39);
      assert.equal(await addPartitions(client, name, 3, { assignments: [{ brokerIds: [1] }] }, version), 0);
      assert.equal(await addPartitions(client, name, 5, {}, version), 0);
      assert.equal(await addPartitions(client, target.name(), 2, {}, version), 3);
    }
  },
);

add('CreatePartitions: what is wrong, word for word; a name twice', async (target, client) => {
  const name = await target.topic(2);
  const refusal = async (counts: readonly number[], as = name) => {
    const topics = counts.map((count) => ({ name: as, count, assignments: null }));
    const request = { topics, timeoutMs: 30_000, validateOnly: true };
    const { results } = await client.send(createPartitionsApi, 1, request);
    return results.map(({ errorCode, errorMessage }) => [errorCode, errorMessage]);
  };
  assert.deepEqual(await refusal([2]), [[37, 'Topic already has 2 partition(s).']]);
  const fewer = `The topic ${name} currently has 2 partition(s); 1 would not be an increase.`;
  assert.deepEqual(await refusal([1]), [[37, fewer]]);
  assert.deepEqual(await refusal([10_002]), [[0, null]], 'as many as can be at once');
  assert.deepEqual(await refusal([10_003]), [[-1, null]]);
  assert.deepEqual(await refusal([3, 4]), [[42, 'Duplicate topic name.']]);
  assert.deepEqual(await refusal([3], target.name()), [[3, null]]);
});

async function configs(
  client: RawClient,
  resourceType: number,
  resourceName: string,
  names: string[] | null,
  version = 3,
) {
  const resources = [{ resourceType, resourceName, configurationKeys: names }];
  return (await client.send(describeConfigsApi, version, { resources, includeSynonyms: false })).results[0]!;
}

const topicSettings = [
  'cleanup.policy',
  'compression.type',
  'delete.retention.ms',
  'max.message.bytes',
  'message.timestamp.type',
  'min.insync.replicas',
  'retention.bytes',
  'retention.ms',
  'segment.bytes',
  'segment.ms',
];

add(
  "DescribeConfigs: a topic's settings and Kafka's defaults of them, in every version",
  async (target, client) => {
    const topic = await target.topic(1, { 'retention.ms': '1234' });
    for (const version of target.versions(describeConfigsApi)) {
      const { errorCode, configs: found } = await configs(client, 2, topic, topicSettings, version);
      assert.equal(errorCode, 0);
      const values = Object.fromEntries(found.map(({ name, value }) => [name, value]));
      assert.deepEqual(values, {
        'cleanup.policy': 'delete',
        'compression.type': 'producer',
        'delete.retention.ms': '86400000',
        'max.message.bytes': '1048588',
        'message.timestamp.type': 'CreateTime',
        'min.insync.replicas': '1',
        'retention.bytes': '-1',
        'retention.ms': '1234',
        'segment.bytes': '1073741824',
        'segment.ms': '604800000',
      });
      const own = found.find(({ name }) => name === 'retention.ms');
      const inherited = found.find(({ name }) => name === 'segment.ms');
      assert.deepEqual([own?.configSource, inherited?.configSource], version >= 1 ? [1, 5] : [-1, -1]);
    }
  },
);

add(
  'DescribeConfigs: only what is asked for; unknown names are left out; unknown topic 3; bad name 17',
  async (target, client) => {
    const topic = await target.topic();
    const some = await configs(client, 2, topic, ['retention.ms', 'no.such.thing']);
    assert.deepEqual(
      some.configs.map(({ name }) => name),
      ['retention.ms'],
    );
    assert.equal((await configs(client, 2, target.name(), null)).errorCode, 3);
    assert.equal((await configs(client, 2, 'a b', null)).errorCode, 17);
    assert.equal((await configs(client, 99, topic, null)).errorCode, 42);
    assert.equal((await configs(client, 4, '4711', null)).errorCode, 42);
    assert.equal((await configs(client, 4, 'x', null)).errorCode, 42);
  },
);

add(
  'DescribeConfigs: the broker tells how many partitions and replicas a topic gets',
  async (_target, client) => {
    const { configs: found } = await configs(client, 4, '1', [
      'num.partitions',
      'default.replication.factor',
    ]);
    const values = Object.fromEntries(found.map(({ name, value }) => [name, value]));
    assert.deepEqual(values, { 'num.partitions': '1', 'default.replication.factor': '1' });
  },
);

async function alter(
  client: RawClient,
  name: string,
  settings: Record<string, string | null>,
  version: number,
  validateOnly = false,
) {
  const list = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
  const resources = [{ resourceType: 2, resourceName: name, configs: list }];
  return (await client.send(alterConfigsApi, version, { resources, validateOnly })).responses[0]!.errorCode;
}

add(
  'AlterConfigs replaces all, takes back what is not given, and refuses what is wrong, in every version',
  async (target, client) => {
    const value = async (topic: string, name: string) =>
      (await configs(client, 2, topic, [name])).configs[0]!.value;
    /** A real Kafka answers before its broker has learnt of it. */
    const becomes = async (topic: string, name: string, wanted: string) => {
      while ((await value(topic, name)) !== wanted);
    };
    for (const version of target.versions(alterConfigsApi)) {
      const topic = await target.topic(1, { 'retention.ms': '1', 'segment.ms': '5000' });
      assert.equal(await alter(client, topic, { 'retention.ms': '2' }, version), 0);
      await becomes(topic, 'retention.ms', '2');
      await becomes(topic, 'segment.ms', '604800000');
      assert.equal(await alter(client, topic, { 'retention.ms': '3' }, version, true), 0);
      assert.equal(await value(topic, 'retention.ms'), '2');
      assert.equal(await alter(client, topic, { 'no.such.thing': '3' }, version), 40);
      assert.equal(await alter(client, topic, { 'retention.ms': 'soon' }, version), 40);
      assert.equal(await alter(client, target.name(), { 'retention.ms': '1' }, version), 3);
    }
  },
);
