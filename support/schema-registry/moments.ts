/** Dates and times as Avro and Protobuf count them, and as they are written: ISO 8601. */

const units = { millis: 3, micros: 6, nanos: 9 } as const;
export type TimeUnit = keyof typeof units;

const dayMs = 86_400_000;
const dayNanos = 86_400_000_000_000n;
/** What a JavaScript date can hold, in milliseconds. */
const farthestMs = 8_640_000_000_000_000n;
const datePattern = /^([+-]\d{6}|\d{4})-\d{2}-\d{2}$/;
const timePattern = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/;
const momentPattern =
  /^((?:[+-]\d{6}|\d{4})-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;

/** `2026-11-29`, or undefined where the calendar ends. */
export function dateText(days: number): string | undefined {
  const date = new Date(days * dayMs);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(/T.*/, '');
}

/** Days since 1970, or undefined when the text is no date. */
export function daysOf(text: string): number | undefined {
  const time = datePattern.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(time) || dateText(time / dayMs) !== text ? undefined : time / dayMs;
}

/** `10:15:30.5`, or undefined when it is no time of a day. */
export function timeText(count: bigint, unit: TimeUnit): string | undefined {
  const nanos = count * 10n ** BigInt(9 - units[unit]);
  if (nanos < 0n || nanos >= dayNanos) return undefined;
  const whole = new Date(Number(nanos / 1_000_000_000n) * 1_000).toISOString().slice(11, 19);
  return `${whole}${fraction(nanos % 1_000_000_000n, 0)}`;
}

/** Since midnight, or undefined when the text is no time, or finer than the unit. */
export function timeOf(text: string, unit: TimeUnit): bigint | undefined {
  const [, hours, minutes, seconds = '0', digits = ''] = timePattern.exec(text) ?? [];
  if (Number(hours ?? 24) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return counted(BigInt(whole), digits, unit);
}

/**
 * `2026-11-29T10:15:30.000Z`, or undefined where the calendar ends. Always with milliseconds, and with as many more digits as it
 * has.
 * @param zone `Z`, or nothing for a local time
 */
export function momentText(count: bigint, unit: TimeUnit, zone: 'Z' | ''): string | undefined {
  const perSecond = 10n ** BigInt(units[unit]);
  const seconds = floorDivide(count, perSecond);
  if (seconds * 1_000n > farthestMs || seconds * 1_000n < -farthestMs) return undefined;
  const nanos = (count - seconds * perSecond) * 10n ** BigInt(9 - units[unit]);
  const whole = new Date(Number(seconds) * 1_000).toISOString().replace(/\.000Z$/, '');
  return `${whole}${fraction(nanos, 3)}${zone}`;
}

/**
 * Since 1970, or undefined when the text is no such moment, or finer than the unit.
 * @param zone a moment has one, a local time has none
 */
export function momentOf(
  text: string,
  unit: TimeUnit,
  zone: 'with zone' | 'without zone',
): bigint | undefined {
  const [, whole, digits = '', offset] = momentPattern.exec(text) ?? [];
  if (whole === undefined || (offset === undefined) !== (zone === 'without zone')) return undefined;
  const time = Date.parse(`${whole}${offset ?? 'Z'}`);
  return Number.isNaN(time) || !isOnCalendar(whole) ? undefined : counted(BigInt(time / 1_000), digits, unit);
}

/** `2026-02-30` is read as another day by JavaScript. */
function isOnCalendar(whole: string): boolean {
  const [date = ''] = whole.split('T');
  return daysOf(date) !== undefined;
}

function counted(seconds: bigint, digits: string, unit: TimeUnit): bigint | undefined {
  const places = units[unit];
  const kept = digits.replace(/0+$/, '');
  if (kept.length > places) return undefined;
  return seconds * 10n ** BigInt(places) + BigInt(kept.padEnd(places, '0') || '0');
}

function fraction(nanos: bigint, least: number): string {
  const digits = String(nanos).padStart(9, '0').replace(/0+$/, '').padEnd(least, '0');
  return digits === '' ? '' : `.${digits}`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
