import type { QueryArrayResult } from 'pg';
import { ExactDecimal, parseJson, readInstant, readNumber } from '../matching';
import type { ColumnKind, NamedType } from './database-catalogue';
import type { DatabaseRow } from './database-row';

/** A type of PostgreSQL, so far as its values are read by it. */
export interface ValueType {
  readonly kind: ColumnKind;
  /** The kind of the elements, when it is an array. */
  readonly elements?: ColumnKind;
  /** Whether equal values may have several texts (`1 day`, `24:00:00`), so that an expected text is to be read by the server. */
  readonly manyTexts: boolean;
}

const text: ValueType = { kind: 'text', manyTexts: false };
const other: ValueType = { kind: 'text', manyTexts: true };

/** The types whose values are not read as text, by the name that `format_type` gives them. */
const kinds: Readonly<Record<string, ColumnKind>> = {
  smallint: 'number',
  integer: 'number',
  bigint: 'number',
  numeric: 'number',
  real: 'number',
  'double precision': 'number',
  oid: 'number',
  boolean: 'boolean',
  json: 'json',
  jsonb: 'json',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamp',
  date: 'date',
  bytea: 'bytes',
  interval: 'interval',
};

const oneText: ReadonlySet<string> = new Set(['text', 'character varying', 'character', 'name', '"char"']);

/**
 * @param name of the type without its modifiers, of a domain that of its base: `numeric`, `text[]`
 * @param isEnum whether it, or its elements, are an enumeration
 */
export function valueType(name: string, isEnum = false): ValueType {
  if (name.endsWith('[]'))
    return { kind: 'unknown', elements: valueType(name.slice(0, -2), isEnum).kind, manyTexts: true };
  const kind = kinds[name];
  if (kind !== undefined) return { kind, manyTexts: kind === 'interval' };
  return isEnum || oneText.has(name) ? text : other;
}

/**
 * A value from the text in which PostgreSQL sends it, without loss: whole numbers up to 32 bits and floating ones as numbers, bigint and
 * numeric as their digits, timestamps in ISO 8601 with all their digits (those with a zone in UTC), bytes as Buffer,
 * JSON and arrays as values, everything else as its text.
 */
export function readValue(raw: string | null, type: ValueType, name: string): unknown {
  if (raw === null) return null;
  if (type.elements !== undefined) return readArray(raw, type.elements);
  switch (type.kind) {
    case 'number':
      return name === 'numeric' || name === 'bigint' || !Number.isFinite(Number(raw)) ? raw : Number(raw);
    case 'boolean':
      return raw === 't' || raw === 'true';
    case 'json':
      return parseJson(raw, 'a JSON value of the database');
    case 'timestamp':
      return isoTimestamp(raw);
    case 'bytes':
      return raw.startsWith('\\x') ? Buffer.from(raw.slice(2), 'hex') : raw;
    default:
      return name === 'character' ? raw.replace(/ +$/, '') : raw;
  }
}

