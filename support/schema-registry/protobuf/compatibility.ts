import type { Field, Type } from 'protobufjs';
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
  return [...written.messages].flatMap(([name, { type }]) => {
    const counterpart = read.messages.get(name)?.type;
    return counterpart === undefined
      ? [`message ${name} is missing`]
      : messageFaults(name, counterpart, type);
  });
}

function messageFaults(name: string, reader: Type, writer: Type): string[] {
  const shared = writer.fieldsArray.flatMap((written) => {
    const read = reader.fieldsById[written.id];
    return read === undefined ? [] : fieldFaults(read, written);
  });
  const required = reader.fieldsArray
    .filter(({ id, required: isRequired }) => isRequired && writer.fieldsById[id]?.required !== true)
    .map((field) => `${described(field)} is required, and was not`);
  return [...shared, ...required, ...oneOfFaults(reader, writer)].map((fault) => `in ${name}, ${fault}`);
}

function fieldFaults(reader: Field, writer: Field): string[] {
  const label = (field: Field) => (field.map ? 'a map' : field.repeated ? 'repeated' : 'single');
  if (label(reader) !== label(writer))
    return [`${described(reader)} is ${label(reader)}, and was ${label(writer)}`];
  if (isAlike(reader, writer)) return [];
  return [`${described(reader)} is ${typeNameOf(reader)}, and was ${typeNameOf(writer)}`];
}

function isAlike(reader: Field, writer: Field): boolean {
  if (asMessage(reader.resolvedType) || asMessage(writer.resolvedType))
    return typeNameOf(reader) === typeNameOf(writer);
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

/** One field may move into a new oneof; of several, all but one would be lost. */
function movedTogether(reader: Type, writer: Type): string[] {
  return reader.oneofsArray
    .filter(({ isProto3Optional }) => !isProto3Optional)
    .flatMap(({ name, fieldsArray }) => {
      const moved = fieldsArray.filter(({ id }) => {
        const before = writer.fieldsById[id];
        return before !== undefined && (before.partOf === null || before.partOf.isProto3Optional);
      });
      return moved.length < 2 ? [] : [`${moved.map(described).join(' and ')} have moved into oneof ${name}`];
    });
}

function described(field: Field): string {
  return `field ${field.id} (${nameOf(field)})`;
}
