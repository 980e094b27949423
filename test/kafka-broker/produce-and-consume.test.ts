import assert from 'node:assert/strict';
import test from 'node:test';
import { CompressionTypes, type EachMessagePayload } from 'kafkajs';
import { connected, consumeInto, Inbox, kafkaFor, nextJoin, type Received, startBroker } from './harness';

const values = (received: Received[]) => received.map(({ value }) => value);

test('keys, values, headers, tombstones and time stamps arrive as they were sent', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const inbox = new Inbox<EachMessagePayload['message']>();
  const consumer = await connected(t, kafka.consumer({ groupId: 'g' }));
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => inbox.add(message) });
  const producer = await connected(t, kafka.producer());
  await producer.send({
    topic: 'orders',
    messages: [
      { key: 'k1', value: 'grüße', headers: { trace: 'abc', empty: '' }, timestamp: '1700000000123' },
      { key: 'k1', value: null },
      { value: Buffer.from([0, 255, 1]) },
    ],
  });
  const [first, tombstone, binary] = await inbox.count(3);
  assert.equal(first!.key!.toString(), 'k1');
  assert.equal(first!.value!.toString(), 'grüße');
  assert.equal(first!.headers!.trace!.toString(), 'abc');
  assert.equal(first!.headers!.empty!.toString(), '');
  assert.equal(first!.timestamp, '1700000000123');
  assert.equal(tombstone!.value, null);
  assert.equal(binary!.key, null);
  assert.deepEqual(binary!.value, Buffer.from([0, 255, 1]));
});

test('gzip batches are served to consumers and read by the inspection', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  const messages = Array.from({ length: 100 }, (_, index) => ({ value: `message ${index}` }));
  await producer.send({ topic: 'zipped', compression: CompressionTypes.GZIP, messages });
  const inbox = new Inbox<Received>();
  await consumeInto(await connected(t, kafka.consumer({ groupId: 'g' })), 'zipped', inbox);
  const expected = messages.map(({ value }) => value);
  assert.deepEqual(values(await inbox.count(100)), expected);
  assert.deepEqual(
    broker.records('zipped').map(({ value }) => value?.toString()),
    expected,
  );
});

test('each partition keeps the order of its records', async (t) => {
  const broker = await startBroker(t, { defaultPartitions: 3 });
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  for (let round = 0; round < 20; round++) {
    const messages = ['a', 'b', 'c', 'd', 'e'].map((key) => ({ key, value: `${round}` }));
    await producer.send({ topic: 'ordered', messages });
  }
  const inbox = new Inbox<Received>();
  await consumeInto(await connected(t, kafka.consumer({ groupId: 'g' })), 'ordered', inbox);
  const received = await inbox.count(100);
  for (const wanted of ['a', 'b', 'c', 'd', 'e']) {
    const ofKey = received.filter(({ key }) => key === wanted);
    assert.deepEqual(
      values(ofKey),
      Array.from({ length: 20 }, (_, round) => `${round}`),
    );
    assert.equal(new Set(ofKey.map(({ partition }) => partition)).size, 1);
  }
});

test('a produce is answered with its partition and offset', async (t) => {
  const broker = await startBroker(t);
  const producer = await connected(t, kafkaFor(broker).producer());
  const send = () => producer.send({ topic: 'known', messages: [{ value: 'x' }, { value: 'y' }] });
  assert.equal((await send())[0]!.baseOffset, '0');
  const [second] = await send();
  assert.equal(second!.baseOffset, '2');
  assert.equal(second!.partition, 0);
});

test('acks 0 gets no answer, and the records are there', async (t) => {
  const broker = await startBroker(t);
  const inbox = new Inbox<string>();
  broker.observe(({ value }) => inbox.add(String(value)));
  const producer = await connected(t, kafkaFor(broker).producer());
  await producer.send({ topic: 'fire', acks: 0, messages: [{ value: 'and forget' }] });
  await producer.send({ topic: 'fire', acks: 1, messages: [{ value: 'and know' }] });
  assert.deepEqual(await inbox.count(2), ['and forget', 'and know']);
});

test('an idempotent producer sends many batches in order', async (t) => {
  const broker = await startBroker(t);
  const producer = await connected(
    t,
    kafkaFor(broker).producer({ idempotent: true, maxInFlightRequests: 1 }),
  );
  for (let index = 0; index < 20; index++) {
    await producer.send({ topic: 'once', messages: [{ value: `${index}` }] });
  }
  assert.deepEqual(
    broker.records('once').map(({ value }) => Number(value)),
    Array.from({ length: 20 }, (_, index) => index),
  );
});

test('a consumer can seek back, and receives the records again', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  await producer.send({ topic: 'seek', messages: ['0', '1', '2', '3'].map((value) => ({ value })) });
  const consumer = await connected(t, kafka.consumer({ groupId: 'g' }));
  const inbox = new Inbox<Received>();
  await consumeInto(consumer, 'seek', inbox);
  await inbox.count(4);
  consumer.seek({ topic: 'seek', partition: 0, offset: '2' });
  assert.deepEqual(values(await inbox.count(6)), ['0', '1', '2', '3', '2', '3']);
});

test('a paused consumer receives nothing until it resumes', async (t) => {
  const broker = await startBroker(t, { defaultPartitions: 2 });
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  const consumer = await connected(t, kafka.consumer({ groupId: 'g' }));
  const inbox = new Inbox<Received>();
  const joined = nextJoin(consumer);
  await consumeInto(consumer, 'paused', inbox);
  await joined;
  consumer.pause([{ topic: 'paused', partitions: [0] }]);
  await producer.send({ topic: 'paused', messages: [{ partition: 0, value: 'held back' }] });
  await producer.send({ topic: 'paused', messages: [{ partition: 1, value: 'flows' }] });
  assert.deepEqual(values(await inbox.count(1)), ['flows']);
  consumer.resume([{ topic: 'paused' }]);
  assert.deepEqual(values(await inbox.count(2)), ['flows', 'held back']);
});

test('a batch larger than the topic allows is refused', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const admin = await connected(t, kafka.admin());
  const configEntries = [{ name: 'max.message.bytes', value: '200' }];
  await admin.createTopics({ topics: [{ topic: 'small', configEntries }] });
  const producer = await connected(t, kafka.producer());
  await assert.rejects(
    producer.send({ topic: 'small', messages: [{ value: 'x'.repeat(300) }] }),
    /larger than the max message size/,
  );
  await producer.send({ topic: 'small', messages: [{ value: 'fits' }] });
  assert.equal(broker.records('small').length, 1);
});

test('records larger than the fetch limits are delivered all the same', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const producer = await connected(t, kafka.producer());
  const value = 'x'.repeat(100_000);
  await producer.send({ topic: 'large', messages: [{ value }] });
  await producer.send({ topic: 'large', messages: [{ value }] });
  const inbox = new Inbox<Received>();
  const limits = { maxBytes: 1_000, maxBytesPerPartition: 1_000 };
  await consumeInto(await connected(t, kafka.consumer({ groupId: 'g', ...limits })), 'large', inbox);
  assert.deepEqual(values(await inbox.count(2)), [value, value]);
});
