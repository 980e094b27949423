import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { checkProduced } from '../../support/kafka-broker/records/check-batches';
import { controlBatch } from '../../support/kafka-broker/records/control-batch';
import { crc32c } from '../../support/kafka-broker/records/crc32c';
import { RecordBatch } from '../../support/kafka-broker/records/record-batch';
import { PartitionLog } from '../../support/kafka-broker/state/partition-log';
import { sampleBatch } from './sample-batch';

const valuesIn = (bytes: Buffer) => new RecordBatch(bytes).records().map(({ value }) => String(value));

test('CRC-32C has the check value of its specification (RFC 3720), not that of zlib', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
  assert.equal(crc32c(Buffer.alloc(0)), 0);
});

test('batches are read uncompressed, with gzip and with zstd', () => {
  const values = ['one', 'two', ''];
  assert.deepEqual(valuesIn(sampleBatch({ values })), values);
  assert.deepEqual(
    valuesIn(sampleBatch({ values, attributes: 1, encode: (bytes) => gzipSync(bytes) })),
    values,
  );
  assert.deepEqual(
    valuesIn(sampleBatch({ values, attributes: 4, encode: (bytes) => zstdCompressSync(bytes) })),
    values,
  );
  assert.throws(() => valuesIn(sampleBatch({ values, attributes: 2 })), /cannot decompress snappy/);
  assert.throws(() => valuesIn(sampleBatch({ values, attributes: 3 })), /cannot decompress lz4/);
  assert.throws(() => valuesIn(sampleBatch({ values, attributes: 1 })), /cannot decompress gzip/);
});

test('what is no sound batch of records is refused with the code of a real broker', () => {
  const errorOf = (change: (bytes: Buffer) => Buffer | null, maxSize = 1_000) => {
    const checked = checkProduced(change(sampleBatch({ values: ['a', 'b'] })), { maxSize, now: 2_000 });
    return 'error' in checked ? checked.error : ErrorCode.none;
  };
  const changed = (offset: number, value: number) => (bytes: Buffer) => {
    bytes.writeUInt8(value, offset);
    return bytes;
  };
  const withCrc = (change: (bytes: Buffer) => void) => (bytes: Buffer) => {
    change(bytes);
    bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
    return bytes;
  };
  assert.equal(
    errorOf((bytes) => bytes),
    ErrorCode.none,
  );
  assert.equal(
    errorOf(() => null),
    ErrorCode.corruptMessage,
  );
  assert.equal(
    errorOf(() => Buffer.alloc(0)),
    ErrorCode.corruptMessage,
  );
  assert.equal(
    errorOf((bytes) => bytes.subarray(0, 40)),
    ErrorCode.corruptMessage,
  );
  assert.equal(
    errorOf((bytes) => bytes.subarray(0, -1)),
    ErrorCode.corruptMessage,
  );
  assert.equal(
    errorOf((bytes) => Buffer.concat([bytes, bytes])),
    ErrorCode.invalidRecord,
  );
  assert.equal(errorOf(changed(16, 1)), ErrorCode.unsupportedForMessageFormat);
  assert.equal(errorOf(changed(16, 3)), ErrorCode.corruptMessage);
  assert.equal(errorOf(changed(65, 0xff)), ErrorCode.corruptMessage);
  assert.equal(
    errorOf((bytes) => bytes, 50),
    ErrorCode.messageTooLarge,
  );
  assert.equal(errorOf(withCrc((bytes) => bytes.writeInt32BE(3, 57))), ErrorCode.invalidRecord);
  assert.equal(errorOf(withCrc((bytes) => bytes.writeInt32BE(0, 57))), ErrorCode.invalidRecord);
  assert.equal(errorOf(withCrc((bytes) => bytes.writeInt16BE(0x20, 21))), ErrorCode.invalidRecord);
  assert.equal(errorOf(withCrc((bytes) => bytes.writeInt16BE(0x07, 21))), ErrorCode.corruptMessage);
});

test('the log assigns offsets in place, and the batch stays sound', () => {
  const log = new PartitionLog<RecordBatch>();
  log.append(new RecordBatch(sampleBatch({ values: ['a', 'b'] })), 0);
  const { batch, baseOffset } = log.append(new RecordBatch(sampleBatch({ values: ['c'] })), 1);
  assert.equal(baseOffset, 2n);
  assert.equal(batch.bytes.readBigInt64BE(0), 2n);
  assert.equal(batch.bytes.readUInt32BE(17), crc32c(batch.bytes.subarray(21)));
  assert.equal(log.endOffset, 3n);
  assert.deepEqual(
    log.read(1n, 3n, 1, true).map((stored) => stored.baseOffset),
    [0n],
  );
  assert.deepEqual(log.read(1n, 3n, 1, false), []);
  assert.deepEqual(log.read(2n, 2n, 1_000, true), []);
});

