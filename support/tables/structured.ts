import type { Document, Node } from 'yaml';
import { BrineError } from '../errors';
import { type Json, literalCell, parseJson, stringifyJson } from '../matching';
import type { TextTable } from './text-table';

/** The cells of one row, by column. */
type Cells = ReadonlyMap<string, string>;

/**
 * A JSON array of objects as a table; a field that an object lacks has the cell `absent`. Texts are in the language
 * of cells as far as markers and `${...}` go.
 * @throws BrineError BRINE_JSON_001 with line and column; BRINE_STEP_002 when it is no array of objects
 */
export function jsonTable(text: string, place: string, absent: string): TextTable {
  const value = parseJson(text, place);
  if (!Array.isArray(value)) throw noRows(place, 'JSON');
  const rows = value.map((item: Json, index): Cells => {
    if (typeof item !== 'object' || item === null || Array.isArray(item) || isNumber(item))
      throw noRow(place, index);
    return new Map(Object.entries(item).map(([name, field]) => [name, cellOf(field)]));
  });
  return tableOf(rows, absent);
}

function isNumber(item: object): boolean {
  return 'toJSON' in item;
}

/** As {@link jsonTable}, of YAML: plain numbers keep all their digits. */
export async function yamlTable(text: string, place: string, absent: string): Promise<TextTable> {
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml');
  const document = parseDocument(text, { lineCounter: new LineCounter() });
  const [error] = document.errors;
  if (error !== undefined) {
    const [at] = error.linePos ?? [];
    const where = at === undefined ? place : `${place}, line ${at.line}, column ${at.col}`;
    const reason = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
    throw new BrineError('BRINE_STEP_002', { place: where, reason, advice: '' }, { cause: error });
  }
  if (!isSeq(document.contents)) throw noRows(place, 'YAML');
  const rows = document.contents.items.map((item, index): Cells => {
    if (!isMap(item)) throw noRow(place, index);
    return new Map(item.items.map(({ key, value }) => [String(key), cellOfNode(value, document)]));
  });
  return tableOf(rows, absent);

  function cellOfNode(node: unknown, whole: Document): string {
    if (!isScalar(node)) return cellOf(node === null ? null : ((node as Node).toJS(whole) as Json));
    if (node.type !== 'PLAIN') return cellOf(node.value as Json);
    return node.value === null || typeof node.value === 'string' ? cellOf(node.value) : (node.source ?? '');
  }
}

function cellOf(value: Json | undefined): string {
  if (typeof value === 'string') return /^\\*#/.test(value) ? value : literalCell(value);
  return value === undefined || value === null ? 'null' : stringifyJson(value);
}

function tableOf(rows: readonly Cells[], absent: string): TextTable {
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return { columns, rows: rows.map((row) => columns.map((column) => row.get(column) ?? absent)) };
}

function noRows(place: string, format: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place,
    reason: 'it is no list of rows',
    advice: format === 'JSON' ? 'write [{ "column": "value" }]' : 'write - column: value',
  });
}

function noRow(place: string, index: number): BrineError {
  const advice = 'each item of the list gives the values of its columns by their names';
  return new BrineError('BRINE_STEP_002', {
    place: `row ${index + 1} of ${place}`,
    reason: 'it has no columns',
    advice,
  });
}
