import { crc32 } from 'node:zlib';
import { MalformedError } from '../wire/malformed-error';
import { WireReader } from '../wire/reader';
import { WireWriter } from '../wire/writer';
import { anonymousProducer, buildBatch } from './build-batch';
import { decompress } from './compression';
import type { DecodedRecord } from './record';
import { batchFlags, type RecordBatch } from './record-batch';

/**
 * The message formats before version 2 (LegacyRecord in Apache Kafka): offset, size, CRC-32, magic, attributes, from
 * magic 1 on a time (KIP-32), key, value. A compressed message holds a set of messages as its value.
 */
export interface Message {
  readonly magic: number;
  readonly attributes: number;
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Bytes on the wire. */
  readonly size: number;
}

const codecMask = 0x07;
const logAppendTime = 0x08;
/** What there is before the CRC'd part: offset, size and the CRC itself. */
const uncheckedLength = 16;
const decompressedLimit = 256 * 1024 * 1024;

/** @throws MalformedError when the set is cut off, or a checksum is wrong */
export function readMessageSet(bytes: Buffer): Message[] {
  const reader = new WireReader(bytes);
  const messages: Message[] = [];
  while (reader.remaining > 0) messages.push(readMessage(reader));
  return messages;
}

/**
 * The messages inside, where there are any, else the message itself.
 * @throws when they cannot be decompressed or read, or are themselves compressed
 */
export function unwrap(message: Message): Message[] {
  const codec = message.attributes & codecMask;
  if (codec === 0) return [message];
  const inner = readMessageSet(decompress(codec, message.value ?? Buffer.alloc(0), decompressedLimit));
  if (inner.some(({ attributes }) => (attributes & codecMask) !== 0)) {
    throw new MalformedError('a compressed message within a compressed message');
  }
  return inner;
}

/** One batch of version 2 with all messages, compressed as the first of them was. Their offsets are given anew. */
export function batchOf(messages: readonly Message[]): RecordBatch {
  const records = messages.flatMap(unwrap).map(
    ({ timestamp, key, value }, offsetDelta): DecodedRecord => ({
      offsetDelta,
      timestamp,
      key,
      value,
      headers: [],
    }),
  );
  const firstTimestamp = records[0]?.timestamp ?? -1n;
  const header = {
    ...anonymousProducer,
    attributes: (messages[0]?.attributes ?? 0) & batchFlags.codec,
    lastOffsetDelta: records.length - 1,
    firstTimestamp,
    maxTimestamp: records.reduce((latest, { timestamp }) => (timestamp > latest ? timestamp : latest), -1n),
  };
  return buildBatch(header, records);
}

/**
 * A batch as messages, uncompressed, without headers, which these formats do not have; none for a control batch.
 * @param magic 0 or 1
 * @param from leaves out lower offsets
 */
export function messagesOf(batch: RecordBatch, baseOffset: bigint, magic: number, from: bigint): Buffer[] {
  const attributes = magic === 1 && batch.hasLogAppendTime ? logAppendTime : 0;
  return batch
    .records()
    .map((record) => ({ ...record, offset: baseOffset + BigInt(record.offsetDelta) }))
    .filter(({ offset }) => offset >= from)
    .map(({ offset, timestamp, key, value }) =>
      writeMessage(offset, { magic, attributes, timestamp, key, value }),
    );
}

export function writeMessage(offset: bigint, message: Omit<Message, 'size'>): Buffer {
  const body = new WireWriter();
  body.int8(message.magic);
  body.int8(message.attributes);
  if (message.magic === 1) body.int64(message.timestamp);
  for (const part of [message.key, message.value]) {
    body.int32(part?.length ?? -1);
    if (part) body.raw(part);
  }
  const checked = body.toBuffer();
  const framed = new WireWriter();
  framed.int64(offset);
  framed.int32(checked.length + 4);
  framed.uint32(crc32(checked));
  framed.raw(checked);
  return framed.toBuffer();
}

function readMessage(reader: WireReader): Message {
  reader.int64(); // the offset, which the broker assigns
  const body = reader.take(reader.int32());
  const content = new WireReader(body);
  const checksum = content.int32() >>> 0;
  if (checksum !== crc32(body.subarray(4))) throw new MalformedError('the checksum of a message is wrong');
  const magic = content.int8();
  if (magic !== 0 && magic !== 1) throw new MalformedError(`a message of magic ${magic}`);
  const attributes = content.int8();
  const timestamp = magic === 1 ? content.int64() : -1n;
  const [key, value] = [nullable(content), nullable(content)];
  return { magic, attributes, timestamp, key, value, size: uncheckedLength - 4 + body.length };
}

function nullable(reader: WireReader): Buffer | null {
  const length = reader.int32();
  return length === -1 ? null : reader.take(length);
}
