import { BrineError, didYouMean } from '../errors';
import { readDateDemand } from './date-marker';
import { type Expression, ExpressionError, readExpression } from './expression';
import { isFields } from './json-value';
import { readInstant } from './moments';
import { isNumeric } from './numbers';

/** A marker such as `#uuid`, `##string`, `#[3] #number` or `#? _ > 0 as total`, read from its text. */
export interface Marker {
  /** As it was written. */
  readonly text: string;
  /** What it demands, for a failure's text: `a UUID`; '' when the marker says it itself. */
  readonly meaning: string;
  /** Whether an absent field is fine. */
  readonly mayBeAbsent: boolean;
  /** Why a present value is not what it demands: '' when there is no more to say; undefined when it is fine. */
  readonly objection: (value: unknown) => string | undefined;
  /** For arrays: what every item must be. */
  readonly each?: Marker;
  /** The name under which the value is kept. */
  readonly captureAs?: string;
}

type Check = Pick<Marker, 'meaning' | 'objection' | 'each'> & { readonly mayBeAbsent?: boolean };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const plainMarkers: ReadonlyMap<string, Check> = new Map([
  ['#string', check('a text', (value) => typeof value === 'string')],
  ['#number', check('a number', isNumeric)],
  ['#boolean', check('true or false', (value) => typeof value === 'boolean')],
  ['#array', check('an array', Array.isArray)],
  ['#object', check('an object', isFields)],
  ['#null', check('null', (value) => value === null)],
  ['#notnull', check('any value but null', (value) => value !== null)],
  ['#present', check('any value', () => true)],
  ['#notpresent', { ...check('absent', () => false), mayBeAbsent: true }],
  ['#ignore', { ...check('anything', () => true), mayBeAbsent: true }],
  ['#uuid', check('a UUID', (value) => typeof value === 'string' && uuid.test(value))],
  ['#date', check('an ISO 8601 date or timestamp', isDate)],
]);

/** The markers as a user may write them, for messages and documentation. */
export const markerNames: readonly string[] = [...plainMarkers.keys(), '#regex', '#[n]', '#?', '##<marker>'];

/** Whether expected text is a marker: it begins with `#`. Text that begins so is written `\#...`. */
export function isMarker(text: string): boolean {
  return text.startsWith('#');
}

/** Expected text without the backslash that keeps it from being a marker: `\#1` is `#1`, `\\#1` is `\#1`. */
export function withoutEscape(text: string): string {
  return /^\\+#/.test(text) ? text.slice(1) : text;
}

/**
 * Reads a marker:
 * - `#string #number #boolean #array #object #null #notnull #present #notpresent #uuid #date #ignore`;
 * - `#date after <moment>` and the like: see date-marker.ts;
 * - `#regex <pattern>`: the whole text matches;
 * - `#[3]`, `#[]`, `#[_ > 2]`: an array, of that length; `#[3] #uuid`: whose items are all UUIDs;
 * - `#? <expression>`: see expression.ts;
 * - `##<marker>`: the same, or null, or absent;
 * - `<marker> as <name>`: checks, then keeps the value as `<name>`, or compares with what is kept so already. (A regex that ends in
 *   ` as word` needs parentheses around it.)
 * @param place where it stands, for errors: `the expected JSON at $.id`
 * @throws BrineError BRINE_MATCH_001 for an unknown marker, BRINE_MATCH_002 for one that cannot be read
 */
export function readMarker(text: string, place: string): Marker {
  const [, bare = text, name] = /^(.*?)\s+as\s+([A-Za-z_]\w*)$/s.exec(text.trim()) ?? [];
  const optional = bare.startsWith('##');
  const found = readCheck(optional ? bare.slice(1) : bare, text, place);
  const { mayBeAbsent = false, ...rest } = optional ? orNothing(found) : found;
  if (name === undefined) return { ...rest, text, mayBeAbsent };
  if (bare === '#notpresent') throw unreadable(text, 'what is absent cannot be captured', place);
  return { ...rest, text, mayBeAbsent, captureAs: name };
}

