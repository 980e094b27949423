import { MalformedError } from './malformed-error';
import type { WireReader } from './reader';
import type { WireWriter } from './writer';

/** What the layout of a message depends on. `flexible`: compact lengths and tagged fields (KIP-482). */
export interface WireContext {
  readonly version: number;
  readonly flexible: boolean;
}

/** What a type is made of, for whoever walks a message: tests, and answers made without a handler. */
export type Shape =
  | { readonly kind: 'int8' | 'int16' | 'int32' | 'int64' | 'boolean' | 'uuid' }
  | { readonly kind: 'string' | 'bytes' | 'records'; readonly isNullable: boolean }
  | { readonly kind: 'array'; readonly isNullable: boolean; readonly element: WireType<unknown, unknown> }
  | { readonly kind: 'struct'; readonly isNullable: boolean; readonly fields: readonly FieldShape[] };

export interface FieldShape {
  readonly name: string;
  readonly type: WireType<unknown, unknown>;
  /** Read where a version does not have the field, and written when it is left out; undefined: it must be given. */
  readonly fallback: unknown;
  readonly since: number;
  readonly until: number;
}

/** How values of one type lie on the wire. `In` is what may be written, `Out` what is read. */
export interface WireType<Out, In = Out> {
  readonly shape: Shape;
  read(reader: WireReader, context: WireContext): Out;
  write(writer: WireWriter, value: In, context: WireContext): void;
}

export const int8: WireType<number> = {
  shape: { kind: 'int8' },
  read: (reader) => reader.int8(),
  write: (writer, value) => writer.int8(value),
};

export const int16: WireType<number> = {
  shape: { kind: 'int16' },
  read: (reader) => reader.int16(),
  write: (writer, value) => writer.int16(value),
};

export const int32: WireType<number> = {
  shape: { kind: 'int32' },
  read: (reader) => reader.int32(),
  write: (writer, value) => writer.int32(value),
};

export const int64: WireType<bigint> = {
  shape: { kind: 'int64' },
  read: (reader) => reader.int64(),
  write: (writer, value) => writer.int64(value),
};

export const boolean: WireType<boolean> = {
  shape: { kind: 'boolean' },
  read: (reader) => reader.int8() !== 0,
  write: (writer, value) => writer.int8(value ? 1 : 0),
};

/** 16 bytes, written as Kafka prints them: base64 for URLs, without padding. */
export const uuid: WireType<string> = {
  shape: { kind: 'uuid' },
  read: (reader) => reader.take(uuidBytes).toString('base64url'),
  write: (writer, value) => writer.raw(Buffer.from(value, 'base64url')),
};

const uuidBytes = 16;

export const nullableString: WireType<string | null> = {
  shape: { kind: 'string', isNullable: true },
  read(reader, { flexible }) {
    const length = flexible ? reader.unsignedVarint() - 1 : reader.int16();
    return length === -1 ? null : reader.take(length).toString('utf8');
  },
  write(writer, value, { flexible }) {
    const bytes = value === null ? null : Buffer.from(value, 'utf8');
    if (flexible) writer.unsignedVarint((bytes?.length ?? -1) + 1);
    else writer.int16(bytes?.length ?? -1);
    if (bytes) writer.raw(bytes);
  },
};

export const string = notNull(nullableString, 'string');

export const nullableBytes: WireType<Buffer | null> = {
  shape: { kind: 'bytes', isNullable: true },
  read(reader, { flexible }) {
    const length = flexible ? reader.unsignedVarint() - 1 : reader.int32();
    return length === -1 ? null : reader.take(length);
  },
  write(writer, value, context) {
    records.write(writer, value === null ? null : [value], context);
  },
};

export const bytes = notNull(nullableBytes, 'byte array');

/** RECORDS: read as one run of bytes, written from any number of batches. */
export const records: WireType<Buffer | null, readonly Buffer[] | null> = {
  shape: { kind: 'records', isNullable: true },
  read: (reader, context) => nullableBytes.read(reader, context),
  write(writer, value, { flexible }) {
    const length = value === null ? -1 : value.reduce((sum, part) => sum + part.length, 0);
    if (flexible) writer.unsignedVarint(length + 1);
    else writer.int32(length);
    value?.forEach((part) => {
      writer.raw(part);
    });
  },
};

export function nullableArray<Out, In>(
  element: WireType<Out, In>,
): WireType<Out[] | null, readonly In[] | null> {
  return {
    shape: { kind: 'array', isNullable: true, element },
    read(reader, context) {
      const count = context.flexible ? reader.unsignedVarint() - 1 : reader.int32();
      if (count === -1) return null;
      // Every element takes at least a byte: a larger count is a lie, and must not make us allocate.
      if (count < 0 || count > reader.remaining) throw new MalformedError(`an array of ${count} elements`);
      return Array.from({ length: count }, () => element.read(reader, context));
    },
    write(writer, value, context) {
      if (context.flexible) writer.unsignedVarint((value?.length ?? -1) + 1);
      else writer.int32(value?.length ?? -1);
      value?.forEach((item) => {
        element.write(writer, item, context);
      });
    },
  };
}

export function array<Out, In>(element: WireType<Out, In>): WireType<Out[], readonly In[]> {
  return notNull(nullableArray(element), 'array');
}

function notNull<Out, In>(type: WireType<Out | null, In | null>, what: string): WireType<Out, In> {
  return {
    shape: 'isNullable' in type.shape ? { ...type.shape, isNullable: false } : type.shape,
    read(reader, context) {
      const value = type.read(reader, context);
      if (value === null) throw new MalformedError(`null where the protocol wants a ${what}`);
      return value;
    },
    write: (writer, value, context) => type.write(writer, value, context),
  };
}
