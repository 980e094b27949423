import type { Attempt } from './attempt';
import { describeDifference } from './difference';
import { sameValue } from './equality';
import { sameInterval } from './intervals';
import { parseJson } from './json';
import { isFields, type Json } from './json-value';
import { isMarker, type Marker, readMarker, withoutEscape } from './markers';
import { matchMarker, matchPattern } from './match-pattern';
import { dayOf, instantOf, isLocalMidnight, readDay, readInstant } from './moments';
import { literalCell } from './notation';
import { isNumeric, numberKey, readNumber } from './numbers';
import { type Pattern, readPattern } from './pattern';
import { renderBytes, renderValue } from './render-value';
import { quoted } from './visible';

/** What a column holds, so far as comparing goes. */
export type ColumnKind =
  | 'text'
  | 'number'
  | 'boolean'
  | 'json'
  | 'timestamp'
  | 'date'
  | 'interval'
  | 'bytes'
  | 'unknown';

/** An expected table cell, read once. */
export type Cell =
  | { readonly kind: 'null' }
  | { readonly kind: 'marker'; readonly marker: Marker; readonly column: ColumnKind }
  | {
      readonly kind: 'literal';
      readonly text: string;
      readonly column: ColumnKind;
      /** The cell as JSON, when it is an object or an array, or stands for a JSON column. */
      readonly pattern?: Pattern;
      /** In double quotes: a text, whatever it looks like. */
      readonly quoted: boolean;
    };

type Literal = Extract<Cell, { kind: 'literal' }>;

/**
 * Reads an expected cell:
 * - `null` is NULL; an empty cell is the empty text;
 * - `#uuid`, `#? _ > 0`, ... is a marker, `\#1` the text `#1`;
 * - `"..."` in double quotes is that text, read as a JSON string, never NULL or a marker: `"null"`, `" x "`, `"#1"`;
 * - `{...}` and `[...]` are JSON where the actual value is an object or an array;
 * - anything else is literal, compared as the column's kind demands.
 * @param place where it stands, for errors: `row 2, column "id" of the expected table`
 * @throws BrineError BRINE_MATCH_001, BRINE_MATCH_002 for markers, BRINE_JSON_001 for broken JSON in a JSON column
 */
export function readCell(text: string, column: ColumnKind, place: string): Cell {
  if (text === 'null') return { kind: 'null' };
  if (isMarker(text)) return { kind: 'marker', marker: readMarker(text, place), column };
  const unquoted = inQuotes(text);
  const literal = { kind: 'literal', text: unquoted ?? withoutEscape(text), column } as const;
  if (unquoted !== undefined) return { ...literal, quoted: true };
  const pattern = jsonPattern(text, column, place);
  return pattern === undefined ? { ...literal, quoted: false } : { ...literal, quoted: false, pattern };
}

/** Whether the cell captures; then the choice of one row may depend on another's. */
export function cellCaptures(cell: Cell): boolean {
  if (cell.kind === 'marker') return cell.marker.captureAs !== undefined;
  return cell.kind === 'literal' && cell.pattern?.captures === true;
}

/** Whether the value is what the cell says; undefined means that the row has no such column. Notes mismatches and captures. */
export function matchCell(cell: Cell, actual: unknown, attempt: Attempt): boolean {
  if (cell.kind === 'marker') return matchMarkerCell(cell.marker, cell.column, actual, attempt);
  if (actual === undefined)
    return attempt.fail(() => `expected ${cellText(cell)}, but it is missing`, cellText(cell), undefined);
  if (cell.kind === 'null') {
    return actual === null || attempt.fail(() => `expected null, was ${was(actual)}`, null, actual);
  }
  if (actual === null)
    return attempt.fail(() => `expected ${cellText(cell)}, was null${nullHint(cell)}`, cell.text, null);
  return matchLiteral(cell, actual, attempt);
}

/** The cell that stands for an actual value, as a feature would write it; empty for an absent one. Never throws. */
export function actualText(value: unknown): string {
  try {
    if (value instanceof Uint8Array) return renderBytes(value);
    return value === undefined ? '' : literalCell(value);
  } catch {
    return renderValue(value);
  }
}

