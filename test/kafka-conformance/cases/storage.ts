import assert from 'node:assert/strict';
import { batchFlags, batchLayout } from '../../../support/kafka-broker/records/record-batch';
import { configType } from '../../../support/kafka-broker/state/config-definition';
import { topicConfigs } from '../../../support/kafka-broker/state/topic-configs';
import { createTopicsApi } from '../../../support/kafka-broker/wire/messages/create-topics';
import { describeConfigsApi } from '../../../support/kafka-broker/wire/messages/describe-configs';
import { describeLogDirsApi } from '../../../support/kafka-broker/wire/messages/describe-log-dirs';
import { fetchApi } from '../../../support/kafka-broker/wire/messages/fetch';
import { incrementalAlterConfigsApi } from '../../../support/kafka-broker/wire/messages/incremental-alter-configs';
import type { RawClient } from '../../kafka-broker/raw-client';
import { Checks } from '../check';
import { fetch, fetchRequest, listOffsets, produce } from '../requests';

export const checks = new Checks();
const { add } = checks;

const hour = 3_600_000;

add(
  'LogAppendTime: the answer, the batch and lookups have the time of the broker',
  async (target, client) => {
    const topic = await target.topic(1, { 'message.timestamp.type': 'LogAppendTime' });
    const before = BigInt(Date.now());
    const { errorCode, logAppendTimeMs } = await produce(client, topic, {
      values: ['a', 'b'],
      timestamps: [5, 6],
    });
    assert.equal(errorCode, 0);
    assert.ok(logAppendTimeMs >= before && logAppendTimeMs <= BigInt(Date.now()));
    const batch = (await fetch(client, topic)).records!;
    assert.equal(batch.readBigInt64BE(batchLayout.maxTimestamp), logAppendTimeMs);
    assert.equal(
      batch.readInt16BE(batchLayout.attributes) & batchFlags.logAppendTime,
      batchFlags.logAppendTime,
    );
    const { offset, timestamp } = await listOffsets(client, topic, before);
    assert.deepEqual([offset, timestamp], [0n, logAppendTimeMs]);
  },
);

add('The latest time in the header of a batch is made right', async (target, client) => {
  const topic = await target.topic();
  await produce(client, topic, { values: ['a', 'b', 'c'], timestamps: [1_000, 3_000, 2_000] });
  assert.equal((await fetch(client, topic)).records!.readBigInt64BE(batchLayout.maxTimestamp), 3_000n);
});

add(
  'Time stamps too far ahead or back are error 32, also where the broker sets them',
  async (target, client) => {
    const topic = await target.topic(1, { 'message.timestamp.before.max.ms': `${hour}` });
    const errorOf = async (timestamps: number[], attributes = 0) =>
      (await produce(client, topic, { values: timestamps.map(String), timestamps, attributes })).errorCode;
    const now = Date.now();
    assert.equal(await errorOf([now]), 0);
    assert.equal(await errorOf([now - 2 * hour]), 32);
    assert.equal(await errorOf([now, now + 2 * hour]), 32);
    assert.equal(await errorOf([now], batchFlags.logAppendTime), 0, 'a mark that is taken away');
    const stamped = await target.topic(1, { 'message.timestamp.type': 'LogAppendTime' });
    const marked = { values: ['a'], attributes: batchFlags.logAppendTime };
    assert.equal((await produce(client, stamped, marked)).errorCode, 32, 'a mark that only the broker sets');
    assert.equal(await errorOf([-1]), 0, 'no time at all');
  },
);

add('A compacted topic refuses records without a key with error 87', async (target, client) => {
  const topic = await target.topic(1, { 'cleanup.policy': 'compact' });
  assert.equal((await produce(client, topic, { values: ['a'] })).errorCode, 87);
  assert.equal((await produce(client, topic, { values: ['a', 'b'], keys: ['k', null] })).errorCode, 87);
  assert.equal((await produce(client, topic, { values: ['a'], keys: ['k'] })).baseOffset, 0n);
});

