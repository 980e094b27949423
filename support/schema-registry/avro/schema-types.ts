import type { Type } from 'avsc';
import { messageOf } from '../../errors';
import { parseJson } from '../../matching';
import { invalidSchema, type SchemaText } from '../codec';
import type { LogicalAttributes } from './named-types';

type Avro = typeof import('avsc');

/** Also the types that logical types do not change. */
export type LogicalTypes = 'with logical types' | 'without logical types';

const int64Bytes = 8;

/** Bytes of the logical types of a fixed size. */
const fixedSizes: Readonly<Record<string, number>> = { uuid: 16, duration: 12 };

/** By its name, what a logical type may be of. */
const underlying: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['decimal', ['bytes', 'fixed']],
  ['uuid', ['string', 'fixed']],
  ['date', ['int']],
  ['time-millis', ['int']],
  ['time-micros', ['long']],
  ...['timestamp', 'local-timestamp'].flatMap((name) =>
    ['millis', 'micros', 'nanos'].map((unit) => [`${name}-${unit}`, ['long']] as const),
  ),
  ['duration', ['fixed']],
]);

/**
 * The library's type of an Avro schema. Longs are BigInts, unions are wrapped, and logical types are only marked: what they
 * mean in JSON is for `json-values.ts`.
 * @throws BrineError BRINE_JSON_001 or BRINE_SCHEMA_001
 */
export async function avroType(schema: SchemaText, place: string, mode: LogicalTypes): Promise<Type> {
  const { default: avro } = await import('avsc');
  const options = optionsOf(avro, mode);
  for (const { name, text } of schema.references)
    typeOf(avro, text, options, `${place}, its reference "${name}"`);
  return typeOf(avro, schema.text, options, place);
}

function typeOf(avro: Avro, text: string, options: Options, place: string): Type {
  const schema = schemaOf(text, place);
  try {
    return avro.Type.forSchema(schema as never, options);
  } catch (error) {
    throw invalidSchema('AVRO', place, messageOf(error), error);
  }
}

/** A bare name of a primitive is a schema, too, also without its quotes. */
function schemaOf(text: string, place: string): unknown {
  const bare = text.trim();
  return /^[a-z]+$/.test(bare) ? bare : JSON.parse(JSON.stringify(parseJson(bare, place), plainNumbers));
}

/** Numbers of a schema are sizes and defaults; the library knows those of JavaScript only. */
function plainNumbers(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

type Options = ReturnType<typeof optionsOf>;

function optionsOf(avro: Avro, mode: LogicalTypes) {
  const long = exactLong(avro);
  const logicalTypes = mode === 'with logical types' ? markers(avro, long) : {};
  return {
    wrapUnions: 'always' as const,
    omitRecordMethods: true,
    registry: { long },
    logicalTypes,
    typeHook: (schema: unknown) => (isPlainLong(schema, logicalTypes) ? long : undefined),
  };
}

/** `{ "type": "long" }`, which the library does not look up in its registry. */
function isPlainLong(schema: unknown, logicalTypes: object): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const { type, logicalType } = schema as { type?: unknown; logicalType?: unknown };
  return type === 'long' && !(typeof logicalType === 'string' && logicalType in logicalTypes);
}

/** A long without loss: the library's own refuses what a double cannot hold. */
function exactLong(avro: Avro): Type {
  return avro.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
    toBuffer: (value: bigint) => {
      const bytes = Buffer.alloc(int64Bytes);
      bytes.writeBigInt64LE(value);
      return bytes;
    },
    fromJSON: (value: number | string) => BigInt(value),
    toJSON: (value: bigint) => Number(value),
    isValid: (value: unknown) => typeof value === 'bigint',
    compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
  });
}

/** By name, classes whose values are those of the underlying type. */
function markers(avro: Avro, long: Type) {
  class Marked extends avro.types.LogicalType {
    readonly attributes: LogicalAttributes;

    /** @throws Error when it is not as the specification wants it; then it is ignored, as the specification says */
    constructor(schema: LogicalSchema, options: never) {
      assertLogical(schema);
      super((schema.type === 'long' ? long : schema) as never, options);
      this.attributes = schema;
    }

    protected override _fromValue(value: unknown): unknown {
      return value;
    }

    protected override _toValue(value: unknown): unknown {
      return value;
    }

    protected override _resolve(): unknown {
      return undefined;
    }
  }
  return Object.fromEntries([...underlying.keys()].map((name) => [name, Marked as never]));
}

interface LogicalSchema extends LogicalAttributes {
  readonly type: unknown;
  readonly size?: number;
}

function assertLogical({ type, logicalType, precision, scale = 0, size }: LogicalSchema): void {
  const fits = underlying.get(logicalType)?.includes(String(type)) ?? false;
  const digits = Number(precision);
  const isBadDecimal = logicalType === 'decimal' && !(digits > 0 && scale >= 0 && scale <= digits);
  const isBadSize = type === 'fixed' && logicalType in fixedSizes && size !== fixedSizes[logicalType];
  if (!fits || isBadDecimal || isBadSize) throw new Error(`${logicalType} is not valid here`);
}