/** An actual value within a sentence. */
function was(value: unknown): string {
  const text = actualText(value);
  return text === '' ? 'empty text' : text.length <= 200 ? text : renderValue(value, { limit: 200 });
}

function cellText(cell: Exclude<Cell, { kind: 'marker' }>): string {
  if (cell.kind === 'null') return 'null';
  return cell.text === '' ? 'empty text' : literalCell(cell.text);
}

function nullHint(cell: Literal): string {
  if (cell.quoted || !/^(null)?$/i.test(cell.text)) return '';
  return cell.text === ''
    ? ' (an empty cell is the empty text; NULL is written null)'
    : ' (NULL is written null, in small letters)';
}

function inQuotes(text: string): string | undefined {
  if (!/^".*"$/s.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function jsonPattern(text: string, column: ColumnKind, place: string): Pattern | undefined {
  const nested = /^[[{]/.test(text);
  if (column === 'json') return readPattern(nested ? parseJson(text, place) : scalarJson(text), place);
  if (column !== 'unknown' || !nested) return undefined;
  const json = tryJson(text);
  return json === undefined ? undefined : readPattern(json, place);
}

/** What a bare cell means in a JSON column: a number, true, false, or else text. */
function scalarJson(text: string): Json {
  const json = tryJson(text);
  return json === undefined ? text : json;
}

function tryJson(text: string): Json | undefined {
  try {
    return parseJson(text, 'the cell');
  } catch {
    return undefined;
  }
}

function matchMarkerCell(marker: Marker, column: ColumnKind, actual: unknown, attempt: Attempt): boolean {
  const value = readAs(column, actual);
  const same = (before: unknown, now: unknown) => sameValue(before, now) || sameAsCell(before, now, column);
  return matchMarker(marker, value, attempt, same);
}

/** A table speaks in texts: a captured value equals one that its cell would equal. */
function sameAsCell(before: unknown, now: unknown, column: ColumnKind): boolean {
  if (before === null || now === null || typeof before === 'object') return false;
  return literalEquals({ kind: 'literal', text: String(before), column, quoted: false }, now);
}

/** The value in the type of its column: databases give some numbers and JSON as text. */
function readAs(column: ColumnKind, value: unknown): unknown {
  if (column === 'number' && typeof value === 'string' && numberKey(value) !== undefined)
    return readNumber(value);
  if (column === 'boolean' && (value === 0 || value === 1)) return value === 1;
  return column === 'json' && typeof value === 'string' ? (tryJson(value) ?? value) : value;
}

function matchLiteral(cell: Literal, actual: unknown, attempt: Attempt): boolean {
  if (literalEquals(cell, actual)) return true;
  const value = readAs(cell.column, actual);
  const nested = isFields(value) || Array.isArray(value);
  if (cell.pattern !== undefined && (nested || cell.column === 'json'))
    return matchPattern(cell.pattern, value, attempt);
  return attempt.fail(() => literalReason(cell, actual, nested), cell.text, actual);
}

/** Compares without regard to JSON; see {@link ColumnKind}. */
function literalEquals(cell: Literal, actual: unknown): boolean {
  switch (cell.column) {
    case 'number':
      return sameNumber(cell.text, actual);
    case 'boolean':
      return (
        typeof readAs('boolean', actual) === 'boolean' &&
        cell.text.toLowerCase() === String(readAs('boolean', actual))
      );
    case 'timestamp':
      return sameMoment(cell.text, actual);
    case 'date':
      return sameDay(cell.text, actual);
    case 'interval':
      return sameInterval(cell.text, actual);
    case 'bytes':
      return sameBytes(cell.text, actual);
    case 'json':
      return cell.quoted && cell.text === actual;
    case 'text':
      return typeof actual === 'object' ? false : cell.text === String(actual);
    case 'unknown':
      return equalsByType(cell, actual);
  }
}

function equalsByType(cell: Literal, actual: unknown): boolean {
  if (typeof actual === 'string') return cell.text === actual;
  if (cell.quoted) return false;
  if (isNumeric(actual)) return sameNumber(cell.text, actual);
  if (actual instanceof Date) return sameMoment(cell.text, actual) || sameLocalDay(cell.text, actual);
  if (actual instanceof Uint8Array) return sameBytes(cell.text, actual);
  return typeof actual === 'object' ? false : cell.text === String(actual);
}

function sameNumber(text: string, actual: unknown): boolean {
  const key = typeof actual === 'string' || isNumeric(actual) ? numberKey(actual) : undefined;
  return key === undefined ? text === String(actual) : key === numberKey(text);
}

/** Equal instants; as a Date has no more than milliseconds, further digits of the cell do not count against it. */
function sameMoment(text: string, actual: unknown): boolean {
  const expected = readInstant(text);
  if (typeof actual === 'string')
    return text === actual || (expected !== undefined && expected === readInstant(actual));
  if (!(actual instanceof Date) || expected === undefined) return false;
  const instant = instantOf(actual);
  return instant !== undefined && instant / 1_000_000n === expected / 1_000_000n;
}

function sameDay(text: string, actual: unknown): boolean {
  const day =
    actual instanceof Date ? dayOf(actual) : typeof actual === 'string' ? readDay(actual) : undefined;
  return day === undefined ? text === actual : day === readDay(text);
}

/** A bare day also means the local midnight with which `pg` represents a date. */
function sameLocalDay(text: string, actual: Date): boolean {
  return text.length === 10 && isLocalMidnight(actual) && dayOf(actual) === text;
}

/** Bytes are written `0x0a0b`, `\x0a0b` or `base64:Cgs=`; other text means its UTF-8 bytes. */
function sameBytes(text: string, actual: unknown): boolean {
  if (!(actual instanceof Uint8Array)) return text === actual;
  const hex = /^(?:0x|\\x)((?:[0-9a-f]{2})*)$/i.exec(text)?.[1];
  const base64 = /^base64:(.*)$/s.exec(text)?.[1];
  const expected =
    hex !== undefined
      ? Buffer.from(hex, 'hex')
      : base64 !== undefined
        ? Buffer.from(base64, 'base64')
        : Buffer.from(text);
  return Buffer.compare(expected, actual) === 0;
}

function literalReason(cell: Literal, actual: unknown, nested: boolean): string {
  if (nested) return `expected ${cellText(cell)}, was ${was(actual)} (write JSON to compare with it)`;
  const kind = cell.column === 'unknown' ? kindOf(actual) : cell.column;
  if (kind === 'text' && typeof actual === 'string')
    return textReason(cell, actual) + numberHint(cell, actual);
  return `expected ${cellText(cell)}, was ${was(actual)}${kindHint(cell, kind)}`;
}

/** Texts in the notation of cells, with the hints that texts get in JSON. */
function textReason(cell: Literal, actual: string): string {
  const reason = describeDifference(cell.text, actual);
  const bare = `expected ${quoted(cell.text)}, was ${quoted(actual)}`;
  return reason.startsWith(bare)
    ? `expected ${cellText(cell)}, was ${was(actual)}${reason.slice(bare.length)}`
    : reason;
}

/** Where a number was meant but texts are compared. */
function numberHint({ text }: Literal, actual: string): string {
  const key = numberKey(text);
  return key !== undefined && key === numberKey(actual) ? ' (the same number, but the value is text)' : '';
}

function kindOf(actual: unknown): ColumnKind {
  if (isNumeric(actual)) return 'number';
  if (actual instanceof Date) return 'timestamp';
  if (actual instanceof Uint8Array) return 'bytes';
  return typeof actual === 'boolean' ? 'boolean' : 'text';
}

/** What the cell should have looked like, when it cannot be of the column's kind at all. */
function kindHint({ text }: Literal, kind: ColumnKind): string {
  if (kind === 'number' && numberKey(text) === undefined) return ' (the column holds numbers)';
  if (kind === 'boolean' && !/^(true|false)$/i.test(text)) return ' (the column holds true or false)';
  const moment = kind === 'timestamp' || kind === 'date';
  return moment && readInstant(text) === undefined
    ? ` (the column holds a ${kind}, written 2026-01-31${kind === 'date' ? '' : 'T10:00:00Z'})`
    : '';
}
