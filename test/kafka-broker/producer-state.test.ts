import assert from 'node:assert/strict';
import test from 'node:test';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { deleteRecordsApi } from '../../support/kafka-broker/wire/messages/delete-records';
import { startBroker } from './harness';
import { ManualClock } from './manual-clock';
import { RawClient } from './raw-client';
import { produceTo } from './raw-requests';

const day = 86_400_000;

test('what is known of an idempotent producer survives the records: duplicates and gaps are seen', async (t) => {
  const broker = await startBroker(t);
  broker.createTopic('once');
  using client = await RawClient.connect(broker.address);
  const produce = (baseSequence: number) => {
    return produceTo(client, 'once', { values: ['x'], producerId: 7n, producerEpoch: 0, baseSequence });
  };
  for (const sequence of [0, 1, 2]) assert.equal((await produce(sequence)).errorCode, ErrorCode.none);
  const topics = [{ name: 'once', partitions: [{ partitionIndex: 0, offset: -1n }] }];
  const deleted = await client.send(deleteRecordsApi, 1, { topics, timeoutMs: 1_000 });
  assert.equal(deleted.topics[0]!.partitions[0]!.lowWatermark, 3n);
  const duplicate = await produce(1);
  assert.deepEqual(
    [duplicate.errorCode, duplicate.baseOffset, duplicate.logStartOffset],
    [ErrorCode.none, 1n, 3n],
  );
  assert.equal((await produce(4)).errorCode, ErrorCode.outOfOrderSequenceNumber);
  assert.equal((await produce(3)).baseOffset, 3n);
});

test('a producer that has been silent for a day is forgotten', async (t) => {
  const clock = new ManualClock();
  const broker = await startBroker(t, { clock, retentionCheckIntervalMs: day / 2 });
  broker.createTopic('once', { configs: { 'retention.ms': '-1' } });
  using client = await RawClient.connect(broker.address);
  const produce = async (baseSequence: number) => {
    const producer = { producerId: 7n, producerEpoch: 0, baseSequence };
    return (await produceTo(client, 'once', { values: ['x'], timestamps: [clock.now()], ...producer }))
      .errorCode;
  };
  assert.equal(await produce(0), ErrorCode.none);
  clock.advance(day / 2);
  assert.equal(await produce(5), ErrorCode.outOfOrderSequenceNumber);
  clock.advance(2 * day);
  assert.equal(await produce(5), ErrorCode.none, 'whoever is not known may begin anywhere');
});