function readCheck(bare: string, text: string, place: string): Check {
  const plain = plainMarkers.get(bare);
  if (plain) return plain;
  if (bare.startsWith('#[')) return arrayCheck(bare, text, place);
  if (bare.startsWith('#?')) return predicate(readOr(bare.slice(2), text, place));
  const date = /^#date\s+(.+)$/s.exec(bare)?.[1];
  if (date !== undefined) return dateCheck(date, text, place);
  const regex = /^#regex\s+(.+)$/s.exec(bare)?.[1];
  if (regex !== undefined) return regexCheck(regex, text, place);
  if (bare === '#regex') throw unreadable(text, 'the pattern is missing', place);
  throw unknown(text, bare, place);
}

function check(meaning: string, accepts: (value: unknown) => boolean): Check {
  return { meaning, objection: (value) => (accepts(value) ? undefined : '') };
}

function orNothing(found: Check): Check {
  const objection = (value: unknown) => (value === null ? undefined : found.objection(value));
  const meaning = found.meaning === '' ? '' : `${found.meaning}, or null, or absent`;
  return { ...found, meaning, objection, mayBeAbsent: true };
}

function isDate(value: unknown): boolean {
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  return typeof value === 'string' && readInstant(value) !== undefined;
}

function dateCheck(demand: string, text: string, place: string): Check {
  const found = readDateDemand(demand.trim());
  if (typeof found === 'string') throw unreadable(text, found, place);
  return { meaning: '', objection: (value) => found.objection(value) };
}

function regexCheck(pattern: string, text: string, place: string): Check {
  try {
    const regex = new RegExp(`^(?:${pattern})$`, 's');
    const accepts = (value: unknown) => typeof value === 'string' && regex.test(value);
    return { meaning: '', objection: (value) => (accepts(value) ? undefined : notText(value)) };
  } catch (cause) {
    throw unreadable(text, cause instanceof Error ? cause.message : String(cause), place);
  }
}

function notText(value: unknown): string {
  return typeof value === 'string' ? '' : 'a pattern matches text only';
}

function predicate(expression: Expression): Check {
  return {
    meaning: '',
    objection: (value) => {
      try {
        const result = expression(value);
        if (typeof result === 'boolean') return result ? undefined : '';
        return 'the expression gives neither true nor false';
      } catch (error) {
        if (error instanceof ExpressionError) return error.message;
        throw error;
      }
    },
  };
}

function arrayCheck(bare: string, text: string, place: string): Check {
  const end = bare.indexOf(']');
  if (end < 0) throw unreadable(text, '"]" is missing', place);
  const length = lengthCheck(bare.slice(2, end).trim(), text, place);
  const rest = bare.slice(end + 1).trim();
  if (rest === '') return length;
  const each = readMarker(rest, place);
  if (each.captureAs !== undefined) throw unreadable(text, 'items cannot be captured one by one', place);
  return { ...length, each };
}

function lengthCheck(inside: string, text: string, place: string): Check {
  if (inside === '') return check('an array', Array.isArray);
  const wanted = /^\d+$/.test(inside) ? `_ == ${inside}` : inside;
  const accepts = predicate(readOr(wanted, text, place)).objection;
  const meaning =
    wanted === inside ? `an array whose length fits ${inside}` : `an array of ${items(Number(inside))}`;
  return {
    meaning,
    objection: (value) => {
      if (!Array.isArray(value)) return '';
      const objection = accepts(value.length);
      return objection === '' ? `it has ${items(value.length)}` : objection;
    },
  };
}

function items(count: number): string {
  return count === 1 ? '1 item' : `${count} items`;
}

function readOr(expression: string, text: string, place: string): Expression {
  try {
    return readExpression(expression);
  } catch (error) {
    if (error instanceof ExpressionError) throw unreadable(text, error.message, place);
    throw error;
  }
}

function unreadable(marker: string, reason: string, place: string): BrineError {
  return new BrineError('BRINE_MATCH_002', { place, marker, reason });
}

function unknown(marker: string, bare: string, place: string): BrineError {
  const word = /^##?\w*/.exec(bare)?.[0].replace('##', '#') ?? bare;
  const names = markerNames.filter((name) => /^#\w+$/.test(name));
  return new BrineError('BRINE_MATCH_001', {
    place,
    marker,
    suggestion: didYouMean(word, names),
    known: markerNames.join(' '),
  });
}
