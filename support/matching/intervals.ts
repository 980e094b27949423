const hour = 3_600_000_000n;

/** As PostgreSQL compares intervals: a month is 30 days, a day 24 hours. In microseconds. */
const units: Readonly<Record<string, bigint>> = {
  year: 12n * 30n * 24n * hour,
  mon: 30n * 24n * hour,
  day: 24n * hour,
};

/**
 * Whether two intervals, in the notation that PostgreSQL has by default (`1 mon -2 days +03:04:05.6`), are equal there:
 * `1 day` and `24:00:00` are. What is in another notation equals itself only.
 * https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-OUTPUT
 */
export function sameInterval(text: string, actual: unknown): boolean {
  if (text === actual) return true;
  const expected = lengthOf(text);
  return typeof actual === 'string' && expected !== undefined && expected === lengthOf(actual);
}

/** In microseconds. */
function lengthOf(text: string): bigint | undefined {
  const [whole, dates = '', time] =
    /^((?:[+-]?\d+ (?:year|mon|day)s? ?)*)([+-]?\d+:\d\d:\d\d(?:\.\d{1,6})?)?$/.exec(text) ?? [];
  if (whole === undefined || whole === '') return undefined;
  const parts = [...dates.matchAll(/([+-]?\d+) (year|mon|day)/g)];
  const days = parts.reduce(
    (sum, [, count, unit = '']) => sum + BigInt(Number(count)) * (units[unit] ?? 0n),
    0n,
  );
  return days + (time === undefined ? 0n : timeOf(time));
}

function timeOf(text: string): bigint {
  const [hours = '', minutes = '', seconds = ''] = text.replace(/^[+-]/, '').split(':');
  const [whole = '', fraction = ''] = seconds.split('.');
  const micros = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  const length = BigInt(hours) * hour + BigInt(minutes) * 60_000_000n + micros;
  return text.startsWith('-') ? -length : length;
}