test('a time is found inside a batch, also when the header of the batch has a wrong maximum', () => {
  const bytes = sampleBatch({ values: ['a', 'b', 'c'], timestamps: [1_000, 2_000, 3_000] });
  bytes.writeBigInt64BE(1_000n, 35);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  const checked = checkProduced(bytes, { maxSize: 1_000, now: 2_000 });
  assert.ok('batch' in checked);
  assert.equal(checked.batch.maxTimestamp, 3_000n);
  assert.equal(checked.batch.bytes.readUInt32BE(17), crc32c(checked.batch.bytes.subarray(21)));
  const log = new PartitionLog<RecordBatch>();
  log.append(checked.batch, 0);
  assert.deepEqual(log.findByTime(1_500n), { offset: 1n, timestamp: 2_000n });
  assert.deepEqual(log.findByTime(3_000n), { offset: 2n, timestamp: 3_000n });
  assert.equal(log.findByTime(3_001n), null);
  log.deleteBefore(2n);
  assert.equal(log.findByTime(0n)?.offset, 2n);
});

test('a repeated batch of an idempotent producer is a duplicate, a gap is not accepted', () => {
  const log = new PartitionLog<RecordBatch>();
  const batch = (baseSequence: number, producerEpoch = 0) =>
    new RecordBatch(sampleBatch({ values: ['x', 'y'], producerId: 7n, producerEpoch, baseSequence }));
  for (let sequence = 10; sequence < 22; sequence += 2) log.append(batch(sequence), sequence);
  assert.deepEqual(log.sequences.judge(batch(22)), { kind: 'append' });
  assert.deepEqual(log.sequences.judge(batch(20)), { kind: 'duplicate', baseOffset: 10n });
  assert.deepEqual(log.sequences.judge(batch(12)), { kind: 'duplicate', baseOffset: 2n });
  const outOfOrder = { kind: 'refuse', error: ErrorCode.outOfOrderSequenceNumber };
  assert.deepEqual(log.sequences.judge(batch(10)), outOfOrder, 'only the last five are remembered');
  assert.deepEqual(log.sequences.judge(batch(24)), outOfOrder);
  assert.deepEqual(log.sequences.judge(batch(5, 1)), outOfOrder, 'a new epoch begins at 0');
  assert.deepEqual(log.sequences.judge(batch(0, 1)), { kind: 'append' });
  log.append(batch(0, 1), 99);
  assert.deepEqual(log.sequences.judge(batch(2, 0)), {
    kind: 'refuse',
    error: ErrorCode.invalidProducerEpoch,
  });
});

test('sequence numbers wrap around', () => {
  const log = new PartitionLog<RecordBatch>();
  const batch = (baseSequence: number) =>
    new RecordBatch(sampleBatch({ values: ['x', 'y'], producerId: 7n, producerEpoch: 0, baseSequence }));
  log.append(batch(0x7fffffff), 0);
  assert.deepEqual(log.sequences.judge(batch(1)), { kind: 'append' });
});

test('an open transaction holds back the last stable offset; its abort is listed', () => {
  const log = new PartitionLog<RecordBatch>();
  const batch = (producerId: bigint, attributes: number) =>
    new RecordBatch(
      sampleBatch({ values: ['x'], producerId, producerEpoch: 0, baseSequence: 0, attributes }),
    );
  log.append(batch(-1n, 0), 0);
  log.append(batch(1n, 0x10), 1);
  log.append(batch(2n, 0x10), 2);
  assert.equal(log.lastStableOffset, 1n);
  log.endTransaction(controlBatch('abort', 1n, 0, 0), 'abort', 3);
  assert.equal(log.lastStableOffset, 2n);
  log.endTransaction(controlBatch('commit', 2n, 0, 0), 'commit', 4);
  assert.equal(log.lastStableOffset, 5n);
  assert.deepEqual(log.abortedWithin(0n, 5n), [{ producerId: 1n, firstOffset: 1n, lastOffset: 3n }]);
  assert.deepEqual(log.abortedWithin(4n, 5n), []);
  assert.deepEqual(
    log.batches.filter((stored) => !stored.batch.isControl).map((stored) => log.isCommitted(stored)),
    [true, false, true],
  );
});
