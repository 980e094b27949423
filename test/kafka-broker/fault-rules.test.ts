import assert from 'node:assert/strict';
import test from 'node:test';
import type { FaultRule, KafkaBroker } from '../../support/kafka-broker';
import { registry } from '../../support/kafka-broker/registry';
import { errorAnswer } from '../../support/kafka-broker/wire/error-answer';
import { presentFields, type Shaped } from '../../support/kafka-broker/wire/error-place';
import { deleteTopicsApi } from '../../support/kafka-broker/wire/messages/delete-topics';
import { fetchApi } from '../../support/kafka-broker/wire/messages/fetch';
import { metadataApi } from '../../support/kafka-broker/wire/messages/metadata';
import { offsetFetchApi } from '../../support/kafka-broker/wire/messages/offset-fetch';
import { produceApi } from '../../support/kafka-broker/wire/messages/produce';
import { WireWriter } from '../../support/kafka-broker/wire/writer';
import { startBroker } from './harness';
import { ManualClock } from './manual-clock';
import { RawClient } from './raw-client';
import { sampleBatch } from './sample-batch';

const hang = { hang: true } as const;

/** Rules that cannot mean anything, and what is said of each. */
const wrong: ReadonlyArray<readonly [rule: unknown, message: RegExp]> = [
  [
    { api: 'Prodcue', effect: hang },
    /^fault rule, api: "Prodcue": there is no such API; did you mean "Produce"\?/,
  ],
  [{ api: 999, effect: hang }, /api: 999: there is no such API; there are: Produce, /],
  [{ toipc: 'a', effect: hang }, /toipc: "a": a rule has no such key; did you mean "topic"\?/],
  [{ api: 'Fetch' }, /effect: undefined: an object with one of these is wanted: error, delayMs/],
  [{ effect: {} }, /effect: \{\}: exactly one of these/],
  [{ effect: { hang: true, drop: 'before' } }, /exactly one of these/],
  [{ effect: { dealyMs: 1 } }, /dealyMs: 1: an effect has no such key; did you mean "delayMs"\?/],
  [
    { effect: { error: 'KAFKA_STORAGE_EROR' } },
    /effect\.error: "KAFKA_STORAGE_EROR": .* did you mean "KAFKA_STORAGE_ERROR"\?/,
  ],
  [{ effect: { error: 0 } }, /effect\.error: 0: Kafka has no such error/],
  [{ effect: { drop: 'later' } }, /effect\.drop: "later": "before" or "after" is wanted/],
  [{ effect: { delayMs: [5, 1] } }, /effect\.delayMs: \[5,1\]: milliseconds are wanted/],
  [{ effect: { repeat: 2 } }, /effect\.repeat: 2: only Produce and Fetch have records/],
  [{ api: 'Heartbeat', effect: { repeat: 2 } }, /only Produce and Fetch have records/],
  [{ api: 'Produce', effect: { repeat: 1 } }, /effect\.repeat: 1: a whole number from 2 on/],
  [{ api: 'Heartbeat', topic: 'a', effect: hang }, /topic: "a": no Heartbeat request tells it/],
  [{ api: 'Metadata', topic: 'a', partition: 0, effect: hang }, /partition: 0: no Metadata request tells it/],
  [{ api: 'Fetch', group: 'g', effect: hang }, /group: "g": no Fetch request tells it/],
  [{ api: 'Produce', partition: 0, effect: hang }, /partition: 0: of which topic\?/],
  [{ topic: 7, effect: hang }, /topic: 7: a text is wanted/],
  [{ node: 4, effect: hang }, /node: 4: there is no such broker; there are: 1$/],
  [{ nth: 0, effect: hang }, /nth: 0: a whole number from 1 on/],
  [{ times: 1.5, effect: hang }, /times: 1\.5: a whole number/],
  [{ chance: 2, effect: hang }, /chance: 2: a number above 0 and up to 1/],
];

test('a rule that cannot mean anything is refused, with key, value and the nearest right word', async (t) => {
  const broker = await startBroker(t);
  for (const [rule, message] of wrong) {
    assert.throws(() => broker.faults.add(rule as FaultRule), { message }, JSON.stringify(rule));
  }
  assert.deepEqual(broker.faults.all(), []);
});

test('every API can be refused in each of its versions, and the answer says so', () => {
  for (const api of registry.values()) {
    const [lowest, highest] = api.versions;
    for (let version = lowest; version <= highest; version++) {
      const answer = errorAnswer(api.layout, version, 16, sampleOf(api.layout.request, version));
      const writer = new WireWriter();
      api.encode(writer, answer, version);
      const text = JSON.stringify(answer, (_key, value) => (typeof value === 'bigint' ? `${value}` : value));
      assert.match(text, /"errorCode":16/, `${api.name} ${version}`);
    }
  }
});

