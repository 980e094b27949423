import assert from 'node:assert/strict';
import test from 'node:test';
import type { BrokerRecord } from '../../support/kafka-broker';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { compress } from '../../support/kafka-broker/records/compression';
import { produceApi } from '../../support/kafka-broker/wire/messages/produce';
import { connected, Inbox, kafkaFor, startBroker } from './harness';
import { RawClient } from './raw-client';
import { sampleBatch } from './sample-batch';

test('observers are told of each record as it is appended, until they unsubscribe', async (t) => {
  const broker = await startBroker(t, { defaultPartitions: 2 });
  const producer = await connected(t, kafkaFor(broker).producer());
  const inbox = new Inbox<BrokerRecord>();
  const unsubscribe = broker.observe((record) => inbox.add(record));
  const headers = { trace: 'abc' };
  await producer.send({
    topic: 'seen',
    messages: [{ partition: 1, key: 'k', value: 'v', headers, timestamp: '1700000000000' }],
  });
  assert.deepEqual(await inbox.count(1), [
    {
      topic: 'seen',
      partition: 1,
      offset: 0n,
      timestamp: 1_700_000_000_000,
      key: Buffer.from('k'),
      value: Buffer.from('v'),
      headers: [{ key: 'trace', value: Buffer.from('abc') }],
    },
  ]);
  unsubscribe();
  await producer.send({ topic: 'seen', messages: [{ value: 'unseen' }] });
  assert.equal(inbox.received.length, 1);
});

test('records of all partitions are in the order in which they were appended', async (t) => {
  const broker = await startBroker(t, { defaultPartitions: 3 });
  const producer = await connected(t, kafkaFor(broker).producer());
  const sent = [2, 0, 1, 0, 2].map((partition, index) => ({ partition, value: `${index}` }));
  for (const message of sent) await producer.send({ topic: 'mixed', messages: [message] });
  const values = (from?: bigint) => broker.records('mixed', from).map(({ value }) => String(value));
  assert.deepEqual(values(), ['0', '1', '2', '3', '4']);
  assert.deepEqual(values(1n), ['3', '4']);
  assert.deepEqual(broker.records('no such topic'), []);
});

test('what is compressed is read, and an observer that throws harms nobody', async (t) => {
  const log: string[] = [];
  const broker = await startBroker(t, { log: (line) => log.push(line) });
  broker.createTopic('packed');
  broker.observe(() => {
    throw new Error('broken observer');
  });
  using client = await RawClient.connect(broker.address);
  const produce = async (attributes: number, encode: (records: Buffer) => Buffer) => {
    const records = [sampleBatch({ values: ['x'], attributes, encode })];
    const topics = [{ name: 'packed', partitions: [{ index: 0, records }] }];
    const answer = await client.send(produceApi, 7, { acks: -1, timeoutMs: 1_000, topics });
    return answer.topics[0]!.partitions[0]!.errorCode;
  };
  for (const codec of [0, 1, 2, 3, 4]) {
    assert.equal(await produce(codec, (records) => compress(codec, records)), ErrorCode.none);
    assert.match(log.pop()!, /an observer failed on packed: Error: broken observer/);
    assert.equal(await produce(codec, (records) => records.fill(0xff)), codec === 0 ? 87 : 2, 'damaged');
  }
  const values = broker.records('packed').map(({ value }) => String(value));
  assert.deepEqual(values, ['x', 'x', 'x', 'x', 'x']);
});
