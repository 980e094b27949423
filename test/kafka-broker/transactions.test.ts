import assert from 'node:assert/strict';
import test from 'node:test';
import type { Producer } from 'kafkajs';
import { eventually } from '../../support/time';
import { connected, consumeInto, Inbox, kafkaFor, type Received, startBroker } from './harness';

function transactional(kafka: ReturnType<typeof kafkaFor>, transactionalId = 'tx'): Producer {
  return kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
}

const values = (received: ReadonlyArray<{ value: unknown }>) => received.map(({ value }) => String(value));

test('a consumer sees committed records only, and those of no open transaction', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const producer = await connected(t, transactional(kafka));
  const inbox = new Inbox<Received>();
  await consumeInto(await connected(t, kafka.consumer({ groupId: 'g' })), 'tx', inbox);

  const aborted = await producer.transaction();
  await aborted.send({ topic: 'tx', messages: [{ value: 'aborted' }] });
  await aborted.abort();
  const committed = await producer.transaction();
  await committed.send({ topic: 'tx', messages: [{ value: 'committed' }] });
  assert.deepEqual(inbox.received, []);
  await committed.commit();
  assert.deepEqual(values(await inbox.count(1)), ['committed']);

  const last = await producer.transaction();
  await last.send({ topic: 'tx', messages: [{ value: 'last' }] });
  await last.commit();
  assert.deepEqual(values(await inbox.count(2)), ['committed', 'last']);
});

test('a consumer that reads uncommitted records sees all', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const producer = await connected(t, transactional(kafka));
  const transaction = await producer.transaction();
  await transaction.send({ topic: 'tx', messages: [{ value: 'open' }] });
  const inbox = new Inbox<Received>();
  const consumer = kafka.consumer({ groupId: 'g', readUncommitted: true });
  await consumeInto(await connected(t, consumer), 'tx', inbox);
  assert.deepEqual(values(await inbox.count(1)), ['open']);
  await transaction.abort();
});

test('a group that has read all is not behind by markers and aborted records, but by an open transaction', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const producer = await connected(t, transactional(kafka));
  const inbox = new Inbox<Received>();
  await consumeInto(await connected(t, kafka.consumer({ groupId: 'g' })), 'tx', inbox);
  const lag = () =>
    broker.groups().flatMap(({ offsets }) => offsets.map((each) => each.end - each.committed));
  const committed = await producer.transaction();
  await committed.send({ topic: 'tx', messages: [{ value: 'read' }] });
  await committed.commit();
  await inbox.count(1);
  const aborted = await producer.transaction();
  await aborted.send({ topic: 'tx', messages: [{ value: 'aborted' }] });
  await aborted.abort();
  await eventually(async () => assert.deepEqual(lag(), [0n]), { withinMs: 2_000 });
  const open = await producer.transaction();
  await open.send({ topic: 'tx', messages: [{ value: 'open' }] });
  assert.ok((lag()[0] ?? 0n) > 0n);
  await open.abort();
});

test('offsets sent within a transaction count when it is committed, and not when it is aborted', async (t) => {
  const broker = await startBroker(t);
  broker.createTopic('in');
  const kafka = kafkaFor(broker);
  const producer = await connected(t, transactional(kafka));
  const sendOffset = async (offset: string) => {
    const transaction = await producer.transaction();
    await transaction.sendOffsets({
      consumerGroupId: 'g',
      topics: [{ topic: 'in', partitions: [{ partition: 0, offset }] }],
    });
    return transaction;
  };
  const committed = () => broker.groups().flatMap(({ offsets }) => offsets.map((each) => each.committed));
  await (await sendOffset('5')).abort();
  assert.deepEqual(committed(), []);
  const transaction = await sendOffset('7');
  assert.deepEqual(committed(), []);
  await transaction.commit();
  assert.deepEqual(committed(), [7n]);
});

test('a producer is fenced when another starts with its transactional id', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const old = await connected(t, transactional(kafka));
  const open = await old.transaction();
  await open.send({ topic: 'tx', messages: [{ value: 'zombie' }] });
  const successor = await connected(t, transactional(kafka));
  const transaction = await successor.transaction();
  await assert.rejects(open.commit(), /epoch/);
  await transaction.send({ topic: 'tx', messages: [{ value: 'successor' }] });
  await transaction.commit();
  assert.deepEqual(values(broker.records('tx')), ['successor']);
});

test('observers are told of records when their transaction is committed', async (t) => {
  const broker = await startBroker(t);
  const seen = new Inbox<{ value: string }>();
  broker.observe(({ value }) => seen.add({ value: String(value) }));
  const producer = await connected(t, transactional(kafkaFor(broker)));
  const aborted = await producer.transaction();
  await aborted.send({ topic: 'tx', messages: [{ value: 'aborted' }] });
  await aborted.abort();
  const committed = await producer.transaction();
  await committed.send({ topic: 'tx', messages: [{ value: 'one' }, { value: 'two' }] });
  assert.deepEqual(seen.received, []);
  assert.deepEqual(broker.records('tx'), []);
  await committed.commit();
  assert.deepEqual(values(await seen.count(2)), ['one', 'two']);
  assert.deepEqual(values(broker.records('tx')), ['one', 'two']);
});
