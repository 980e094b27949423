import { MalformedError } from '../wire/malformed-error';
import { WireReader } from '../wire/reader';
import { WireWriter } from '../wire/writer';

export interface RecordHeader {
  key: string;
  value: Buffer | null;
}

/** One record of a batch, its offset still relative to the batch's. */
export interface DecodedRecord {
  readonly offsetDelta: number;
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeader[];
}

/** Reads one record of version 2 (DefaultRecord in Apache Kafka): every number is a zigzag varint. */
export function readRecord(reader: WireReader, baseTimestamp: bigint): DecodedRecord {
  const body = new WireReader(reader.take(reader.varint()));
  body.int8(); // attributes: none are defined
  const timestamp = baseTimestamp + body.varlong();
  const offsetDelta = body.varint();
  const key = readNullable(body);
  const value = readNullable(body);
  return { offsetDelta, timestamp, key, value, headers: readHeaders(body) };
}

/** Writes one record of version 2. */
export function writeRecord(writer: WireWriter, record: DecodedRecord, baseTimestamp: bigint): void {
  const body = new WireWriter();
  body.int8(0); // attributes
  body.varlong(record.timestamp - baseTimestamp);
  body.varint(record.offsetDelta);
  writeNullable(body, record.key);
  writeNullable(body, record.value);
  body.varint(record.headers.length);
  for (const { key, value } of record.headers) {
    writeNullable(body, Buffer.from(key, 'utf8'));
    writeNullable(body, value);
  }
  writer.varint(body.length);
  for (const chunk of body.chunks()) writer.raw(chunk);
}

function readHeaders(body: WireReader): DecodedRecord['headers'] {
  const count = body.varint();
  if (count < 0 || count > body.remaining) throw new MalformedError(`a record with ${count} headers`);
  return Array.from({ length: count }, () => ({
    key: body.take(body.varint()).toString('utf8'),
    value: readNullable(body),
  }));
}

function readNullable(reader: WireReader): Buffer | null {
  const length = reader.varint();
  return length === -1 ? null : reader.take(length);
}

function writeNullable(writer: WireWriter, bytes: Buffer | null): void {
  writer.varint(bytes?.length ?? -1);
  if (bytes) writer.raw(bytes);
}