/** The blanks with which `char(n)` is filled up mean nothing to PostgreSQL; in double quotes or not. */
export function withoutPadding(text: string): string {
  return text.replace(/ +("?)$/, '$1');
}

/** An element stands beside others of any type, and has no column whose type would tell how to read it. */
function readElement(raw: string, kind: ColumnKind): unknown {
  if (kind === 'number') return /^[-+.\d]/.test(raw) && !/[a-z]{3}/i.test(raw) ? readNumber(raw) : raw;
  return readValue(raw, { kind, manyTexts: false }, '');
}

/** `2026-01-31 11:00:00.5+01` is `2026-01-31T10:00:00.500Z`; without a zone only the blank becomes a T. Others stay. */
function isoTimestamp(raw: string): string {
  const found = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([+-]\d\d(?::?\d\d)?)?$/.exec(raw);
  if (found === null) return raw; // infinity, years before Christ or beyond 9999
  const [, day, time, fraction = '', zone] = found;
  if (zone === undefined) return `${day}T${time}${fraction === '' ? '' : `.${fraction}`}`;
  const instant = readInstant(`${day}T${time}${zone}`);
  if (instant === undefined) return raw;
  const seconds = new Date(Number(instant / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${fraction.padEnd(3, '0')}Z`;
}

/** The value of PostgreSQL's array notation: `{a,"b c",NULL,{...}}`, with bounds (`[0:1]={...}`) or without. */
function readArray(raw: string, kind: ColumnKind): unknown {
  const start = raw.startsWith('[') ? raw.indexOf('=') + 1 : 0;
  return new ArrayReader(raw, start, kind).read();
}

class ArrayReader {
  constructor(
    private readonly raw: string,
    private at: number,
    private readonly kind: ColumnKind,
  ) {}

  read(): unknown[] {
    const items: unknown[] = [];
    this.at++; // {
    while (this.at < this.raw.length && this.raw[this.at] !== '}') {
      items.push(this.item());
      if (this.raw[this.at] === ',') this.at++;
    }
    this.at++; // }
    return items;
  }

  private item(): unknown {
    if (this.raw[this.at] === '{') return this.read();
    if (this.raw[this.at] === '"') return readElement(this.quoted(), this.kind);
    const from = this.at;
    while (this.at < this.raw.length && this.raw[this.at] !== ',' && this.raw[this.at] !== '}') this.at++;
    const bare = this.raw.slice(from, this.at);
    return bare === 'NULL' ? null : readElement(bare, this.kind);
  }

  private quoted(): string {
    let value = '';
    for (this.at++; this.at < this.raw.length && this.raw[this.at] !== '"'; this.at++) {
      if (this.raw[this.at] === '\\') this.at++;
      value += this.raw[this.at];
    }
    this.at++; // "
    return value;
  }
}

/** PostgreSQL's notation of an array that is given as JSON: `["a", null]` is `{"a",NULL}`. */
export function arrayText(items: readonly unknown[]): string {
  return `{${items.map(elementText).join(',')}}`;
}

function elementText(item: unknown): string {
  if (item === null || item === undefined) return 'NULL';
  if (Array.isArray(item)) return arrayText(item);
  const isPlain = typeof item !== 'object' || item instanceof ExactDecimal;
  const written = isPlain ? String(item) : JSON.stringify(item);
  return `"${written.replace(/["\\]/g, '\\$&')}"`;
}

/** Rows as they were read, and what their columns hold. */
export interface ReadRows {
  readonly rows: DatabaseRow[];
  readonly columns: ReadonlyMap<string, ColumnKind>;
  readonly types: ReadonlyMap<string, NamedType>;
}

/**
 * The rows of a result whose values are still texts; of several results, those of the last.
 * @param typesOf types by their OIDs
 */
export async function readResult(
  result: QueryArrayResult | readonly QueryArrayResult[],
  typesOf: (oids: readonly number[]) => Promise<ReadonlyMap<number, NamedType>>,
): Promise<ReadRows> {
  const last = Array.isArray(result) ? result.at(-1) : (result as QueryArrayResult);
  const { fields = [], rows = [] } = (last ?? {}) as Partial<QueryArrayResult>;
  const types = await typesOf(fields.map(({ dataTypeID }) => dataTypeID));
  const columns = fields.map(({ name, dataTypeID }) => ({ name, type: types.get(dataTypeID) ?? textType }));
  const read = (row: readonly unknown[]) =>
    Object.fromEntries(
      columns.map(({ name, type }, at) => [name, readValue(asText(row[at]), type, type.name)]),
    );
  return {
    rows: rows.map(read),
    columns: new Map(columns.map(({ name, type }) => [name, type.kind])),
    types: new Map(columns.map(({ name, type }) => [name, type])),
  };
}

const textType: NamedType = { ...text, name: 'text' };

function asText(raw: unknown): string | null {
  return raw === null || raw === undefined ? null : String(raw);
}
