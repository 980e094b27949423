import { BrineError, didYouMean } from '../errors';
import { parseDuration } from '../time';
import { deepest, isFields, type Json, setField } from './json-value';
import { instantOf, readInstant } from './moments';
import { literalCell, literalText, textOf } from './notation';
import { isNumeric } from './numbers';
import { fieldsOf, firstStep, lookUp } from './path';
import { renderValue } from './render-value';

/** What `${...}` can refer to. Clock and chance are passed in. */
export interface Scope {
  readonly variables: ReadonlyMap<string, unknown>;
  now(): Date;
  uuid(): string;
  /** Further generators (`faker.person.firstName`); gives undefined for what it does not know. */
  generate?(expression: string): unknown;
}

const generators = ['uuid', 'now', 'today'];
const arithmetic = /^(\S.*?)((?:\s*[+-]\s*\d+(?:\.\d+)?\s*[a-z]+)+)$/;
const term = /([+-])\s*(\d+(?:\.\d+)?\s*[a-z]+)/g;

/**
 * The text with each `${...}` replaced by its value:
 * - `${name}` a variable, `${order.items[0].sku}` a path into one; objects are written as JSON, dates as ISO 8601, null as `null`;
 * - `${uuid}`, `${now}` (ISO 8601), `${today}` (the day in UTC), unless a variable has that name;
 * - `${now + 2 days}`, `${order.createdAt - 1 hour}`, `${today + 1 month}`: the base may be any date or ISO timestamp. Months and years
 *   are those of the calendar (in UTC), from the 31st to the last day of a shorter month; a week is 7 days;
 * - `${name:-text}`: the text when there is no such value (null is a value).
 *
 * `\${` stands for the characters `${`. Values are not interpolated again.
 * @param place what the text is, for errors: `the path of the request`
 * @throws BrineError BRINE_VARIABLE_001 for a name without a value, BRINE_STEP_002 for what cannot be read
 */
export function interpolate(text: string, scope: Scope, place: string): string {
  if (!text.includes('${')) return text;
  return partsOf(text, place)
    .map((part) => (typeof part === 'string' ? part : textOf(resolve(part.expression, scope, place))))
    .join('');
}

/**
 * Interpolates every string and every field name of a JSON value. A string that is nothing but one `${...}` becomes
 * the value itself, with its type.
 * @throws as {@link interpolate}
 */
export function interpolateJson(value: Json, scope: Scope, place: string): Json {
  return mapStrings(
    value,
    (text) => {
      const whole = wholeExpression(text, place);
      if (whole === undefined) return interpolate(text, scope, place);
      return jsonOf(resolve(whole, scope, place), place);
    },
    (name) => interpolate(name, scope, place),
  );
}

/**
 * As {@link interpolateJson}, for expected JSON: a value that comes from a variable and begins with `#` is no marker but that
 * text. Markers in the text itself stay markers.
 */
export function interpolateExpected(value: Json, scope: Scope, place: string): Json {
  return mapStrings(
    value,
    (text) => {
      const whole = wholeExpression(text, place);
      if (whole !== undefined) return literalJson(jsonOf(resolve(whole, scope, place), place));
      const result = interpolate(text, scope, place);
      return text.startsWith('${') ? literalText(result) : result;
    },
    (name) => interpolate(name, scope, place),
  );
}

/**
 * As {@link interpolate}, for an expected table cell: a cell that begins with a variable means that value and is
 * neither taken for a marker nor for NULL because of its content.
 */
export function interpolateCell(text: string, scope: Scope, place: string): string {
  const whole = wholeExpression(text, place);
  if (whole !== undefined) return literalCell(resolve(whole, scope, place));
  const result = interpolate(text, scope, place);
  return text.startsWith('${') ? literalText(result) : result;
}

