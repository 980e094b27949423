import assert from 'node:assert/strict';
import test from 'node:test';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { startBroker } from './harness';
import { ManualClock } from './manual-clock';
import { RawClient } from './raw-client';
import { fetchAt, produceTo } from './raw-requests';

test('records older than retention.ms go when the check comes, and not before', async (t) => {
  const clock = new ManualClock();
  const broker = await startBroker(t, { clock, retentionCheckIntervalMs: 1_000 });
  broker.createTopic('aging', { configs: { 'retention.ms': '5000' } });
  broker.createTopic('for-ever', { configs: { 'retention.ms': '-1' } });
  using client = await RawClient.connect(broker.address);
  const begin = clock.now();
  for (const topic of ['aging', 'for-ever']) {
    await produceTo(client, topic, { values: ['old'], timestamps: [begin - 60_000] });
    await produceTo(client, topic, { values: ['new'], timestamps: [begin] });
  }
  assert.equal(broker.records('aging').length, 2, 'an old time stamp alone removes nothing');
  clock.advance(1_000);
  assert.deepEqual(
    broker.records('aging').map(({ value }) => String(value)),
    ['new'],
  );
  clock.advance(5_000);
  assert.deepEqual(broker.records('aging'), []);
  assert.equal(broker.records('for-ever').length, 2);
  assert.deepEqual(broker.endOffsets()[0], { topic: 'aging', partition: 0, offset: 2n });
  const fetched = await fetchAt(client, 'aging', 0n);
  assert.equal(fetched.errorCode, ErrorCode.offsetOutOfRange);
  assert.equal((await fetchAt(client, 'aging', 2n)).logStartOffset, 2n);
});

test('a topic keeps at least retention.bytes, and no batch more than it must', async (t) => {
  const broker = await startBroker(t);
  broker.createTopic('small', { configs: { 'retention.bytes': '1000' } });
  using client = await RawClient.connect(broker.address);
  for (let index = 0; index < 20; index++) {
    await produceTo(client, 'small', { values: ['x'.repeat(300)], timestamps: [Date.now()] });
  }
  assert.deepEqual(
    broker.records('small').map(({ offset }) => offset),
    [17n, 18n, 19n],
    'three batches of some 370 bytes',
  );
  assert.equal((await produceTo(client, 'small', { values: ['x'] })).logStartOffset, 17n);
});

test('what a compacted topic holds does not go by age or size', async (t) => {
  const clock = new ManualClock();
  const broker = await startBroker(t, { clock, retentionCheckIntervalMs: 1_000 });
  const configs = { 'cleanup.policy': 'compact', 'retention.ms': '1', 'retention.bytes': '1' };
  broker.createTopic('table', { configs });
  using client = await RawClient.connect(broker.address);
  for (const key of ['a', 'b'])
    await produceTo(client, 'table', { keys: [key], values: ['1'], timestamps: [0] });
  clock.advance(10_000);
  assert.equal(broker.records('table').length, 2);
});

test('beyond maxBytes the oldest records of the biggest topics go, and the log says so once', async (t) => {
  const log: string[] = [];
  const broker = await startBroker(t, { maxBytes: 2 ** 20, log: (line) => log.push(line) });
  for (const name of ['huge', 'little']) broker.createTopic(name);
  using client = await RawClient.connect(broker.address);
  const values = ['x'.repeat(10_000)];
  for (let index = 0; index < 10; index++) await produceTo(client, 'little', { values });
  for (let index = 0; index < 300; index++) await produceTo(client, 'huge', { values });
  assert.equal(broker.records('little').length, 10);
  const kept = broker.records('huge');
  assert.ok(kept.length > 70 && kept.length < 100, `${kept.length} of 300 are kept`);
  assert.equal(kept.at(-1)!.offset, 299n);
  assert.deepEqual(log, [
    'kafka-broker: all topics together have reached the bound of 1048576 bytes (maxBytes): the oldest records of topic ' +
      '"huge" are let go from now on; consumers behind them get OFFSET_OUT_OF_RANGE',
  ]);
  assert.equal((await fetchAt(client, 'huge', 0n)).errorCode, ErrorCode.offsetOutOfRange);
});

test('a closed broker leaves no timer of the retention behind', async (t) => {
  const clock = new ManualClock();
  const broker = await startBroker(t, { clock });
  assert.equal(clock.pending, 1);
  await broker.close();
  assert.equal(clock.pending, 0);
});
