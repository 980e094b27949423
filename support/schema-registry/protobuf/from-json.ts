import type { Field, OneOf, Type } from 'protobufjs';
import { isFields } from '../../matching';
import { bytesOf, doubleOf, integerOf } from '../exact';
import type { Place } from '../faults';
import { momentOf } from '../moments';
import { asEnum, asMap, asMessage, fieldOf, nameOf, typeNameOf, wellKnownName } from './fields';

/** What the library encodes. */
type Fields = Record<string, unknown>;
/**
 * Turns a JSON value into what the library encodes. Fields may be named as in the file or in camel case; null is a field that
 * is not set. What does not fit is noted at its place, and the result is of no use then.
 */
export function messageFrom(type: Type, value: unknown, place: Place): unknown {
  const special = wellKnown.get(wellKnownName(type) ?? '');
  return special === undefined ? plainMessage(type, value, place) : special(type, value, place);
}

function plainMessage(type: Type, value: unknown, place: Place): unknown {
  if (!isFields(value)) return place.fault(`must be an object (${type.fullName.slice(1)})`, value);
  const message: Fields = {};
  for (const [name, item] of Object.entries(value)) {
    const field = type.fieldsArray.find((one) => nameOf(one) === name || one.jsonName === name);
    if (field === undefined) place.unknownField(name, type.fullName.slice(1), type.fieldsArray.map(nameOf));
    else if (item !== null || isNullable(field)) message[field.name] = fieldFrom(field, item, place.at(name));
  }
  for (const oneOf of type.oneofsArray) assertOne(oneOf, message, place);
  for (const { name, required } of type.fieldsArray) {
    if (required && !(name in message)) place.at(name).fault('is required');
  }
  return message;
}

function fieldFrom(field: Field, value: unknown, place: Place): unknown {
  if (field.map) return mapFrom(field, value, place);
  if (!field.repeated) return itemFrom(field, value, place);
  if (!Array.isArray(value)) return place.fault('must be an array', value);
  return value.map((item, index) => itemFrom(field, item, place.at(index)));
}

function mapFrom(field: Field, value: unknown, place: Place): unknown {
  if (!isFields(value)) return place.fault('must be an object (a map)', value);
  const keyType = asMap(field)?.keyType ?? 'string';
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const at = place.at(name);
      if (!isKey(keyType, name)) at.fault(`must have a key of type ${keyType}`, name);
      return [name, itemFrom(field, item, at)];
    }),
  );
}

function itemFrom(field: Field, value: unknown, place: Place): unknown {
  const message = asMessage(field.resolvedType);
  if (message !== undefined) return messageFrom(message, value, place);
  const names = asEnum(field.resolvedType);
  if (names !== undefined) return enumNumber(names.values, value, place);
  return scalarFrom(typeNameOf(field), value, place);
}

function scalarFrom(type: string, value: unknown, place: Place): unknown {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : place.fault('must be text', value);
    case 'bool':
      return typeof value === 'boolean' ? value : place.fault('must be true or false', value);
    case 'bytes':
      return bytesOf(value) ?? place.fault('must be bytes such as "0x0aff"', value);
    case 'float':
    case 'double':
      return doubleOf(value) ?? place.fault('must be a number', value);
    default:
      return integerFrom(type, value, place);
  }
}

/** `int32`, `sfixed64`, `uint64`... */
function integerFrom(type: string, value: unknown, place: Place): unknown {
  const bits = type.endsWith('64') ? 64n : 32n;
  const isUnsigned = type.startsWith('u') || type.startsWith('fixed');
  const [least, most] = isUnsigned ? [0n, 2n ** bits] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n)];
  const integer = integerOf(value);
  if (integer === undefined || integer < least || integer >= most)
    return place.fault(`must be an integer of ${bits} bits${isUnsigned ? ', not negative' : ''}`, value);
  return bits === 32n ? Number(integer) : long(integer);
}

/** An integer of 64 bits as the library takes it: in two halves. */
function long(value: bigint): unknown {
  return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)) };
}

/** Null is a value of its own in a `google.protobuf.Value`. */
function isNullable({ resolvedType }: Field): boolean {
  const name = resolvedType?.fullName;
  return name === '.google.protobuf.Value' || name === '.google.protobuf.NullValue';
}

function assertOne(oneOf: OneOf, message: Fields, place: Place): void {
  const set = oneOf.fieldsArray.filter(({ name }) => name in message);
  const [first, second] = set.map(nameOf);
  if (first === undefined || second === undefined) return;
  place.at(second).fault(`excludes "${first}": only one of oneof "${oneOf.name}" can be set`);
}

function enumNumber(names: Readonly<Record<string, number>>, value: unknown, place: Place): unknown {
  if (value === null && 'NULL_VALUE' in names) return 0;
  if (typeof value === 'string' && Object.hasOwn(names, value)) return names[value];
  if (typeof value === 'number' && Object.values(names).includes(value)) return value;
  const known = Object.keys(names).map((name) => JSON.stringify(name));
  return place.fault(`must be one of ${known.join(', ')}`, value);
}

