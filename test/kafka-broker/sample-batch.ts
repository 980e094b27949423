import { crc32c } from '../../support/kafka-broker/records/crc32c';
import { WireWriter } from '../../support/kafka-broker/wire/writer';

export interface SampleBatch {
  readonly values: ReadonlyArray<string | null>;
  /** None for those left out. */
  readonly keys?: ReadonlyArray<string | null>;
  readonly attributes?: number;
  readonly timestamps?: readonly number[];
  readonly producerId?: bigint;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  /** Replaces the records, for compressed ones. */
  readonly encode?: (records: Buffer) => Buffer;
}

/** A record batch of version 2, as a client would send it. */
export function sampleBatch(sample: SampleBatch): Buffer {
  const { values, timestamps = values.map(() => 1_000) } = sample;
  const records = Buffer.concat(
    values.map((value, index) => record(sample.keys?.[index] ?? null, value, index, timestamps)),
  );
  const checked = new WireWriter();
  checked.int16(sample.attributes ?? 0);
  checked.int32(values.length - 1);
  checked.int64(BigInt(timestamps[0] ?? 0));
  checked.int64(BigInt(Math.max(...timestamps)));
  checked.int64(sample.producerId ?? -1n);
  checked.int16(sample.producerEpoch ?? -1);
  checked.int32(sample.baseSequence ?? -1);
  checked.int32(values.length);
  checked.raw(sample.encode?.(records) ?? records);
  const body = checked.toBuffer();
  const batch = new WireWriter();
  batch.int64(0n);
  batch.int32(body.length + 9);
  batch.int32(-1);
  batch.int8(2);
  batch.uint32(crc32c(body));
  batch.raw(body);
  return batch.toBuffer();
}

function record(
  key: string | null,
  value: string | null,
  index: number,
  timestamps: readonly number[],
): Buffer {
  const body = new WireWriter();
  body.int8(0);
  body.varlong(BigInt((timestamps[index] ?? 0) - (timestamps[0] ?? 0)));
  body.varint(index);
  for (const part of [key, value]) {
    body.varint(part === null ? -1 : Buffer.byteLength(part));
    body.raw(Buffer.from(part ?? ''));
  }
  body.varint(0);
  const bytes = body.toBuffer();
  const framed = new WireWriter();
  framed.varint(bytes.length);
  framed.raw(bytes);
  return framed.toBuffer();
}