/** A request with one item in each of its lists. */
function sampleOf({ shape }: Shaped, version: number): unknown {
  if (shape.kind === 'array') return [sampleOf(shape.element, version)];
  if (shape.kind === 'struct') {
    const fields = presentFields({ shape }, version).map(({ name, type }) => [name, sampleOf(type, version)]);
    return Object.fromEntries(fields);
  }
  if (shape.kind === 'uuid') return 'AAECAwQFBgcICQoLDA0ODw';
  return shape.kind === 'string' ? 'x' : 0;
}

async function produceTo(client: RawClient, name: string, partitions: readonly number[], acks = -1) {
  const { topics, throttleTimeMs } = await client.send(produceApi, 7, {
    acks,
    timeoutMs: 1_000,
    topics: [
      { name, partitions: partitions.map((index) => ({ index, records: [sampleBatch({ values: ['x'] })] })) },
    ],
  });
  return {
    throttleTimeMs,
    errors: topics[0]!.partitions.map(({ index, errorCode }) => [index, errorCode]).sort(),
  };
}

test('an error is answered for what the rule names alone; the rest of the request is done', async (t) => {
  const broker = await startBroker(t, { defaultPartitions: 2 });
  broker.createTopic('two');
  using client = await RawClient.connect(broker.address);
  broker.faults.add({ api: 'Produce', topic: 'two', partition: 1, effect: { error: 'KAFKA_STORAGE_ERROR' } });
  assert.deepEqual((await produceTo(client, 'two', [0, 1])).errors, [[0, 0], [1, 56]]); // biome-ignore format: short
  assert.deepEqual(ends(broker), [1n, 0n]);

  broker.faults.clear();
  broker.createTopic('other');
  broker.faults.add({ api: 'Metadata', topic: 'two', effect: { error: 29 } });
  const { brokers, topics } = await client.send(metadataApi, 6, { topics: null });
  assert.equal(brokers.length, 1, 'the brokers are told all the same');
  assert.deepEqual(
    topics.map(({ name, errorCode, partitions }) => [name, errorCode, partitions.length]),
    [['two', 29, 0], ['other', 0, 2]], // biome-ignore format: short
  );
  const asked = await client.send(metadataApi, 6, { topics: [{ name: 'two' }] });
  assert.deepEqual(
    asked.topics.map(({ name, errorCode }) => [name, errorCode]),
    [['two', 29]],
  );
});

const ends = (broker: KafkaBroker) => broker.endOffsets().map(({ offset }) => offset);

test('an error of a group stands at the top where the version has it there, else with each partition', async (t) => {
  const broker = await startBroker(t);
  broker.faults.add({ api: 'OffsetFetch', group: 'g', effect: { error: 'COORDINATOR_LOAD_IN_PROGRESS' } });
  using client = await RawClient.connect(broker.address);
  const request = { groupId: 'g', topics: [{ name: 't', partitionIndexes: [0] }] };
  const newer = await client.send(offsetFetchApi, 5, request);
  assert.deepEqual([newer.errorCode, newer.topics], [14, []]);
  const older = await client.send(offsetFetchApi, 1, request);
  assert.equal(older.topics[0]!.partitions[0]!.errorCode, 14);
  const other = await client.send(offsetFetchApi, 5, { ...request, groupId: 'other' });
  assert.equal(other.errorCode, 0);
});

test('a rule hits from the nth fitting request on, so many times, for its client and broker', async (t) => {
  const broker = await startBroker(t, { brokers: 2 });
  broker.createTopic('t', { replicationFactor: 1 });
  const { leader } = broker.partitions('t')[0]!;
  using client = await RawClient.connect(broker.address.split(',')[leader - 1]!);
  const fault = broker.faults.add({ api: 0, topic: 't', nth: 2, times: 2, effect: { error: 19 } });
  const elsewhere = [
    broker.faults.add({ clientId: 'somebody', effect: { drop: 'before' } }),
    broker.faults.add({ node: 3 - leader, effect: { drop: 'before' } }),
    broker.faults.add({ topic: 'u', effect: { drop: 'before' } }),
  ];
  const codes: unknown[] = [];
  for (let round = 0; round < 5; round++) codes.push((await produceTo(client, 't', [0])).errors[0]![1]);
  assert.deepEqual(codes, [0, 19, 19, 0, 0]);
  assert.equal(fault.hits, 2);
  assert.deepEqual(
    elsewhere.map(({ hits }) => hits),
    [0, 0, 0],
  );
  assert.equal(broker.faults.all().length, 4);
  fault.remove();
  fault.remove();
  assert.deepEqual(broker.faults.all(), elsewhere);
});

