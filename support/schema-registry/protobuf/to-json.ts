import type { Field, Message, Type } from 'protobufjs';
import { type Json, setField } from '../../matching';
import { bytesJson, doubleJson, floatJson, integerJson } from '../exact';
import { momentText } from '../moments';
import { asEnum, asMessage, fieldOf, hasPresence, nameOf, wellKnownName } from './fields';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A decoded message in JSON notation, as in Protobuf's own JSON, but for this: names are those of the file, integers are
 * numbers without loss, bytes are `0x...`. Fields without presence are always there.
 */
export function toJson(type: Type, message: Message): Json {
  const fields = message as unknown as Fields;
  const special = wellKnown.get(wellKnownName(type) ?? '');
  return special === undefined ? plainJson(type, fields) : special(type, fields);
}

function plainJson(type: Type, message: Fields): Json {
  const json: Record<string, Json> = {};
  for (const field of type.fieldsArray) {
    const value = message[field.name];
    if (isSet(field, message)) setField(json, nameOf(field), fieldJson(field, value));
  }
  return json;
}

function isSet(field: Field, message: Fields): boolean {
  const isOwn = Object.hasOwn(message, field.name) && message[field.name] != null;
  return isOwn || field.repeated || field.map || (!hasPresence(field) && !field.required);
}

function fieldJson(field: Field, value: unknown): Json {
  if (field.map) {
    const json: Record<string, Json> = {};
    for (const [name, item] of Object.entries(value ?? {})) setField(json, name, itemJson(field, item));
    return json;
  }
  return field.repeated
    ? ((value ?? []) as unknown[]).map((item) => itemJson(field, item))
    : itemJson(field, value);
}

function itemJson(field: Field, value: unknown): Json {
  const message = asMessage(field.resolvedType);
  if (message !== undefined) return toJson(message, value as Message);
  const names = asEnum(field.resolvedType);
  if (names !== undefined) return enumJson(names.fullName, names.valuesById, Number(value));
  return scalarJson(field.type, value);
}

/** A number that has no name is shown as it is. */
function enumJson(type: string, names: Readonly<Record<number, string>>, value: number): Json {
  return type === '.google.protobuf.NullValue' ? null : (names[value] ?? value);
}

function scalarJson(type: string, value: unknown): Json {
  switch (type) {
    case 'bytes':
      return bytesJson(value as Uint8Array);
    case 'float':
      return floatJson(value as number);
    case 'double':
      return doubleJson(value as number);
    case 'int64':
    case 'uint64':
    case 'sint64':
    case 'fixed64':
    case 'sfixed64':
      return integerJson(BigInt(String(value)));
    default:
      return value as Json; // text, an integer of 32 bits, a boolean
  }
}

type WellKnown = (type: Type, message: Fields) => Json;

/** https://protobuf.dev/programming-guides/json/ */
const wellKnown: ReadonlyMap<string, WellKnown> = new Map<string, WellKnown>([
  ['Timestamp', (_, message) => momentText(nanosOf(message), 'nanos', 'Z') ?? plainPair(message)],
  ['Duration', (_, message) => durationText(nanosOf(message))],
  ['Struct', (type, message) => fieldJson(fieldOf(type, 1), message.fields)],
  ['ListValue', (type, message) => fieldJson(fieldOf(type, 1), message.values)],
  ['Value', valueJson],
  ['FieldMask', (type, message) => ((message[fieldOf(type, 1).name] ?? []) as string[]).join(',')],
  ['Any', anyJson],
  ...['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes'].map(
    (name) => [`${name}Value`, wrapperJson] as const,
  ),
]);

function wrapperJson(type: Type, message: Fields): Json {
  return itemJson(fieldOf(type, 1), message.value);
}

function valueJson(type: Type, message: Fields): Json {
  const field = type.fieldsArray.find(({ name }) => Object.hasOwn(message, name));
  return field === undefined ? null : itemJson(field, message[field.name]);
}

/** What it holds is known only when its type is among those of the schema. */
function anyJson(type: Type, message: Fields): Json {
  const url = String(message[fieldOf(type, 1).name] ?? '');
  const bytes = (message.value ?? Buffer.alloc(0)) as Uint8Array;
  try {
    const inner = type.root.lookupType(url.replace(/^.*\//, ''));
    const json = toJson(inner, inner.decode(bytes));
    const isSpecial = wellKnown.has(wellKnownName(inner) ?? '');
    return isSpecial ? { '@type': url, value: json } : { '@type': url, ...(json as object) };
  } catch {
    return { '@type': url, value: bytesJson(bytes) };
  }
}

function nanosOf({ seconds = 0, nanos = 0 }: Fields): bigint {
  return BigInt(String(seconds)) * 1_000_000_000n + BigInt(Number(nanos));
}

/** Beyond the calendar. */
function plainPair({ seconds = 0, nanos = 0 }: Fields): Json {
  return { seconds: integerJson(BigInt(String(seconds))), nanos: Number(nanos) };
}

function durationText(nanos: bigint): string {
  const positive = nanos < 0n ? -nanos : nanos;
  const part = String(positive % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${positive / 1_000_000_000n}${part === '' ? '' : `.${part}`}s`;
}