add('min.insync.replicas demands no more replicas than there are', async (target, client) => {
  const topic = await target.topic(1, { 'min.insync.replicas': '2' });
  for (const acks of [-1, 1]) {
    assert.equal((await produce(client, topic, { values: ['a'] }, { acks })).errorCode, 0);
  }
});

add('compression.type: batches are kept in the codec that the topic wants', async (target, client) => {
  for (const [codec, name] of [
    [0, 'uncompressed'],
    [1, 'gzip'],
    [4, 'zstd'],
  ] as const) {
    const topic = await target.topic(1, { 'compression.type': name });
    await produce(client, topic, { values: ['a'.repeat(100), 'b'.repeat(100)] });
    const batch = (await fetch(client, topic)).records!;
    assert.equal(batch.readInt16BE(batchLayout.attributes) & batchFlags.codec, codec, name);
  }
});

add('ListOffsets -3: the record with the latest time; error 35 before version 7', async (target, client) => {
  const topic = await target.topic();
  const empty = await listOffsets(client, topic, -3n, { version: 7 });
  assert.deepEqual([empty.errorCode, empty.offset, empty.timestamp], [0, -1n, -1n]);
  await produce(client, topic, { values: ['a', 'b', 'c'], timestamps: [1_000, 3_000, 2_000] });
  await produce(client, topic, { values: ['d'], timestamps: [2_500] });
  const found = await listOffsets(client, topic, -3n, { version: 7 });
  assert.deepEqual([found.offset, found.timestamp], [1n, 3_000n]);
  assert.equal((await listOffsets(client, topic, -3n, { version: 6 })).errorCode, 35);
});

async function settings(client: RawClient, resourceType: number, resourceName: string, version = 3) {
  const resources = [{ resourceType, resourceName, configurationKeys: null }];
  const request = { resources, includeSynonyms: true, includeDocumentation: true };
  return (await client.send(describeConfigsApi, version, request)).results[0]!.configs;
}

add(
  'DescribeConfigs: every setting of a topic, with type, default, source, documentation',
  async (target, client) => {
    const topic = await target.topic();
    const found = await settings(client, 2, topic);
    const plain = found.map(({ name, value, configType: type, readOnly, isSensitive }) => {
      return { name, value, type, readOnly, isSensitive };
    });
    assert.deepEqual(
      plain.sort((a, b) => a.name.localeCompare(b.name)),
      [...topicConfigs.values()].map(({ name, byDefault, type }) => {
        return { name, value: byDefault, type: configType[type], readOnly: false, isSensitive: false };
      }),
    );
    for (const { name, configSource, documentation, synonyms } of found) {
      // A new cluster has this one set for all brokers.
      assert.equal(configSource, name === 'min.insync.replicas' ? 3 : 5, name);
      assert.ok(documentation, name);
      assert.equal(synonyms.at(-1)?.source ?? 5, 5, name);
    }
  },
);

add('DescribeConfigs: where a value comes from, the nearest first', async (target, client) => {
  const topic = await target.topic(1, { 'max.message.bytes': '1234' });
  const own = (await settings(client, 2, topic)).find(({ name }) => name === 'max.message.bytes')!;
  assert.equal(own.configSource, 1);
  assert.deepEqual(
    own.synonyms.map(({ name, value, source }) => [name, value, source]),
    [
      ['max.message.bytes', '1234', 1],
      ['message.max.bytes', '1048588', 5],
    ],
  );
});

const wrong: ReadonlyArray<readonly [name: string, value: string]> = [
  ['retention.ms', 'abc'],
  ['retention.ms', '-5'],
  ['cleanup.policy', 'foo'],
  ['compression.type', 'foo'],
  ['min.cleanable.dirty.ratio', '2'],
  ['preallocate', 'maybe'],
  ['no.such', '1'],
  ['max.message.bytes', '99999999999'],
  ['compression.gzip.level', '0'],
  ['min.insync.replicas', '0'],
  ['message.timestamp.type', 'x'],
  ['leader.replication.throttled.replicas', 'x'],
];

