import assert from 'node:assert/strict';
import test from 'node:test';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { recordBatchContent } from '../../support/kafka-broker/records/batch-content';
import { controlBatch } from '../../support/kafka-broker/records/control-batch';
import { crc32c } from '../../support/kafka-broker/records/crc32c';
import { RecordBatch } from '../../support/kafka-broker/records/record-batch';
import { PartitionLog } from '../../support/kafka-broker/state/partition-log';
import { connected, consumeInto, Inbox, kafkaFor, type Received, startBroker } from './harness';
import { ManualClock } from './manual-clock';
import { RawClient } from './raw-client';
import { produceTo } from './raw-requests';
import { type SampleBatch, sampleBatch } from './sample-batch';

/** `key=value` at each offset; a tombstone is `key`. */
function contentOf(log: PartitionLog<RecordBatch>): string[] {
  return log.batches.flatMap(({ batch, baseOffset }) =>
    batch.records().map(({ offsetDelta, key, value }) => {
      return `${baseOffset + BigInt(offsetDelta)}:${key}${value === null ? '' : `=${value}`}`;
    }),
  );
}

function logOf(...samples: SampleBatch[]): PartitionLog<RecordBatch> {
  const log = new PartitionLog<RecordBatch>();
  for (const [index, sample] of samples.entries()) log.append(new RecordBatch(sampleBatch(sample)), index);
  return log;
}

const rules = (now: number) => ({ now, minLagMs: 0, deleteRetentionMs: 100 });

test('of each key the last record stays, at its offset, in a batch that is sound', () => {
  const log = logOf(
    { keys: ['a', 'b', 'c'], values: ['1', '1', '1'] },
    { keys: ['a'], values: ['2'] },
    { keys: ['b', 'd'], values: ['2', '1'] },
  );
  const before = log.size;
  log.compact(recordBatchContent, rules(2_000));
  assert.deepEqual(contentOf(log), ['2:c=1', '3:a=2', '4:b=2', '5:d=1']);
  assert.equal(log.endOffset, 6n);
  assert.ok(log.size < before);
  for (const { batch } of log.batches) {
    assert.equal(batch.bytes.readUInt32BE(17), crc32c(batch.bytes.subarray(21)));
    assert.equal(batch.bytes.readInt32BE(8), batch.bytes.length - 12);
  }
  const [first] = log.batches;
  assert.equal(first!.batch.baseOffset, 0n);
  assert.equal(first!.batch.lastOffsetDelta, 2);
  assert.deepEqual(
    log.read(0n, 6n, 1_000, false).map(({ baseOffset }) => baseOffset),
    [0n, 3n, 4n],
  );
});

test('tombstones stay for delete.retention.ms from the first compaction on, the last record always', () => {
  const log = logOf({ keys: ['a'], values: ['1'] }, { keys: ['a', 'b'], values: [null, null] });
  log.compact(recordBatchContent, rules(2_000));
  assert.deepEqual(contentOf(log), ['1:a', '2:b']);
  log.compact(recordBatchContent, rules(2_099));
  assert.deepEqual(contentOf(log), ['1:a', '2:b']);
  log.compact(recordBatchContent, rules(2_100));
  assert.deepEqual(contentOf(log), ['2:b'], 'a reader must still come to the end');
});

test('what is younger than min.compaction.lag.ms is left alone, and hides nothing', () => {
  const log = logOf(
    { keys: ['a'], values: ['1'], timestamps: [1_000] },
    { keys: ['a'], values: ['2'], timestamps: [1_000] },
    { keys: ['a'], values: ['3'], timestamps: [1_950] },
  );
  log.compact(recordBatchContent, { now: 2_000, minLagMs: 100, deleteRetentionMs: 100 });
  assert.deepEqual(contentOf(log), ['1:a=2', '2:a=3']);
});

