import { BrineError } from '../errors';
import type { Json } from '../matching';

/** The kinds of schemas that a schema registry keeps, as its REST API names them. */
export const schemaTypes = ['AVRO', 'PROTOBUF', 'JSON'] as const;
export type SchemaType = (typeof schemaTypes)[number];

/** A schema that another one refers to, under the name that is used there. */
export interface ReferencedText {
  readonly name: string;
  readonly text: string;
}

/** A schema as text, with all that it refers to; a schema comes after those that it refers to itself. */
export interface SchemaText {
  readonly type: SchemaType;
  readonly text: string;
  readonly references: readonly ReferencedText[];
}

/** Where a value does not fit its schema, and why. */
export interface ValueFault {
  /** In the feature's notation: `$.items[0].price`. */
  readonly path: string;
  readonly reason: string;
  /** undefined where there is none. */
  readonly actual: unknown;
}

/** What bytes say in a schema. */
export interface DecodedValue {
  /** The full name of the record or message; the title of a JSON Schema; the type's name of other Avro schemas. */
  readonly name: string;
  /** In JSON notation, with every digit of its numbers. */
  readonly value: Json;
}

/** Turns values into the bytes of a schema and back. What it takes and gives are JSON values without loss. */
export interface SchemaCodec {
  readonly type: SchemaType;
  /** The full names of what can be encoded, the one that is taken unless another is named first. */
  readonly names: readonly string[];
  /**
   * @param payload what follows the schema's identifier; for Protobuf it begins with the indexes of the message
   * @throws Error when the bytes are not of this schema
   */
  decode(payload: Buffer): DecodedValue;
  /**
   * @param name one of `names`; the first unless given
   * @throws UnfitValue saying which fields do not fit
   */
  encode(value: unknown, name?: string): Buffer;
  /** What of a value does not fit; nothing when all does. */
  faults(value: unknown, name?: string): readonly ValueFault[];
}

/** A value does not fit the schema that it was to be encoded with. */
export class UnfitValue extends Error {
  constructor(readonly faults: readonly ValueFault[]) {
    super(faults.map(({ path, reason }) => `${path}: ${reason}`).join('; '));
  }
}

/** A text that is no schema of its type. */
export function invalidSchema(type: SchemaType, place: string, reason: string, cause?: unknown): BrineError {
  const words = { AVRO: 'Avro', PROTOBUF: 'Protobuf', JSON: 'JSON' }[type];
  return new BrineError('BRINE_SCHEMA_001', { place, type: words, reason }, { cause });
}