add('CreateTopics: what is wrong with a setting, word for word', async (target, client) => {
  const messages: Array<string | null> = [];
  for (const [name, value] of wrong) {
    const topic = { name: target.name(), numPartitions: 1, replicationFactor: 1, assignments: [] };
    const topics = [{ ...topic, configs: [{ name, value }] }];
    const answer = await client.send(createTopicsApi, 4, { topics, timeoutMs: 30_000, validateOnly: true });
    assert.equal(answer.topics[0]!.errorCode, 40, `${name}=${value}`);
    messages.push(answer.topics[0]!.errorMessage);
  }
  assert.deepEqual(messages, [
    'Invalid value abc for configuration retention.ms: Not a number of type LONG',
    'Invalid value -5 for configuration retention.ms: Value must be at least -1',
    'Invalid value foo for configuration cleanup.policy: String must be one of: compact, delete',
    'Invalid value foo for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer',
    'Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1',
    'Invalid value maybe for configuration preallocate: Expected value to be either true or false',
    'Unknown topic config name: no.such',
    'Invalid value 99999999999 for configuration max.message.bytes: Not a number of type INT',
    'Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1',
    'Invalid value 0 for configuration min.insync.replicas: Value must be at least 1',
    'Invalid value x for configuration message.timestamp.type: String must be one of: CreateTime, LogAppendTime',
    "Invalid value [x] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
  ]);
});

type Operation = readonly [name: string, operation: number, value: string | null];

async function change(
  client: RawClient,
  resourceType: number,
  resourceName: string,
  ...changes: Operation[]
) {
  const list = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }));
  const request = { validateOnly: false, resources: [{ resourceType, resourceName, configs: list }] };
  const { errorCode, errorMessage } = (await client.send(incrementalAlterConfigsApi, 0, request))
    .responses[0]!;
  return { errorCode, errorMessage };
}

/** A real Kafka answers before its broker has learnt of it. */
async function becomes(client: RawClient, resource: readonly [number, string], name: string, wanted: string) {
  const value = async () =>
    (await settings(client, ...resource)).find((setting) => setting.name === name)?.value;
  const deadline = AbortSignal.timeout(10_000);
  while ((await value()) !== wanted) deadline.throwIfAborted();
}

const [set, unset, append, subtract] = [0, 1, 2, 3];

add('IncrementalAlterConfigs: set, delete, append, subtract', async (target, client) => {
  const topic = await target.topic();
  const done = { errorCode: 0, errorMessage: null };
  const places = [2, topic] as const;
  assert.deepEqual(
    await change(client, 2, topic, ['retention.ms', set, '5'], ['segment.ms', set, '6']),
    done,
  );
  await becomes(client, places, 'retention.ms', '5');
  assert.deepEqual(await change(client, 2, topic, ['retention.ms', unset, null]), done);
  await becomes(client, places, 'retention.ms', '604800000');
  await becomes(client, places, 'segment.ms', '6');
  assert.deepEqual(await change(client, 2, topic, ['cleanup.policy', append, 'compact']), done);
  await becomes(client, places, 'cleanup.policy', 'delete,compact');
  assert.deepEqual(await change(client, 2, topic, ['cleanup.policy', subtract, 'delete']), done);
  await becomes(client, places, 'cleanup.policy', 'compact');
});

add('IncrementalAlterConfigs: its errors', async (target, client) => {
  const topic = await target.topic();
  const error = async (...changes: Operation[]) => (await change(client, 2, topic, ...changes)).errorCode;
  assert.deepEqual(await change(client, 2, topic, ['retention.ms', append, '5']), {
    errorCode: 40,
    errorMessage: "Can't APPEND to key retention.ms because its type is not LIST.",
  });
  assert.equal(await error(['no.such', set, '5']), 40);
  assert.equal(await error(['retention.ms', set, 'x']), 40);
  assert.equal(await error(['retention.ms', set, null]), 42);
  assert.equal(await error(['retention.ms', set, '1'], ['retention.ms', set, '2']), 42);
  assert.equal((await change(client, 2, target.name(), ['retention.ms', set, '5'])).errorCode, 3);
});

