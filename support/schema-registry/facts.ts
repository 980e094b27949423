import type { SchemaType } from './codec';

/** The schema that an event was encoded with. */
export interface EventSchema {
  readonly id: number;
  readonly type: SchemaType;
  /** Of the record or message: `shop.Order`; the title of a JSON Schema. */
  readonly name: string;
  /** Without the lane's prefix; null when the registry does not say. */
  readonly subject: string | null;
  readonly version: number | null;
}

/** A key or value of an event that bears a schema. */
export interface DecodedBytes {
  /** In JSON notation; where it could not be decoded, a text that says why. */
  readonly value: unknown;
  /** undefined where it could not be decoded. */
  readonly schema: EventSchema | undefined;
}

/**
 * Decodes the bytes of an event.
 * @param topic as the cluster has it
 * @returns undefined for bytes that bear no schema; a promise where the registry must be asked first. Never throws or rejects.
 */
export type EventDecoder = (
  topic: string,
  part: 'key' | 'value',
  bytes: Buffer,
) => DecodedBytes | Promise<DecodedBytes> | undefined;
