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
  /** JSON where the value is JSON, else text; null for a tombstone; bytes in hexadecimal when it is no text. */
  readonly value: unknown;
  /** The value as it lies on the topic; null for a tombstone. */
  readonly payload: Buffer | null;
  readonly headers: Readonly<Record<string, HeaderValue>>;
  /** When the recorder saw it, in milliseconds since 1970. */
  readonly seenAt: number;
  /** What it takes of the recorder's memory, in bytes, about. */
  readonly size: number;
}

/** What an event takes beside its content: the objects around it. Measured by `npm run bench:events`. */
const overhead = 600;
/** A value that was read takes so many times what its text does, beside that. */
const valueFactor = 5;

/** @param topic its topic without the lane's prefix */
export function recordedEvent(record: SourceRecord, topic: string): RecordedEvent {
  const { partition, offset, timestamp, key, value, headers } = record;
  const inHeaders = headers.reduce((sum, header) => sum + header.key.length + (header.value?.length ?? 0), 0);
  return {
    topic,
    partition,
    offset,
    timestamp,
    key: key === null ? null : textOfBytes(key),
    value: value === null ? null : valueOfPayload(value),
    payload: value,
    headers: headersOf(headers),
    seenAt: Date.now(),
    size: overhead + inHeaders + (key?.length ?? 0) + valueFactor * (value?.length ?? 0),
  };
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
