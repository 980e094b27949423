import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { Kafka, logLevel, type Producer, type ProducerConfig } from 'kafkajs';
import type { FaultEffect, FaultRule, KafkaBroker } from '../../support/kafka-broker';
import { connected, consumeInto, Inbox, nextJoin, type Received, startBroker } from './harness';

/** How kafkajs reacts to each effect, with retries shortened. */
const retry = { initialRetryTime: 5, maxRetryTime: 20, retries: 8 };

function kafkaFor({ address }: KafkaBroker, requestTimeout = 10_000): Kafka {
  return new Kafka({
    brokers: address.split(','),
    clientId: 'test',
    logLevel: logLevel.NOTHING,
    retry,
    requestTimeout,
  });
}

interface Bench {
  readonly broker: KafkaBroker;
  readonly producer: Producer;
  readonly written: () => Array<string | undefined>;
  /** Sends one message while the rule is in force. */
  readonly send: (value: string) => Promise<unknown>;
}

async function bench(t: TestContext, options: ProducerConfig = {}, requestTimeout?: number): Promise<Bench> {
  const broker = await startBroker(t);
  broker.createTopic('t');
  const producer = await connected(t, kafkaFor(broker, requestTimeout).producer(options));
  return {
    broker,
    producer,
    written: () => broker.records('t').map(({ value }) => value?.toString()),
    send: (value) => producer.send({ topic: 't', messages: [{ value }] }),
  };
}

const onProduce = (effect: FaultEffect): FaultRule => ({ api: 'Produce', times: 1, effect });

for (const error of [
  'KAFKA_STORAGE_ERROR',
  'NOT_ENOUGH_REPLICAS',
  'NOT_LEADER_OR_FOLLOWER',
  'REQUEST_TIMED_OUT',
]) {
  test(`kafkajs produces again after ${error}, and once only`, async (t) => {
    const { broker, send, written } = await bench(t);
    const fault = broker.faults.add(onProduce({ error }));
    await send('a');
    assert.equal(fault.hits, 1);
    assert.deepEqual(written(), ['a']);
  });
}

test('kafkajs produces again after three refusals in a row, and once only', async (t) => {
  const { broker, send, written } = await bench(t);
  const fault = broker.faults.add({ ...onProduce({ error: 'NOT_ENOUGH_REPLICAS' }), times: 3 });
  await send('a');
  assert.equal(fault.hits, 3);
  assert.deepEqual(written(), ['a']);
});

test('kafkajs gives up at once on MESSAGE_TOO_LARGE, and on a full disk when it stays full', async (t) => {
  const { broker, send, written } = await bench(t);
  const tooLarge = broker.faults.add({ api: 'Produce', effect: { error: 'MESSAGE_TOO_LARGE' } });
  await assert.rejects(send('a'), { type: 'MESSAGE_TOO_LARGE' });
  assert.equal(tooLarge.hits, 1);
  tooLarge.remove();
  const full = broker.faults.add({ api: 'Produce', effect: { error: 'KAFKA_STORAGE_ERROR' } });
  await assert.rejects(send('b'), /disk error/i);
  assert.equal(full.hits, retry.retries + 1);
  assert.deepEqual(written(), []);
});

test('a connection dropped before the work: kafkajs writes once', async (t) => {
  const { broker, send, written } = await bench(t);
  const fault = broker.faults.add(onProduce({ drop: 'before' }));
  await send('a');
  assert.equal(fault.hits, 1);
  assert.deepEqual(written(), ['a']);
});

test('a connection dropped after the work: kafkajs writes twice, unless it is idempotent', async (t) => {
  const plain = await bench(t);
  plain.broker.faults.add(onProduce({ drop: 'after' }));
  await plain.send('a');
  assert.deepEqual(plain.written(), ['a', 'a']);
  const idempotent = await bench(t, { idempotent: true });
  idempotent.broker.faults.add(onProduce({ drop: 'after' }));
  await idempotent.send('a');
  assert.deepEqual(idempotent.written(), ['a']);
});

test('an answer lost, or too late: kafkajs times out and writes again', async (t) => {
  for (const effect of [{ loseAnswer: true }, { delayMs: 400 }] as const) {
    const { broker, send, written } = await bench(t, {}, 100);
    const both = new Inbox<unknown>();
    broker.observe((record) => both.add(record));
    broker.faults.add(onProduce(effect));
    await send('a');
    await both.count(2);
    // Exactly how often depends on how many attempts time out behind the first.
    assert.deepEqual([...new Set(written())], ['a']);
  }
});

test('an answer cut short: kafkajs connects again and writes twice', async (t) => {
  const { broker, send, written } = await bench(t);
  broker.faults.add(onProduce({ truncateTo: 5 }));
  await send('a');
  assert.deepEqual(written(), ['a', 'a']);
});

test('a broker that hangs: kafkajs keeps using the connection, and fails', async (t) => {
  const { broker, send, written } = await bench(t, { retry: { ...retry, retries: 2 } }, 50);
  const fault = broker.faults.add(onProduce({ hang: true }));
  await assert.rejects(send('a'), /timed out/);
  assert.equal(fault.hits, 1);
  assert.deepEqual(written(), []);
});

test('a batch that is appended three times reaches a consumer three times, an idempotent one too', async (t) => {
  const { broker, send, written } = await bench(t, { idempotent: true });
  broker.faults.add(onProduce({ repeat: 3 }));
  await send('a');
  await send('b');
  assert.deepEqual(written(), ['a', 'a', 'a', 'b']);
  const inbox = await consuming(t, broker);
  assert.deepEqual(
    (await inbox.inbox.count(4)).map(({ offset, value }) => `${offset}${value}`),
    ['0a', '1a', '2a', '3b'],
  );
});