test('a fetch in a session is seen in full while a rule is about fetches', async (t) => {
  const broker = await startBroker(t);
  broker.createTopic('t');
  using client = await RawClient.connect(broker.address);
  const all = [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000 }] }];
  const fetch = (sessionId: number, sessionEpoch: number, topics: typeof all) =>
    client.send(fetchApi, 11, { replicaId: -1, maxWaitMs: 0, minBytes: 1, sessionId, sessionEpoch, topics });
  const { sessionId } = await fetch(0, 0, all);
  assert.notEqual(sessionId, 0);
  using fault = broker.faults.add({ api: 'Fetch', topic: 't', effect: { error: 'KAFKA_STORAGE_ERROR' } });
  const declined = await fetch(sessionId, 1, []);
  assert.equal(declined.errorCode, 70);
  const full = await fetch(0, 0, all);
  assert.equal(full.sessionId, 0);
  assert.equal(full.responses[0]!.partitions[0]!.errorCode, 56);
  assert.equal(fault.hits, 1);
});

test('a rule for a topic hits requests that name it by id, and no others', async (t) => {
  const broker = await startBroker(t);
  for (const name of ['t', 'other']) broker.createTopic(name);
  using client = await RawClient.connect(broker.address);
  const { topics } = await client.send(metadataApi, 12, { topics: [{ name: 't' }, { name: 'other' }] });
  const ids = topics.map(({ topicId }) => topicId);
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000 }];
  const asked = ids.map((topicId) => ({ topicId, partitions }));
  const fault = broker.faults.add({ topic: 't', effect: { error: 'KAFKA_STORAGE_ERROR' } });
  const fetched = await client.send(fetchApi, 15, { maxWaitMs: 0, minBytes: 1, topics: asked });
  const told = fetched.responses.map((each) => [each.topicId, each.partitions[0]!.errorCode]);
  assert.deepEqual(new Map(told as Array<[string, number]>), new Map([[ids[0]!, 56], [ids[1]!, 0]])); // biome-ignore format: short
  const byId = await client.send(metadataApi, 12, { topics: [{ name: null, topicId: ids[0]! }] });
  assert.deepEqual(byId.topics.map(({ topicId, errorCode }) => [topicId, errorCode]), [[ids[0], 56]]); // biome-ignore format: short
  const gone = await client.send(deleteTopicsApi, 6, {
    topics: ids.map((topicId) => ({ name: null, topicId })),
    timeoutMs: 1_000,
  });
  assert.deepEqual(new Map(gone.responses.map((each) => [each.topicId, each.errorCode])), new Map([[ids[0]!, 56], [ids[1]!, 0]])); // biome-ignore format: short
  assert.equal(fault.hits, 3);
});

test('chance is drawn from the randomness that was passed in', async (t) => {
  const draws = [0.9, 0.1, 0.6, 0.4];
  const broker = await startBroker(t, { random: () => draws.shift() ?? 0 });
  broker.createTopic('t');
  broker.faults.add({ api: 'Produce', chance: 0.5, effect: { error: 19 } });
  using client = await RawClient.connect(broker.address);
  const codes: unknown[] = [];
  for (let round = 0; round < 4; round++) codes.push((await produceTo(client, 't', [0])).errors[0]![1]);
  assert.deepEqual(codes, [0, 19, 0, 19]);
});

test('delays and throttles follow the clock that was passed in', async (t) => {
  const clock = new ManualClock();
  const broker = await startBroker(t, { clock, random: () => 0.5 });
  broker.createTopic('t');
  using client = await RawClient.connect(broker.address);
  using other = await RawClient.connect(broker.address);
  const timers = clock.pending;
  const began = async () => {
    while (clock.pending === timers) await other.send(metadataApi, 1, { topics: [] });
  };
  const delayed = broker.faults.add({ api: 'Produce', effect: { delayMs: [100, 200] } });
  const slow = produceTo(client, 't', [0]);
  await began();
  clock.advance(149);
  await other.send(metadataApi, 1, { topics: [] });
  assert.deepEqual(ends(broker), [0n]);
  clock.advance(1);
  assert.deepEqual((await slow).errors, [[0, 0]]);
  delayed.remove();

  const throttled = broker.faults.add({ api: 'Produce', effect: { throttleMs: 500 } });
  assert.equal((await produceTo(client, 't', [0])).throttleTimeMs, 500, 'answered at once (KIP-219)');
  throttled.remove();
  const muted = produceTo(client, 't', [0]);
  await began();
  clock.advance(499);
  await other.send(metadataApi, 1, { topics: [] });
  assert.deepEqual(ends(broker), [2n]);
  clock.advance(1);
  assert.equal((await muted).throttleTimeMs, 0);
});

test('the bytes of an answer are cut where the rule says, and the connection ends', async (t) => {
  const broker = await startBroker(t);
  broker.faults.add({ api: 'Metadata', effect: { truncateTo: 6 } });
  using client = await RawClient.connect(broker.address);
  const received: Buffer[] = [];
  client.socket.on('data', (chunk) => received.push(chunk));
  const answer = client.send(metadataApi, 1, { topics: [] });
  await assert.rejects(answer, /ended the connection/);
  const bytes = Buffer.concat(received);
  assert.equal(bytes.length, 4 + 6);
  assert.ok(bytes.readInt32BE(0) > 6, 'the length is that of the whole answer');
});
