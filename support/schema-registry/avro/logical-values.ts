import type { types } from 'avsc';
import { isFields, type Json } from '../../matching';
import { bytesJson, decimalJson, integerJson, integerOf, unscaledOf } from '../exact';
import type { Place } from '../faults';
import { dateText, daysOf, momentOf, momentText, type TimeUnit, timeOf, timeText } from '../moments';
import { kindOf, type LogicalType } from './named-types';

/** What a logical type means in JSON; see https://avro.apache.org/docs/1.12.0/specification/#logical-types */
export interface LogicalValues {
  /** @param raw as the underlying type has it; undefined where the meaning has no text: then the raw value is shown */
  toJson(raw: unknown, type: LogicalType): Json | undefined;
  /** As the underlying type has it, or undefined when it is no such value. */
  fromJson(value: unknown, type: LogicalType): unknown;
  /** How a value looks, for messages. */
  readonly example: (type: LogicalType) => string;
}

const uuidPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

const decimal: LogicalValues = {
  toJson: (raw, { attributes: { scale = 0 } }) => decimalJson(signed(raw as Buffer), scale),
  fromJson(value, { attributes: { precision = 0, scale = 0 }, underlyingType }) {
    const unscaled = unscaledOf(value, scale);
    if (unscaled === undefined || String(unscaled).replace('-', '').length > precision) return undefined;
    const size = kindOf(underlyingType) === 'fixed' ? (underlyingType as types.FixedType).size : undefined;
    return twosComplement(unscaled, size);
  },
  example: ({ attributes: { precision = 0, scale = 0 } }) =>
    `a decimal of at most ${precision} digits, ${scale} of them after the point`,
};

const uuid: LogicalValues = {
  toJson: (raw) => (Buffer.isBuffer(raw) ? uuidText(raw) : String(raw)),
  fromJson(value, { underlyingType }) {
    if (typeof value !== 'string' || !uuidPattern.test(value)) return undefined;
    return kindOf(underlyingType) === 'fixed' ? Buffer.from(value.replaceAll('-', ''), 'hex') : value;
  },
  example: () => 'a UUID such as "123e4567-e89b-42d3-a456-426614174000"',
};

const date: LogicalValues = {
  toJson: (raw) => dateText(Number(raw)),
  fromJson: (value) => (typeof value === 'string' ? daysOf(value) : value),
  example: () => 'a date such as "2026-11-29"',
};

function time(unit: TimeUnit): LogicalValues {
  return {
    toJson: (raw) => timeText(BigInt(raw as bigint), unit),
    fromJson(value, { underlyingType }) {
      const count = typeof value === 'string' ? timeOf(value, unit) : integerOf(value);
      return kindOf(underlyingType) === 'int' && count !== undefined ? Number(count) : count;
    },
    example: () => `a time such as "10:15:30.5", down to ${unit}`,
  };
}

function moment(unit: TimeUnit, zone: 'with zone' | 'without zone'): LogicalValues {
  const sign = zone === 'with zone' ? 'Z' : '';
  return {
    toJson: (raw) => momentText(raw as bigint, unit, sign),
    fromJson: (value) => (typeof value === 'string' ? momentOf(value, unit, zone) : integerOf(value)),
    example: () => `a moment ${zone} such as "2026-11-29T10:15:30.5${sign}", down to ${unit}`,
  };
}

const partsOfDuration = ['months', 'days', 'milliseconds'] as const;
const durationBytes = 12;

const duration: LogicalValues = {
  toJson: (raw) =>
    Object.fromEntries(partsOfDuration.map((part, at) => [part, (raw as Buffer).readUInt32LE(at * 4)])),
  fromJson(value) {
    if (!isFields(value)) return undefined;
    const counts = partsOfDuration.map((part) => value[part]);
    const isComplete = counts.every((count) => Number.isInteger(count) && inUint32(Number(count)));
    if (!isComplete || Object.keys(value).length !== counts.length) return undefined;
    const bytes = Buffer.alloc(durationBytes);
    for (const [at, count] of counts.entries()) bytes.writeUInt32LE(Number(count), at * 4);
    return bytes;
  },
  example: () => 'a duration such as { "months": 1, "days": 2, "milliseconds": 3000 }',
};

function inUint32(count: number): boolean {
  return count >= 0 && count <= 0xffff_ffff;
}

const byName: ReadonlyMap<string, LogicalValues> = new Map([
  ['decimal', decimal],
  ['uuid', uuid],
  ['date', date],
  ['duration', duration],
  ['time-millis', time('millis')],
  ['time-micros', time('micros')],
  ...(['millis', 'micros', 'nanos'] as const).flatMap((unit) => [
    [`timestamp-${unit}`, moment(unit, 'with zone')] as const,
    [`local-timestamp-${unit}`, moment(unit, 'without zone')] as const,
  ]),
]);

/** In JSON: `12.50`, `"2026-11-29"`; the raw value where its meaning has no text (a year beyond the calendar). */
export function logicalToJson(type: LogicalType, raw: unknown): Json {
  const shown = byName.get(type.attributes.logicalType)?.toJson(raw, type);
  if (shown !== undefined) return shown;
  if (Buffer.isBuffer(raw)) return bytesJson(raw);
  return typeof raw === 'bigint' ? integerJson(raw) : (raw as Json);
}

/** The raw value of the underlying type, or undefined after a fault was noted. */
export function logicalFromJson(type: LogicalType, value: unknown, place: Place): unknown {
  const values = byName.get(type.attributes.logicalType);
  const raw = values?.fromJson(value, type);
  return raw ?? place.fault(`must be ${values?.example(type)}`, value);
}

/** Of bytes, the most significant first. */
function signed(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
}

/** @param size of a fixed; as few bytes as possible unless given. undefined when it does not fit. */
function twosComplement(value: bigint, size?: number): Buffer | undefined {
  let least = 1;
  while (BigInt.asIntN(least * 8, value) !== value) least++;
  const length = size ?? least;
  if (length < least) return undefined;
  const digits = BigInt.asUintN(length * 8, value).toString(16);
  return Buffer.from(digits.padStart(length * 2, '0'), 'hex');
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