test('an aborted record hides nothing and goes; an open transaction is not touched', () => {
  const log = logOf({ keys: ['a'], values: ['1'] });
  const transactional = (producerId: bigint, value: string) => ({
    keys: ['a'],
    values: [value],
    producerId,
    producerEpoch: 0,
    baseSequence: 0,
    attributes: 0x10,
  });
  log.append(new RecordBatch(sampleBatch(transactional(7n, 'aborted'))), 1);
  log.endTransaction(controlBatch('abort', 7n, 0, 0), 'abort', 2);
  log.append(new RecordBatch(sampleBatch({ keys: ['a'], values: ['2'] })), 3);
  log.append(new RecordBatch(sampleBatch(transactional(8n, 'open'))), 4);
  log.append(new RecordBatch(sampleBatch({ keys: ['a'], values: ['3'] })), 5);
  log.compact(recordBatchContent, rules(2_000));
  assert.deepEqual(contentOf(log), ['3:a=2', '4:a=open', '5:a=3']);
  assert.deepEqual(log.abortedWithin(0n, 6n), []);
  assert.equal(log.batches[0]!.batch.isControl, true, 'the marker stays for a while');
  log.compact(recordBatchContent, rules(2_100));
  assert.equal(log.batches[0]!.batch.isControl, false);
  assert.equal(log.lastStableOffset, 4n);
});

test('a committed marker stays as long as its records', () => {
  const log = logOf({
    keys: ['a'],
    values: ['1'],
    producerId: 7n,
    producerEpoch: 0,
    baseSequence: 0,
    attributes: 0x10,
  });
  log.endTransaction(controlBatch('commit', 7n, 0, 0), 'commit', 1);
  for (const now of [2_000, 3_000]) log.compact(recordBatchContent, rules(now));
  assert.deepEqual(
    log.batches.map(({ batch }) => batch.isControl),
    [false, true],
  );
});

test('a record without a key is refused by a compacted topic, the whole batch with it', async (t) => {
  const broker = await startBroker(t);
  broker.createTopic('table', { configs: { 'cleanup.policy': 'compact,delete' } });
  using client = await RawClient.connect(broker.address);
  const answer = await produceTo(client, 'table', { keys: ['a', null], values: ['1', '2'] });
  assert.equal(answer.errorCode, ErrorCode.invalidRecord);
  assert.equal(answer.baseOffset, -1n);
  assert.deepEqual(broker.records('table'), []);
});

test('a keyed topic is compacted when half of it is new, at the next check', async (t) => {
  const clock = new ManualClock();
  const broker = await startBroker(t, { clock, retentionCheckIntervalMs: 1_000 });
  broker.createTopic('table', { configs: { 'cleanup.policy': 'compact', 'delete.retention.ms': '0' } });
  using client = await RawClient.connect(broker.address);
  const values = () => broker.records('table').map(({ key, value }) => `${key}${value}`);
  for (const key of ['a', 'b', 'c', 'd', 'a']) {
    await produceTo(client, 'table', { keys: [key], values: ['1'], timestamps: [clock.now()] });
  }
  assert.equal(values().length, 5);
  clock.advance(1_000);
  assert.deepEqual(values(), ['b1', 'c1', 'd1', 'a1']);
  await produceTo(client, 'table', { keys: ['b'], values: ['2'], timestamps: [clock.now()] });
  clock.advance(1_000);
  assert.equal(values().length, 5, 'a fifth of the log is not enough');
  broker.compact('table');
  assert.deepEqual(values(), ['c1', 'd1', 'a1', 'b2']);
  assert.throws(() => broker.compact('nowhere'), /there is no topic "nowhere"/);
});

test('kafkajs reads a compacted topic from its start to its end', async (t) => {
  const broker = await startBroker(t);
  const kafka = kafkaFor(broker);
  const admin = await connected(t, kafka.admin());
  const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
  await admin.createTopics({ topics: [{ topic: 'table', configEntries }] });
  const producer = await connected(t, kafka.producer());
  for (const value of ['1', '2', '3']) {
    const messages = ['a', 'b', 'c'].map((key) => ({ key, value }));
    await producer.send({ topic: 'table', messages });
  }
  await producer.send({ topic: 'table', messages: [{ key: 'b', value: null }] });
  broker.compact('table');
  const inbox = new Inbox<Received>();
  await consumeInto(await connected(t, kafka.consumer({ groupId: 'g' })), 'table', inbox);
  assert.deepEqual(
    (await inbox.count(3)).map(({ offset, key, value }) => [offset, key, value]),
    [
      ['6', 'a', '3'],
      ['8', 'c', '3'],
      ['9', 'b', null],
    ],
  );
});