/** The value of a variable's expression, such as `order.id` or `now + 2 days`, with its type. */
export function resolve(expression: string, scope: Scope, place: string): unknown {
  const [name = '', fallback] = splitDefault(expression);
  const value = evaluate(name, scope, place);
  if (value !== undefined) return value;
  if (fallback !== undefined) return interpolate(fallback, scope, place);
  throw noValue(name, scope, place);
}

type Part = string | { readonly expression: string };

function partsOf(text: string, place: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', from)) {
    const escaped = text[at - 1] === '\\' && at > from;
    const end = escaped ? at + 1 : closingBrace(text, at, place);
    parts.push(text.slice(from, escaped ? at - 1 : at));
    parts.push(escaped ? '${' : { expression: text.slice(at + 2, end) });
    from = escaped ? at + 2 : end + 1;
  }
  return [...parts, text.slice(from)];
}

function closingBrace(text: string, start: number, place: string): number {
  let depth = 0;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}' && --depth === 0) return at;
  }
  const reason = `"${text.slice(start, start + 40)}" has no closing brace`;
  const advice = `write \${name}; the characters themselves are written \\\${`;
  throw new BrineError('BRINE_STEP_002', { place, reason, advice });
}

function wholeExpression(text: string, place: string): string | undefined {
  if (!text.startsWith('${')) return undefined;
  const end = closingBrace(text, 0, place);
  return end === text.length - 1 ? text.slice(2, end) : undefined;
}

function splitDefault(expression: string): [string, string?] {
  const at = expression.indexOf(':-');
  return at < 0 ? [expression.trim()] : [expression.slice(0, at).trim(), expression.slice(at + 2)];
}

/** undefined when nobody knows the name; null is a value. */
function evaluate(name: string, scope: Scope, place: string): unknown {
  const sources = [
    () => lookUpVariable(name, scope),
    () => builtIn(name, scope),
    () => scope.generate?.(name),
    () => calculate(name, scope, place),
  ];
  for (const source of sources) {
    const value = source();
    if (value !== undefined) return value;
  }
  return undefined;
}

function lookUpVariable(name: string, { variables }: Scope): unknown {
  if (variables.has(name)) return variables.get(name);
  const first = firstStep(name);
  return variables.has(first) ? lookUp({ [first]: variables.get(first) }, name).value : undefined;
}

function builtIn(name: string, scope: Scope): string | undefined {
  if (name === 'uuid') return scope.uuid();
  if (name === 'now') return scope.now().toISOString();
  return name === 'today' ? scope.now().toISOString().slice(0, 10) : undefined;
}

function calculate(expression: string, scope: Scope, place: string): unknown {
  const [, name, terms] = arithmetic.exec(expression) ?? [];
  if (name === undefined || terms === undefined) return undefined;
  const base = evaluate(name, scope, place);
  if (base === undefined) throw noValue(name, scope, place);
  return shifted(base, shiftOf(terms, expression, place), expression, place);
}

/** By how much a date is moved: months first, then the rest. */
interface Shift {
  readonly months: number;
  readonly ms: number;
}

const calendar: ReadonlyMap<string, Shift> = new Map([
  ['week', { months: 0, ms: 7 * 86_400_000 }],
  ['month', { months: 1, ms: 0 }],
  ['year', { months: 12, ms: 0 }],
]);

function shiftOf(terms: string, expression: string, place: string): Shift {
  let [months, ms] = [0, 0];
  for (const [, sign, text = ''] of terms.matchAll(term)) {
    const { months: byMonths, ms: byMs } = durationOf(text, expression, place);
    const direction = sign === '-' ? -1 : 1;
    months += direction * byMonths;
    ms += direction * byMs;
  }
  return { months, ms };
}

function durationOf(text: string, expression: string, place: string): Shift {
  const [, count, unit = ''] = /^(\d+)\s*([a-z]+?)s?$/.exec(text) ?? [];
  const named = calendar.get(unit);
  if (named !== undefined) return { months: Number(count) * named.months, ms: Number(count) * named.ms };
  const ms = parseDuration(text.replace(/\s+/, ' '));
  if (ms === undefined) throw noDuration(text, expression, place);
  return { months: 0, ms };
}

