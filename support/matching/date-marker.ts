import { formatDuration, parseDuration } from '../time';
import { instantOf, readInstant } from './moments';

/** What `#date ...` demands of a moment. */
export interface DateDemand {
  /** Why the value is not that: '' when there is no more to say; undefined when it is fine. */
  objection(value: unknown): string | undefined;
}

const moment = String.raw`(\S.*?)`;
const forms: ReadonlyArray<readonly [pattern: RegExp, read: (parts: readonly string[]) => Demand | string]> =
  [
    [new RegExp(`^after ${moment}$`), ([from = '']) => span(from, undefined, false)],
    [new RegExp(`^before ${moment}$`), ([to = '']) => span(undefined, to, false)],
    [new RegExp(`^between ${moment} and ${moment}$`), ([from = '', to = '']) => span(from, to, true)],
    [
      new RegExp(`^within ${moment} of ${moment}$`),
      ([duration = '', middle = '']) => around(duration, middle),
    ],
  ];

/** A span of time, in nanoseconds since 1970. */
interface Demand {
  readonly from?: bigint;
  readonly to?: bigint;
  readonly inclusive: boolean;
}

/**
 * Reads what comes after `#date `: `after <moment>`, `before <moment>`, `between <moment> and <moment>` (both included),
 * `within <duration> of <moment>` (both ends included). A moment is an ISO 8601 date or timestamp, UTC unless it says otherwise.
 * @returns why it cannot be read, when it cannot
 */
export function readDateDemand(text: string): DateDemand | string {
  for (const [pattern, read] of forms) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const demand = read(found.slice(1));
    return typeof demand === 'string' ? demand : demandOf(demand);
  }
  return 'after #date comes after ..., before ..., between ... and ..., or within ... of ..., such as: #date within 5 seconds of ${now}';
}

function demandOf(demand: Demand): DateDemand {
  return {
    objection(value) {
      const instant = instantIn(value);
      return instant === undefined ? '' : outside(instant, demand);
    },
  };
}

function instantIn(value: unknown): bigint | undefined {
  if (value instanceof Date) return instantOf(value);
  return typeof value === 'string' ? readInstant(value) : undefined;
}

function outside(instant: bigint, { from, to, inclusive }: Demand): string | undefined {
  if (from !== undefined && (inclusive ? instant < from : instant <= from))
    return lateness(from - instant, 'early');
  if (to !== undefined && (inclusive ? instant > to : instant >= to)) return lateness(instant - to, 'late');
  return undefined;
}

function lateness(by: bigint, word: string): string {
  const ms = Number(by / 1_000_000n);
  return ms === 0 ? `just too ${word}` : `${formatDuration(ms)} too ${word}`;
}

function span(from: string | undefined, to: string | undefined, inclusive: boolean): Demand | string {
  const [begin, end] = [from, to].map((text) => (text === undefined ? undefined : readInstant(text)));
  if (from !== undefined && begin === undefined) return noMoment(from);
  if (to !== undefined && end === undefined) return noMoment(to);
  if (begin !== undefined && end !== undefined && begin > end) return `${from} is after ${to}`;
  return {
    inclusive,
    ...(begin === undefined ? {} : { from: begin }),
    ...(end === undefined ? {} : { to: end }),
  };
}

function around(duration: string, middle: string): Demand | string {
  const ms = parseDuration(duration);
  if (ms === undefined) return `"${duration}" is no duration, such as 5 seconds`;
  const instant = readInstant(middle);
  if (instant === undefined) return noMoment(middle);
  const slack = BigInt(Math.round(ms * 1_000_000));
  return { from: instant - slack, to: instant + slack, inclusive: true };
}

function noMoment(text: string): string {
  return `"${text}" is no ISO 8601 date or timestamp`;
}
