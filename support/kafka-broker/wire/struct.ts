import type { Shape, WireType } from './types';

/** A field that only some versions carry: elsewhere it reads as `fallback`. It may be left out when writing. */
export interface VersionedField<Out, In> {
  readonly type: WireType<Out, In>;
  readonly fallback: Out & In;
  readonly since: number;
  readonly until: number;
}

type Member = WireType<unknown, unknown> | VersionedField<unknown, unknown>;
type Members = Readonly<Record<string, Member>>;

/** What is read from a type or field. */
export type OutOf<M> =
  M extends VersionedField<infer Out, infer _> ? Out : M extends WireType<infer O, infer _> ? O : never;
type InOf<M> =
  M extends VersionedField<infer _, infer In> ? In : M extends WireType<infer _, infer I> ? I : never;
type VersionedKeys<F> = { [K in keyof F]: F[K] extends { readonly since: number } ? K : never }[keyof F];

type StructOut<F> = { [K in keyof F]: OutOf<F[K]> };
type StructIn<F> = { [K in Exclude<keyof F, VersionedKeys<F>>]: InOf<F[K]> } & {
  [K in VersionedKeys<F>]?: InOf<F[K]>;
};

/** A field of version `since` and later ("versions": "3+" in Kafka's definitions). */
export function since<Out, In>(
  version: number,
  type: WireType<Out, In>,
  fallback: NoInfer<Out & In>,
): VersionedField<Out, In> {
  return { type, fallback, since: version, until: Number.POSITIVE_INFINITY };
}

/** A field of the versions `first` to `last`, both included. */
export function between<Out, In>(
  first: number,
  last: number,
  type: WireType<Out, In>,
  fallback: NoInfer<Out & In>,
): VersionedField<Out, In> {
  return { type, fallback, since: first, until: last };
}

/** A structure: its fields in wire order; in flexible versions, tagged fields follow (read past, written empty). */
export function struct<F extends Members>(fields: F): WireType<StructOut<F>, StructIn<F>> {
  const layout = Object.entries(fields).map(([name, member]) => ({ name, ...versioned(member) }));
  return {
    shape: { kind: 'struct', isNullable: false, fields: layout },
    read(reader, context) {
      const value: Record<string, unknown> = {};
      for (const { name, type, fallback, since: first, until } of layout) {
        const present = context.version >= first && context.version <= until;
        value[name] = present ? type.read(reader, context) : fallback;
      }
      if (context.flexible) taggedFields.read(reader);
      return value as StructOut<F>;
    },
    write(writer, value, context) {
      const values = value as Record<string, unknown>;
      for (const { name, type, fallback, since: first, until } of layout) {
        if (context.version < first || context.version > until) continue;
        type.write(writer, values[name] === undefined ? fallback : values[name], context);
      }
      if (context.flexible) taggedFields.write(writer);
    },
  };
}

/** A structure that may be missing: a byte says whether it is there. */
export function nullableStruct<F extends Members>(
  fields: F,
): WireType<StructOut<F> | null, StructIn<F> | null> {
  const { shape, read, write } = struct(fields);
  return {
    shape: { ...shape, isNullable: true } as Shape,
    read: (reader, context) => (reader.int8() < 0 ? null : read(reader, context)),
    write(writer, value, context) {
      writer.int8(value === null ? -1 : 1);
      if (value !== null) write(writer, value, context);
    },
  };
}

/** Tagged fields (KIP-482), none of which this broker knows. */
export const taggedFields = {
  read(reader: { unsignedVarint(): number; take(length: number): unknown }): void {
    for (let left = reader.unsignedVarint(); left > 0; left--) {
      reader.unsignedVarint();
      reader.take(reader.unsignedVarint());
    }
  },
  write(writer: { unsignedVarint(value: number): void }): void {
    writer.unsignedVarint(0);
  },
};

function versioned(member: Member): VersionedField<unknown, unknown> {
  if ('since' in member) return member;
  return { type: member, fallback: undefined, since: 0, until: Number.POSITIVE_INFINITY };
}