function noDuration(text: string, expression: string, place: string): BrineError {
  const unit = text.replace(/^[\d.\s]+/, '');
  const units = ['milliseconds', 'seconds', 'minutes', 'hours', 'days', 'weeks', 'months', 'years'];
  return new BrineError('BRINE_STEP_002', {
    place,
    reason: `"\${${expression}}": "${text}" is not a duration`,
    advice: `${didYouMean(unit, units)}units: ${units.join(', ')}`,
  });
}

/** A timestamp moved; a day stays a day when it is moved by whole days. */
function shifted(base: unknown, { months, ms }: Shift, expression: string, place: string): string {
  const instant =
    base instanceof Date ? instantOf(base) : typeof base === 'string' ? readInstant(base) : undefined;
  if (instant === undefined) {
    const reason = `"\${${expression}}" adds a duration to ${renderValue(base)}, which is not a date`;
    throw new BrineError('BRINE_STEP_002', {
      place,
      reason,
      advice: `add to \${now}, \${today} or an ISO 8601 timestamp`,
    });
  }
  const text = new Date(inMonths(Number(instant / 1_000_000n), months) + ms).toISOString();
  const day = typeof base === 'string' && base.length === 10 && ms % 86_400_000 === 0;
  return day ? text.slice(0, 10) : text;
}

/** As many months later, in the calendar of UTC: the 31st of January is followed by the last of February. */
function inMonths(at: number, months: number): number {
  if (months === 0) return at;
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.setUTCDate(Math.min(day, last));
}

function noValue(name: string, scope: Scope, place: string): BrineError {
  const names = knownNames(name, scope);
  return new BrineError('BRINE_VARIABLE_001', {
    place,
    name,
    suggestion: didYouMean(name, names),
    known: names.slice(0, 30).join(', '),
  });
}

/** The names that could have been meant: the variable's own fields when only the end of a path is wrong, else all. */
function knownNames(name: string, { variables }: Scope): string[] {
  const first = firstStep(name);
  if (!variables.has(first) || name === first) return [...variables.keys(), ...generators];
  const parent = name.slice(0, Math.max(name.lastIndexOf('.'), name.lastIndexOf('['), first.length));
  const fields = fieldsOf(lookUp({ [first]: variables.get(first) }, parent).value);
  return fields.length === 0
    ? [...variables.keys(), ...generators]
    : fields.map((field) => `${parent}.${field}`);
}

function mapStrings(value: Json, onText: (text: string) => Json, onName: (name: string) => string): Json {
  if (typeof value === 'string') return onText(value);
  if (Array.isArray(value)) return value.map((item: Json) => mapStrings(item, onText, onName));
  if (!isFields(value)) return value;
  const result: Record<string, Json> = {};
  for (const [name, field] of Object.entries(value as Readonly<Record<string, Json>>)) {
    setField(result, onName(name), mapStrings(field, onText, onName));
  }
  return result;
}

function literalJson(value: Json): Json {
  return mapStrings(value, literalText, (name) => name);
}

/** A variable's value as JSON: dates as ISO 8601, bytes as UTF-8 text. */
function jsonOf(value: unknown, place: string, depth = 0): Json {
  if (value === null || typeof value === 'boolean' || isNumeric(value)) return value;
  if (depth > deepest)
    throw new BrineError('BRINE_STEP_002', {
      place,
      reason: 'a variable contains itself, or is nested too deeply',
      advice: '',
    });
  if (Array.isArray(value)) return value.map((item) => jsonOf(item, place, depth + 1));
  if (!isFields(value)) return textOf(value);
  const result: Record<string, Json> = {};
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) setField(result, name, jsonOf(field, place, depth + 1));
  }
  return result;
}
