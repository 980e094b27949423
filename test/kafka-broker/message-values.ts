import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { WireType } from '../../support/kafka-broker/wire/types';

export type AnyType = WireType<unknown, unknown>;

export interface Definition {
  readonly key: number;
  readonly name: string;
  readonly versions: readonly [number, number];
  readonly flexibleSince: number;
  readonly request: AnyType;
  readonly response: AnyType;
}

const folder = join(__dirname, '../../support/kafka-broker/wire/messages');
/** Every message that the broker knows. */
export const definitions = readdirSync(folder).flatMap((file) =>
  Object.values<Definition>(require(join(folder, file))),
);

/** What strings and numbers are drawn from. */
export interface Draw {
  readonly string: fc.Arbitrary<string>;
  readonly int8: fc.Arbitrary<number>;
  readonly int16: fc.Arbitrary<number>;
  readonly int32: fc.Arbitrary<number>;
  readonly int64: fc.Arbitrary<bigint>;
  readonly bytes: fc.Arbitrary<Buffer>;
  readonly uuid: fc.Arbitrary<string>;
}

/** All that there can be. */
export const anything: Draw = {
  string: fc.string({ unit: 'grapheme', maxLength: 300 }),
  int8: fc.integer({ min: -0x80, max: 0x7f }),
  int16: fc.integer({ min: -0x8000, max: 0x7fff }),
  int32: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  int64: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  bytes: fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array)),
  uuid: fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((array) => Buffer.from(array).toString('base64url')),
};

/** Values that a type can carry in one version. */
export function valuesOf(type: AnyType, version: number, draw = anything): fc.Arbitrary<unknown> {
  const { shape } = type;
  const orNull = <T>(values: fc.Arbitrary<T>) =>
    'isNullable' in shape && shape.isNullable ? fc.option(values) : values;
  switch (shape.kind) {
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
      return draw[shape.kind];
    case 'boolean':
      return fc.boolean();
    case 'uuid':
      return draw.uuid;
    case 'string':
      return orNull(draw.string);
    case 'bytes':
      return orNull(draw.bytes);
    case 'records':
      return orNull(draw.bytes.map((bytes) => [bytes]));
    case 'array':
      return orNull(fc.array(valuesOf(shape.element, version, draw), { maxLength: 4 }));
    case 'struct': {
      const present = shape.fields.filter(({ since, until }) => version >= since && version <= until);
      return orNull(
        fc.record(
          Object.fromEntries(present.map(({ name, type: field }) => [name, valuesOf(field, version, draw)])),
        ),
      );
    }
  }
}

/** Records are read as one buffer and written as a list of them. */
export function rewritable(type: AnyType, value: unknown): unknown {
  const { shape } = type;
  if (value === null || value === undefined) return value;
  if (shape.kind === 'records') return [value];
  if (shape.kind === 'array') return (value as unknown[]).map((item) => rewritable(shape.element, item));
  if (shape.kind !== 'struct') return value;
  const fields = value as Record<string, unknown>;
  return Object.fromEntries(
    shape.fields.map(({ name, type: field }) => [name, rewritable(field, fields[name])]),
  );
}
