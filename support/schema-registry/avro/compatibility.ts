import type { Type, types } from 'avsc';
import { messageOf } from '../../errors';
import type { SchemaText } from '../codec';
import { kindOf, nameOf, type RecordType } from './named-types';
import { avroType } from './schema-types';

/**
 * Where a schema cannot read what another one wrote. Whether it can is decided by the library (the schema resolution of Avro's
 * specification; names are compared without their namespaces, as Avro's own check does); the field is looked for here.
 */
export async function avroIncompatibilities(reader: SchemaText, writer: SchemaText): Promise<string[]> {
  const [read, written] = await Promise.all([
    avroType(reader, 'the reader', 'without logical types'),
    avroType(writer, 'the writer', 'without logical types'),
  ]);
  return faults(read, written, '$', new Set());
}

function faults(reader: Type, writer: Type, path: string, above: ReadonlySet<Type>): string[] {
  const reason = unresolvable(reader, writer);
  if (reason === undefined || above.has(reader)) return [];
  const inner = innerFaults(reader, writer, path, new Set([...above, reader]));
  return inner.length > 0 ? inner : [`${path} ${inWords(reader, writer, reason)}`];
}

function unresolvable(reader: Type, writer: Type): string | undefined {
  try {
    reader.createResolver(writer, { ignoreNamespaces: true });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function innerFaults(reader: Type, writer: Type, path: string, above: ReadonlySet<Type>): string[] {
  const kind = kindOf(reader);
  if (kind !== kindOf(writer)) return [];
  switch (kind) {
    case 'record':
      return fieldFaults(reader as RecordType, writer as RecordType, path, above);
    case 'array':
      return faults(
        (reader as types.ArrayType).itemsType,
        (writer as types.ArrayType).itemsType,
        `${path}[*]`,
        above,
      );
    case 'map':
      return faults(
        (reader as types.MapType).valuesType,
        (writer as types.MapType).valuesType,
        `${path}[*]`,
        above,
      );
    default:
      return [];
  }
}

function fieldFaults(
  reader: RecordType,
  writer: RecordType,
  path: string,
  above: ReadonlySet<Type>,
): string[] {
  return reader.fields.flatMap((field) => {
    const names = [field.name, ...field.aliases];
    const written = writer.fields.find(({ name }) => names.includes(name));
    const at = `${path}.${field.name}`;
    if (written !== undefined) return faults(field.type, written.type, at, above);
    const hasDefault = field.defaultValue() !== undefined;
    return hasDefault ? [] : [`${at} is missing in what was written, and has no default`];
  });
}

function inWords(reader: Type, writer: Type, reason: string): string {
  const kind = kindOf(reader);
  if (kind !== kindOf(writer)) return `is ${nameOf(reader)}, which cannot read ${nameOf(writer)}`;
  if (kind === 'enum') {
    const known = (reader as types.EnumType).symbols;
    const unknown = (writer as types.EnumType).symbols.filter((symbol) => !known.includes(symbol));
    return `does not know ${unknown.map((symbol) => JSON.stringify(symbol)).join(', ')}, and has no default`;
  }
  return nameOf(reader) === nameOf(writer)
    ? `cannot be read: ${reason}`
    : `is ${nameOf(reader)}, which cannot read ${nameOf(writer)}`;
}
