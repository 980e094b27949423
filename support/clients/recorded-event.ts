import { stringifyJson } from '../matching';
import type { EventSchema } from '../schema-registry/facts';
import type { DecodedParts } from './event-decoding';
import { textOfBytes, valueOfPayload } from './event-payload';
import type { SourceRecord } from './event-source';

/** A header that comes more than once has all its values, in their order. */
export type HeaderValue = string | null | readonly (string | null)[];

/** An event as features see it. */
export interface RecordedEvent {
  /** Without the lane's prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number;
  readonly key: string | null;
  /**
   * JSON where the value is JSON or bears a schema, else text; null for a tombstone; bytes in hexadecimal when it is no text.
   */
  readonly value: unknown;
  /** The value as it lies on the topic; null for a tombstone. */
  readonly payload: Buffer | null;
  readonly headers: Readonly<Record<string, HeaderValue>>;
  /** Of the value, where it was encoded with one. */
  readonly schema?: EventSchema;
  /** When the recorder saw it, in milliseconds since 1970. */
  readonly seenAt: number;
  /** What it takes of the recorder's memory, in bytes, about. */
  readonly size: number;
}

/** What an event takes beside its content: the objects around it. Measured by `npm run bench:events`. */
const overhead = 500;
/** A value that was read takes so many times what its text does, beside that. */
const valueFactor = 4;

/**
 * @param topic its topic without the lane's prefix
 * @param decoded what its bytes say, where they bear a schema
 */
export function recordedEvent(record: SourceRecord, topic: string, decoded: DecodedParts): RecordedEvent {
  const { partition, offset, timestamp, key, value, headers } = record;
  const inHeaders = headers.reduce((sum, header) => sum + header.key.length + (header.value?.length ?? 0), 0);
  return {
    topic,
    partition,
    offset,
    timestamp,
    key: key === null ? null : keyOf(key, decoded),
    value: value === null ? null : decodedValue(value, decoded),
    payload: value,
    headers: headersOf(headers),
    ...(decoded.value?.schema === undefined ? {} : { schema: decoded.value.schema }),
    seenAt: Date.now(),
    size: overhead + inHeaders + (key?.length ?? 0) + valueFactor * (value?.length ?? 0),
  };
}

/** A key is text: of one that bears a schema, the JSON of what it says. */
function keyOf(bytes: Buffer, { key }: DecodedParts): string {
  if (key === undefined) return textOfBytes(bytes);
  return typeof key.value === 'string' ? key.value : stringifyJson(key.value);
}

function decodedValue(bytes: Buffer, { value }: DecodedParts): unknown {
  return value === undefined ? valueOfPayload(bytes) : value.value;
}

function headersOf(headers: SourceRecord['headers']): Record<string, HeaderValue> {
  const values = new Map<string, (string | null)[]>();
  for (const { key, value } of headers) {
    const text = value === null ? null : textOfBytes(value);
    values.set(key, [...(values.get(key) ?? []), text]);
  }
  return Object.fromEntries(
    [...values].map(([name, all]) => [name, all.length === 1 ? (all[0] ?? null) : all]),
  );
}