test('a fetch that brings its records twice: kafkajs hands each to its user twice', async (t) => {
  const { broker, send } = await bench(t);
  await send('a');
  broker.faults.add({ api: 'Fetch', topic: 't', times: 1, effect: { repeat: 2 } });
  const { inbox } = await consuming(t, broker);
  assert.deepEqual(
    (await inbox.count(2)).map(({ offset, value }) => `${offset}${value}`),
    ['0a', '0a'],
  );
});

test('a throttled producer gets through', async (t) => {
  const { broker, producer, send, written } = await bench(t);
  const throttled: number[] = [];
  producer.on(producer.events.REQUEST, ({ payload: { apiName } }) => {
    if (apiName === 'Produce') throttled.push(throttled.length);
  });
  const fault = broker.faults.add(onProduce({ throttleMs: 30 }));
  await send('a');
  await send('b');
  assert.equal(fault.hits, 1);
  assert.deepEqual(written(), ['a', 'b']);
  assert.equal(throttled.length, 2);
});

async function consuming(t: TestContext, broker: KafkaBroker) {
  const consumer = kafkaFor(broker).consumer({ groupId: 'g', heartbeatInterval: 10, maxWaitTimeInMs: 50 });
  await connected(t, consumer);
  const inbox = new Inbox<Received>();
  const joined = nextJoin(consumer);
  await consumeInto(consumer, 't', inbox);
  await joined;
  return { consumer, inbox, rejoined: () => nextJoin(consumer) };
}

const memberOf = (broker: KafkaBroker) => broker.groups()[0]!.members[0]!.memberId;

for (const [api, error] of [
  ['Heartbeat', 'REBALANCE_IN_PROGRESS'],
  ['Heartbeat', 'NOT_COORDINATOR'],
  ['Heartbeat', 'ILLEGAL_GENERATION'],
] as const) {
  test(`${api} answered ${error}: kafkajs joins again`, async (t) => {
    const { broker, send } = await bench(t);
    const { rejoined, inbox } = await consuming(t, broker);
    const before = memberOf(broker);
    const again = rejoined();
    const fault = broker.faults.add({ api, group: 'g', times: 1, effect: { error } });
    await send('a');
    await again;
    await inbox.count(1);
    assert.equal(fault.hits, 1);
    assert.equal(memberOf(broker), before);
  });
}

test('JoinGroup, FindCoordinator and Metadata that fail once do not keep a consumer from its messages', async (t) => {
  const { broker, send } = await bench(t);
  await send('a');
  const faults = [
    broker.faults.add({ api: 'Metadata', topic: 't', times: 1, effect: { error: 'LEADER_NOT_AVAILABLE' } }),
    broker.faults.add({
      api: 'FindCoordinator',
      group: 'g',
      times: 1,
      effect: { error: 'COORDINATOR_NOT_AVAILABLE' },
    }),
    broker.faults.add({
      api: 'JoinGroup',
      group: 'g',
      times: 1,
      effect: { error: 'COORDINATOR_LOAD_IN_PROGRESS' },
    }),
    broker.faults.add({
      api: 'Fetch',
      topic: 't',
      partition: 0,
      times: 1,
      effect: { error: 'NOT_LEADER_OR_FOLLOWER' },
    }),
  ];
  const { inbox } = await consuming(t, broker);
  await inbox.count(1);
  assert.deepEqual(
    faults.map(({ hits }) => hits),
    [1, 1, 1, 1],
  );
});

test('a rebalance on command makes members join again; its own generation follows', async (t) => {
  const { broker } = await bench(t);
  assert.throws(() => broker.forceRebalance('g'), /there is no group "g"/);
  const { rejoined } = await consuming(t, broker);
  const before = memberOf(broker);
  const again = rejoined();
  broker.forceRebalance('g');
  await again;
  assert.equal(memberOf(broker), before);
});

for (const verb of ['evictMember', 'expireSession'] as const) {
  test(`${verb}: kafkajs comes back as a new member`, async (t) => {
    const { broker, send } = await bench(t);
    const { rejoined, inbox } = await consuming(t, broker);
    const before = memberOf(broker);
    assert.throws(() => broker[verb]('g', 'nobody'), new RegExp(`no member "nobody"; there are: ${before}`));
    const again = rejoined();
    broker[verb]('g', before);
    await again;
    assert.notEqual(memberOf(broker), before);
    await send('a');
    await inbox.count(1);
  });
}

test('a group that is rewound reads again from there', async (t) => {
  const { broker, send } = await bench(t);
  for (const value of ['a', 'b', 'c']) await send(value);
  const { inbox } = await consuming(t, broker);
  await inbox.count(3);
  assert.throws(() => broker.rewindGroup('g', 't', 0n, 5), /has no partition 5/);
  broker.rewindGroup('g', 't', 1n);
  assert.deepEqual(
    (await inbox.count(5)).map(({ value }) => value),
    ['a', 'b', 'c', 'b', 'c'],
  );
});

test('a producer that is fenced cannot commit, and what it wrote is aborted', async (t) => {
  const { broker, producer, written } = await bench(t, {
    transactionalId: 'tx',
    idempotent: true,
    maxInFlightRequests: 1,
  });
  assert.throws(() => broker.fence('unknown'), /no producer has the transactional id "unknown"/);
  const transaction = await producer.transaction();
  await transaction.send({ topic: 't', messages: [{ value: 'a' }] });
  broker.fence('tx');
  await assert.rejects(transaction.commit(), /epoch|fenced/i);
  assert.deepEqual(written(), []);
});
