import { MalformedError } from '../wire/malformed-error';
import { WireReader } from '../wire/reader';

/** One record of a batch, its offset still relative to the batch's. */
export interface DecodedRecord {
  readonly offsetDelta: number;
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Array<{ key: string; value: Buffer | null }>;
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
