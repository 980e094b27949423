import type { Type, types } from 'avsc';
import { isFields, type Json, setField } from '../../matching';
import { bytesJson, bytesOf, doubleJson, doubleOf, floatJson, integerJson, integerOf } from '../exact';
import type { Place } from '../faults';
import { logicalFromJson, logicalToJson } from './logical-values';
import { isLogical, kindOf, nameOf, type RecordType, type UnionType } from './named-types';

const int32 = 2n ** 31n;
const int64 = 2n ** 63n;

/** A decoded value in JSON notation: unions without their wraps, bytes as `0x...`, logical types by their meaning. */
export function toJson(type: Type, value: unknown): Json {
  if (isLogical(type)) return logicalToJson(type, value);
  switch (kindOf(type)) {
    case 'record':
      return fieldsJson(
        (type as RecordType).fields.map(({ name, type: of }) => [name, of, Object(value)[name]]),
      );
    case 'map': {
      const { valuesType } = type as types.MapType;
      return fieldsJson(Object.entries(Object(value)).map(([name, item]) => [name, valuesType, item]));
    }
    case 'array':
      return (value as unknown[]).map((item) => toJson((type as types.ArrayType).itemsType, item));
    case 'union':
      return value === null ? null : unwrapped(type as UnionType, value as object);
    case 'bytes':
    case 'fixed':
      return bytesJson(value as Buffer);
    case 'long':
      return integerJson(value as bigint);
    case 'double':
      return doubleJson(value as number);
    case 'float':
      return floatJson(value as number);
    default:
      return value as Json; // text, an int, a boolean, null
  }
}

function fieldsJson(fields: ReadonlyArray<readonly [string, Type, unknown]>): Json {
  const json: Record<string, Json> = {};
  for (const [name, type, value] of fields) setField(json, name, toJson(type, value));
  return json;
}

function unwrapped({ types: branches }: UnionType, wrapped: object): Json {
  const [[name, value] = ['', null]] = Object.entries(wrapped);
  const branch = branches.find(({ branchName }) => branchName === name);
  return branch === undefined ? null : toJson(branch, value);
}

/** A value as the library encodes it. What does not fit is noted at its place, and the result is of no use then. */
export function fromJson(type: Type, value: unknown, place: Place): unknown {
  if (isLogical(type)) return logicalFromJson(type, value, place);
  switch (kindOf(type)) {
    case 'record':
      return recordFrom(type as RecordType, value, place);
    case 'map':
      return mapFrom(type as types.MapType, value, place);
    case 'array':
      return arrayFrom(type as types.ArrayType, value, place);
    case 'union':
      return unionFrom(type as UnionType, value, place);
    default:
      return scalarFrom(type, value, place);
  }
}

function recordFrom(type: RecordType, value: unknown, place: Place): unknown {
  if (!isFields(value)) return place.fault(`must be an object (${nameOf(type)})`, value);
  const names = type.fields.map(({ name }) => name);
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) place.unknownField(name, nameOf(type), names);
  }
  const fields = type.fields.flatMap((field) =>
    isPresent(field, value, place)
      ? [[field.name, fromJson(field.type, value[field.name], place.at(field.name))]]
      : [],
  );
  return Object.fromEntries(fields);
}

/** What is left out takes its default, which the library knows. */
function isPresent({ name, defaultValue }: types.Field, value: object, place: Place): boolean {
  if (Object.hasOwn(value, name)) return true;
  if (defaultValue() === undefined) place.at(name).fault('is required, for it has no default');
  return false;
}

function mapFrom({ valuesType }: types.MapType, value: unknown, place: Place): unknown {
  if (!isFields(value)) return place.fault('must be an object (a map)', value);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, fromJson(valuesType, item, place.at(name))]),
  );
}

function arrayFrom({ itemsType }: types.ArrayType, value: unknown, place: Place): unknown {
  if (!Array.isArray(value)) return place.fault('must be an array', value);
  return value.map((item, index) => fromJson(itemsType, item, place.at(index)));
}

/**
 * The first branch that the value fits; else the one that it names, as Avro's own JSON does: `{ "string": "x" }`.
 */
function unionFrom(type: UnionType, value: unknown, place: Place): unknown {
  for (const branch of type.types) {
    const attempt = place.attempt();
    const fitting = fromJson(branch, value, attempt);
    if (attempt.found.length === 0) return wrapped(branch, fitting);
  }
  const named = namedBranch(type, value);
  if (named !== undefined) return wrapped(named.branch, fromJson(named.branch, named.value, place));
  const [only, ...others] = type.types.filter((branch) => isLike(branch, value));
  if (only !== undefined && others.length === 0) return fromJson(only, value, place);
  return place.fault(`must be ${nameOf(type)}`, value);
}

function wrapped(branch: Type, value: unknown): unknown {
  return kindOf(branch) === 'null' ? null : { [String(branch.branchName)]: value };
}

function namedBranch(type: UnionType, value: unknown) {
  const [entry, ...others] = isFields(value) ? Object.entries(value) : [];
  const branch = type.types.find(({ branchName }) => branchName === entry?.[0]);
  if (entry === undefined || others.length > 0 || branch === undefined) return undefined;
  return { branch, value: entry[1] };
}

/** Whether it is that branch that was meant, so that its faults are those to tell. */
function isLike(branch: Type, value: unknown): boolean {
  if (kindOf(branch) === 'null') return false;
  const isObject = kindOf(branch) === 'record' || kindOf(branch) === 'map';
  return isObject === isFields(value) && (kindOf(branch) === 'array') === Array.isArray(value);
}

function scalarFrom(type: Type, value: unknown, place: Place): unknown {
  switch (kindOf(type)) {
    case 'null':
      return value === null ? null : place.fault('must be null', value);
    case 'boolean':
      return typeof value === 'boolean' ? value : place.fault('must be true or false', value);
    case 'string':
      return typeof value === 'string' ? value : place.fault('must be text', value);
    case 'enum':
      return symbolFrom(type as types.EnumType, value, place);
    case 'int':
      return intFrom(value, place);
    case 'long':
      return longFrom(value, place);
    case 'float':
    case 'double':
      return doubleOf(value) ?? place.fault('must be a number', value);
    case 'fixed':
      return fixedFrom(type as types.FixedType, value, place);
    default:
      return bytesOf(value) ?? place.fault('must be bytes such as "0x0aff"', value);
  }
}

function symbolFrom({ symbols }: types.EnumType, value: unknown, place: Place): unknown {
  if (symbols.includes(String(value)) && typeof value === 'string') return value;
  return place.fault(`must be one of ${symbols.map((symbol) => JSON.stringify(symbol)).join(', ')}`, value);
}

function intFrom(value: unknown, place: Place): unknown {
  const integer = integerOf(value);
  if (integer !== undefined && integer >= -int32 && integer < int32) return Number(integer);
  return place.fault('must be an integer of 32 bits', value);
}

function longFrom(value: unknown, place: Place): unknown {
  const integer = integerOf(value);
  if (integer !== undefined && integer >= -int64 && integer < int64) return integer;
  return place.fault('must be an integer of 64 bits', value);
}

function fixedFrom({ size }: types.FixedType, value: unknown, place: Place): unknown {
  const bytes = bytesOf(value);
  return bytes?.length === size ? bytes : place.fault(`must be ${size} bytes such as "0x0aff"`, value);
}