add('A setting of the brokers acts as the default of topics', async (target, client) => {
  const topic = await target.topic();
  assert.equal((await change(client, 4, '', ['log.segment.delete.delay.ms', set, '777'])).errorCode, 0);
  await becomes(client, [2, topic], 'file.delete.delay.ms', '777');
  const found = (await settings(client, 2, topic)).find(({ name }) => name === 'file.delete.delay.ms')!;
  assert.equal(found.configSource, 3);
  assert.deepEqual((await settings(client, 4, '')).map(({ name, value }) => [name, value]).sort(), [
    ['log.segment.delete.delay.ms', '777'],
    ['min.insync.replicas', '1'],
  ]);
  assert.equal((await change(client, 4, '', ['log.segment.delete.delay.ms', unset, null])).errorCode, 0);
  await becomes(client, [2, topic], 'file.delete.delay.ms', '60000');
});

add('A setting of the brokers that cannot change while they run is error 42', async (_target, client) => {
  assert.equal((await change(client, 4, '1', ['num.partitions', set, '3'])).errorCode, 42);
});

add('DescribeLogDirs: the bytes of a partition', async (target, client) => {
  const topic = await target.topic(2);
  await produce(client, topic, { values: ['a'] });
  for (const version of target.versions(describeLogDirsApi)) {
    const request = { topics: [{ topic, partitions: [0, 1] }] };
    const { results } = await client.send(describeLogDirsApi, version, request);
    assert.equal(results.length, 1);
    const sizes = results[0]!.topics[0]!.partitions.map(({ partitionIndex, partitionSize }) => {
      return [partitionIndex, partitionSize] as const;
    });
    const size = BigInt((await fetch(client, topic)).records!.length);
    assert.deepEqual(
      sizes.sort(([a], [b]) => a - b),
      [
        [0, size],
        [1, 0n],
      ],
    );
  }
});

add('A fetch session is told what is new, in turns; its errors are 70 and 71', async (target, client) => {
  const topic = await target.topic(2);
  const send = async (
    sessionId: number,
    sessionEpoch: number,
    at: ReadonlyArray<readonly [number, bigint]> = [],
  ) => {
    const whole = fetchRequest(topic);
    const partitions = at.map(([partition, fetchOffset]) => {
      return { ...whole.topics[0]!.partitions[0]!, partition, fetchOffset };
    });
    const topics = at.length > 0 ? [{ topic, partitions }] : [];
    const answer = await client.send(fetchApi, 11, { ...whole, topics, sessionId, sessionEpoch });
    const told = answer.responses.flatMap((each) =>
      each.partitions.map(({ partitionIndex, records }) => [
        partitionIndex,
        records?.length ? 'records' : 'none',
      ]),
    );
    return { errorCode: answer.errorCode, id: answer.sessionId, told };
  };
  await produce(client, topic, { values: ['a'] });
  const first = await send(0, 0, [
    [0, 0n],
    [1, 0n],
  ]);
  assert.deepEqual(first.told, [
    [0, 'records'],
    [1, 'none'],
  ]);
  assert.notEqual(first.id, 0);
  assert.deepEqual((await send(first.id, 1, [[0, 1n]])).told, []);
  await produce(client, topic, { values: ['b'] });
  assert.deepEqual((await send(first.id, 2)).told, [[0, 'records']]);
  await produce(client, topic, { values: ['c'] }, { index: 1 });
  const both = await send(first.id, 3);
  assert.deepEqual(
    both.told.map(([partition]) => partition),
    [1, 0],
    'who was served comes last',
  );
  assert.equal((await send(first.id, 7)).errorCode, 71);
  const final = await send(first.id, -1, [[0, 0n]]);
  assert.deepEqual([final.errorCode, final.id], [0, 0]);
  assert.equal((await send(first.id, 4)).errorCode, 70);
});