function isKey(type: string, text: string): boolean {
  if (type === 'string') return true;
  return type === 'bool' ? /^(true|false)$/.test(text) : /^-?\d+$/.test(text);
}

type WellKnown = (type: Type, value: unknown, place: Place) => unknown;

/** https://protobuf.dev/programming-guides/json/ */
const wellKnown: ReadonlyMap<string, WellKnown> = new Map<string, WellKnown>([
  ['Timestamp', timestampFrom],
  ['Duration', durationFrom],
  ['Struct', (type, value, place) => contained(type, value, place, isFields(value), 'an object')],
  ['ListValue', (type, value, place) => contained(type, value, place, Array.isArray(value), 'an array')],
  ['Value', valueFrom],
  ['FieldMask', fieldMaskFrom],
  ['Any', anyFrom],
  ...['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes'].map(
    (name) => [`${name}Value`, wrapperFrom] as const,
  ),
]);

function wrapperFrom(type: Type, value: unknown, place: Place): unknown {
  return { value: itemFrom(fieldOf(type, 1), value, place) };
}

/** A struct or list, whose only field it is that JSON shows. */
function contained(type: Type, value: unknown, place: Place, fits: boolean, wanted: string): unknown {
  if (!fits) return place.fault(`must be ${wanted}`, value);
  const field = fieldOf(type, 1);
  const read = (item: unknown, at: string | number) => itemFrom(field, item, place.at(at));
  const content = Array.isArray(value)
    ? value.map(read)
    : Object.fromEntries(Object.entries(Object(value)).map(([name, item]) => [name, read(item, name)]));
  return { [field.name]: content };
}

const kinds: ReadonlyArray<readonly [id: number, is: (value: unknown) => boolean]> = [
  [1, (value) => value === null],
  [2, (value) => typeof value !== 'string' && doubleOf(value) !== undefined],
  [3, (value) => typeof value === 'string'],
  [4, (value) => typeof value === 'boolean'],
  [6, (value) => Array.isArray(value)],
  [5, isFields],
];

function valueFrom(type: Type, value: unknown, place: Place): unknown {
  const id = kinds.find(([, is]) => is(value))?.[0];
  if (id === undefined) return place.fault('must be a JSON value', value);
  const field = fieldOf(type, id);
  return { [field.name]: itemFrom(field, value, place) };
}

function timestampFrom(_: Type, value: unknown, place: Place): unknown {
  const nanos = typeof value === 'string' ? momentOf(value, 'nanos', 'with zone') : undefined;
  return nanos === undefined
    ? place.fault('must be a moment with zone such as "2026-11-29T10:15:30.5Z"', value)
    : pairOf(nanos, 'floor');
}

function durationFrom(_: Type, value: unknown, place: Place): unknown {
  const [, sign, whole, part = ''] = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(String(value)) ?? [];
  if (whole === undefined) return place.fault('must be a duration such as "1.5s"', value);
  const nanos = BigInt(whole) * 1_000_000_000n + BigInt(part.padEnd(9, '0'));
  return pairOf(sign === '-' ? -nanos : nanos, 'truncate');
}

/** The nanoseconds of a moment are never negative, those of a duration have its sign. */
function pairOf(nanos: bigint, rounding: 'floor' | 'truncate'): unknown {
  const rest = nanos % 1_000_000_000n;
  const below = rounding === 'floor' && rest < 0n;
  const seconds = nanos / 1_000_000_000n - (below ? 1n : 0n);
  return { seconds: long(seconds), nanos: Number(below ? rest + 1_000_000_000n : rest) };
}

function fieldMaskFrom(type: Type, value: unknown, place: Place): unknown {
  if (typeof value !== 'string') return place.fault('must be text such as "a,b.c"', value);
  return { [fieldOf(type, 1).name]: value === '' ? [] : value.split(',') };
}

/** As Protobuf's own JSON has it: `{ "@type": "type.googleapis.com/shop.Line", ... }`. */
function anyFrom(type: Type, value: unknown, place: Place): unknown {
  const { '@type': url, ...fields } = isFields(value) ? value : {};
  if (typeof url !== 'string') return place.fault('must be an object with "@type"', value);
  const name = url.replace(/^.*\//, '');
  const inner = type.root.lookup(name);
  const message = asMessage(inner);
  if (message === undefined) return place.fault(`is of type "${name}", which the schema does not know`, url);
  const isSpecial = wellKnown.has(wellKnownName(message) ?? '');
  const content = messageFrom(message, isSpecial ? fields.value : fields, place);
  if (content === undefined || place.found.length > 0) return undefined;
  return { [fieldOf(type, 1).name]: url, value: message.encode(content as object).finish() };
}
