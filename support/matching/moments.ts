const timestampPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * Nanoseconds since 1970 of an ISO 8601 or SQL timestamp (`2026-01-31T10:00:00.5Z`, `2026-01-31 10:00:00+02`, `2026-01-31`).
 * Without a zone it is taken as UTC.
 * @returns undefined when the text is no timestamp, or no real day (`2026-02-30`)
 */
export function readInstant(text: string): bigint | undefined {
  const found = timestampPattern.exec(text.trim());
  if (found === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found;
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const real =
    isDay(Number(year), Number(month), Number(day)) && isTime(Number(hour), Number(minute), Number(second));
  if (!real) return undefined;
  return BigInt(ms - zoneOffset(zone)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Nanoseconds since 1970 of a date, or undefined for an invalid one. */
export function instantOf(date: Date): bigint | undefined {
  const ms = date.getTime();
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n;
}

/** The calendar day `2026-01-31` that a timestamp's text begins with, or undefined. */
export function readDay(text: string): string | undefined {
  return readInstant(text) === undefined ? undefined : text.trim().slice(0, 10);
}

/**
 * The calendar day that a Date means: the local one when it is a local midnight (so `pg` gives a `date`), else that of UTC.
 */
export function dayOf(date: Date): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined;
  if (!isLocalMidnight(date)) return date.toISOString().slice(0, 10);
  return [pad(date.getFullYear(), 4), pad(date.getMonth() + 1, 2), pad(date.getDate(), 2)].join('-');
}

/** Whether the date is the very beginning of a day where this process runs. */
export function isLocalMidnight(date: Date): boolean {
  return date.getHours() + date.getMinutes() + date.getSeconds() + date.getMilliseconds() === 0;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function isDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function isTime(hour: number, minute: number, second: number): boolean {
  return hour < 24 && minute < 60 && second < 60;
}

/** Milliseconds that a zone such as `Z`, `+02`, `+0530` or `-03:00` is ahead of UTC. */
function zoneOffset(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
