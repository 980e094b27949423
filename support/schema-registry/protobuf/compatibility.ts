import type { Field, OneOf, Type } from 'protobufjs';
import type { SchemaText } from '../codec';
import { asEnum, asMessage, nameOf, typeNameOf } from './fields';
import { protobufSchema } from './root';

/** Types of one row are written alike: https://protobuf.dev/programming-guides/proto3/#updating */
const alike: readonly (readonly string[])[] = [
  ['int32', 'uint32', 'int64', 'uint64', 'bool', 'enum'],
  ['sint32', 'sint64'],
  ['string', 'bytes'],
  ['fixed32', 'sfixed32'],
  ['fixed64', 'sfixed64'],
];

/**
 * Where a schema does not read what another one wrote: by the rules of Protobuf for changing messages, as Confluent's registry
 * applies them. No library compares them, so these are Brine's own: messages that went, fields whose number has another type or
 * another label, required fields, fields that moved into a oneof, and those that went from one.
 */
export async function protobufIncompatibilities(reader: SchemaText, writer: SchemaText): Promise<string[]> {
  const [read, written] = await Promise.all([
    protobufSchema(reader, 'the reader'),
    protobufSchema(writer, 'the writer'),
  ]);
  const compared = new Set<Type>();
  return [...written.messages].flatMap(([name, { type }]) => {
    const counterpart = read.messages.get(name)?.type;
    return counterpart === undefined
      ? [`message ${name} is missing`]
      : messageFaults(counterpart, type, compared);
  });
}

/** With the messages of other files that it refers to. */
function messageFaults(reader: Type, writer: Type, compared: Set<Type>): string[] {
  if (compared.has(writer)) return [];
  compared.add(writer);
  const shared = writer.fieldsArray.flatMap((written) => {
    const read = reader.fieldsById[written.id];
    return read === undefined ? removed(written) : fieldFaults(read, written);
  });
  const required = reader.fieldsArray
    .filter(({ id, required: isRequired }) => isRequired && writer.fieldsById[id]?.required !== true)
    .map((field) => `${described(field)} is required, and was not`);
  const own = [...shared, ...required, ...oneOfFaults(reader, writer)];
  const name = writer.fullName.replace(/^\./, '');
  return [...own.map((fault) => `in ${name}, ${fault}`), ...referredFaults(reader, writer, compared)];
}

function referredFaults(reader: Type, writer: Type, compared: Set<Type>): string[] {
  return writer.fieldsArray.flatMap((written) => {
    const read = reader.fieldsById[written.id];
    const [one, other] = [asMessage(read?.resolvedType ?? null), asMessage(written.resolvedType)];
    return one && other && localName(one) === localName(other) ? messageFaults(one, other, compared) : [];
  });
}

function removed(field: Field): string[] {
  return field.required ? [`${described(field)} is missing, and was required`] : [];
}

function fieldFaults(reader: Field, writer: Field): string[] {
  const label = (field: Field) => (field.map ? 'a map' : field.repeated ? 'repeated' : 'single');
  if (label(reader) !== label(writer) && !mayBeRepeated(reader, writer))
    return [`${described(reader)} is ${label(reader)}, and was ${label(writer)}`];
  if (isAlike(reader, writer)) return [];
  return [`${described(reader)} is ${typeNameOf(reader)}, and was ${typeNameOf(writer)}`];
}

/** Of several texts, bytes or messages the last is taken where one is wanted: they are not packed. */
function mayBeRepeated(reader: Field, writer: Field): boolean {
  return [reader, writer].every(
    (field) => !field.map && (asMessage(field.resolvedType) || ['string', 'bytes'].includes(field.type)),
  );
}

/** Without the package: messages may move to another one. */
function localName(type: Type): string {
  const above = asMessage(type.parent);
  return above ? `${localName(above)}.${type.name}` : type.name;
}

function isAlike(reader: Field, writer: Field): boolean {
  const [read, written] = [asMessage(reader.resolvedType), asMessage(writer.resolvedType)];
  if (read || written) return read && written ? localName(read) === localName(written) : false;
  const [one, other] = [kindOf(reader), kindOf(writer)];
  return one === other || alike.some((row) => row.includes(one) && row.includes(other));
}

function kindOf(field: Field): string {
  return asEnum(field.resolvedType) === undefined ? field.type : 'enum';
}

function oneOfFaults(reader: Type, writer: Type): string[] {
  return [...movedTogether(reader, writer), ...goneFromOneOf(reader, writer)];
}

/** What was written there would read as if nothing of the oneof was set. */
function goneFromOneOf(reader: Type, writer: Type): string[] {
  return writer.fieldsArray
    .filter(({ id, partOf }) => partOf?.isProto3Optional === false && reader.fieldsById[id] === undefined)
    .map((field) => `${described(field)} is missing from oneof ${field.partOf?.name}`);
}

/** One field may move into a new oneof; of several that could be set together, all but one would be lost. */
function movedTogether(reader: Type, writer: Type): string[] {
  return reader.oneofsArray
    .filter(({ isProto3Optional }) => !isProto3Optional)
    .flatMap(({ name, fieldsArray }) => {
      const before = fieldsArray.flatMap(({ id }) => writer.fieldsById[id] ?? []);
      const groups = new Set(before.map((field) => oneOf(field) ?? field));
      const moved = before.filter((field) => oneOf(field)?.name !== name);
      if (groups.size < 2) return [];
      const verb = moved.length === 1 ? 'has' : 'have';
      const others = moved.length === 1 ? ', which has fields that could be set beside it' : '';
      return [`${moved.map(described).join(' and ')} ${verb} moved into oneof ${name}${others}`];
    });
}

function oneOf({ partOf }: Field): OneOf | undefined {
  return partOf === null || partOf.isProto3Optional ? undefined : partOf;
}

function described(field: Field): string {
  return `field ${field.id} (${nameOf(field)})`;
}
