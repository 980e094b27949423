import assert from 'node:assert/strict';
import test from 'node:test';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { checkProduced } from '../../support/kafka-broker/records/check-batches';
import { compress } from '../../support/kafka-broker/records/compression';
import { crc32c } from '../../support/kafka-broker/records/crc32c';
import { shortXxHash32 } from '../../support/kafka-broker/records/lz4-header';
import { readMessageSet, unwrap, writeMessage } from '../../support/kafka-broker/records/message-set';
import { fetchApi } from '../../support/kafka-broker/wire/messages/fetch';
import { produceApi } from '../../support/kafka-broker/wire/messages/produce';
import { capturedBatches } from './captured-batches';
import { startBroker } from './harness';
import { RawClient } from './raw-client';
import { produceTo } from './raw-requests';

const rules = { maxSize: 1_000_000, now: 2_000_000_000_000, acceptsOldFormats: true };

for (const { by, hex } of capturedBatches) {
  test(`records of ${by} are read`, () => {
    const checked = checkProduced(Buffer.from(hex, 'hex'), rules);
    assert.ok('batch' in checked, JSON.stringify(checked));
    const { batch } = checked;
    const records = batch.records();
    assert.match(records.map(({ key }) => String(key)).join(), /^(k1,k2|k1|k2)$/);
    for (const { value } of records) assert.match(String(value), /^(hello|world) (hello|world)/);
    const times = records.map(({ timestamp }) => timestamp);
    assert.ok(times.every((time) => (by.includes('format 0') ? time === -1n : time > 1_700_000_000_000n)));
    assert.equal(batch.bytes.readUInt32BE(17), crc32c(batch.bytes.subarray(21)));
    assert.equal(batch.lastOffsetDelta, records.length - 1);
  });
}

function message(magic: number, value: Buffer, attributes = 0, timestamp = 1_000n): Buffer {
  return writeMessage(0n, { magic, attributes, timestamp, key: Buffer.from('k'), value });
}

async function produceOld(client: RawClient, version: number, records: Buffer[]) {
  const topics = [{ name: 'old', partitions: [{ index: 0, records }] }];
  const request = { acks: 1, timeoutMs: 1_000, topics };
  return (await client.send(produceApi, version, request)).topics[0]!.partitions[0]!;
}

async function fetchOld(client: RawClient, version: number, fetchOffset = 0n) {
  const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1_000_000 }];
  const request = { replicaId: -1, maxWaitMs: 0, minBytes: 1, topics: [{ topic: 'old', partitions }] };
  const { responses } = await client.send(fetchApi, version, request);
  return responses[0]!.partitions[0]!.records!;
}

test('messages of all old formats come in, and go out in the format of the version that asks', async (t) => {
  const broker = await startBroker(t);
  broker.createTopic('old');
  using client = await RawClient.connect(broker.address);
  const first = await produceOld(client, 0, [message(0, Buffer.from('a')), message(0, Buffer.from('b'))]);
  assert.deepEqual([first.errorCode, first.baseOffset], [ErrorCode.none, 0n]);
  const inner = Buffer.concat([message(1, Buffer.from('c')), message(1, Buffer.from('d'), 0, 3_000n)]);
  const second = await produceOld(client, 2, [message(1, compress(1, inner), 1)]);
  assert.deepEqual([second.errorCode, second.baseOffset], [ErrorCode.none, 2n]);
  await produceTo(client, 'old', { values: ['e'], keys: ['k'], timestamps: [5_000] });
  assert.deepEqual(
    broker.records('old').map(({ offset, timestamp, value }) => `${offset} ${timestamp} ${value}`),
    ['0 -1 a', '1 -1 b', '2 1000 c', '3 3000 d', '4 5000 e'],
  );
  const valuesIn = (bytes: Buffer) => readMessageSet(bytes).map(({ value }) => String(value));
  for (const [version, magic] of [
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1],
  ] as const) {
    const bytes = await fetchOld(client, version);
    assert.deepEqual(valuesIn(bytes), ['a', 'b', 'c', 'd', 'e']);
    assert.ok(readMessageSet(bytes).every((each) => each.magic === magic));
  }
  assert.deepEqual(
    valuesIn(await fetchOld(client, 2, 3n)),
    ['d', 'e'],
    'the first batch is cut at the offset',
  );
  const times = readMessageSet(await fetchOld(client, 3)).map(({ timestamp }) => timestamp);
  assert.deepEqual(times, [-1n, -1n, 1_000n, 3_000n, 5_000n]);
});

test('damaged and nested messages, and old formats in new requests, are refused', () => {
  const errorOf = (bytes: Buffer, acceptsOldFormats = true) => {
    const checked = checkProduced(bytes, { ...rules, acceptsOldFormats });
    return 'error' in checked ? checked.error : ErrorCode.none;
  };
  const sound = message(1, Buffer.from('x'));
  assert.equal(errorOf(sound), ErrorCode.none);
  assert.equal(errorOf(sound, false), ErrorCode.unsupportedForMessageFormat);
  assert.equal(errorOf(sound.subarray(0, -1)), ErrorCode.corruptMessage);
  const damaged = Buffer.from(sound);
  damaged.writeUInt8(0xff, damaged.length - 1);
  assert.equal(errorOf(damaged), ErrorCode.corruptMessage);
  assert.equal(errorOf(message(1, Buffer.from('no gzip'), 1)), ErrorCode.corruptMessage);
  const nested = message(1, compress(1, message(1, compress(1, sound), 1)), 1);
  assert.equal(errorOf(nested), ErrorCode.invalidRecord);
  assert.equal(errorOf(message(1, Buffer.from('x'), 0x08)), ErrorCode.invalidTimestamp);
  assert.equal(errorOf(message(1, compress(1, Buffer.alloc(0)), 1)), ErrorCode.invalidRecord);
  const checked = checkProduced(sound, { ...rules, maxSize: sound.length - 1 });
  assert.deepEqual(checked, { error: ErrorCode.messageTooLarge });
});

test('a message that holds none is given as it is', () => {
  const [plain] = readMessageSet(message(0, Buffer.from('x')));
  assert.deepEqual(unwrap(plain!), [plain]);
});

test('xxHash32 has the values of its specification', () => {
  assert.equal(shortXxHash32(Buffer.alloc(0)), 0x02cc5d05);
  assert.equal(shortXxHash32(Buffer.from('a')), 0x550d7456);
  assert.equal(shortXxHash32(Buffer.from('abc')), 0x32d153ff);
});

test('whatever its compression, a batch keeps its records when the topic wants another', () => {
  for (const [codec, compressionType] of ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'].entries()) {
    const gzip = capturedBatches.find(({ by }) => by === 'kcat 1.7.1, gzip')!;
    const checked = checkProduced(Buffer.from(gzip.hex, 'hex'), { ...rules, compressionType });
    assert.ok('batch' in checked);
    assert.equal(checked.batch.codec, codec);
    assert.deepEqual(
      checked.batch.records().map(({ key }) => String(key)),
      ['k1', 'k2'],
    );
    assert.equal(checked.batch.bytes.readUInt32BE(17), crc32c(checked.batch.bytes.subarray(21)));
  }
});
