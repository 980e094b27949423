import type { DataTable } from '@cucumber/cucumber';
import type { CacheAddition } from '../support/clients';
import { BrineError, unknownColumn } from '../support/errors';
import { parseDuration } from '../support/time';
import type { AcceptanceWorld } from './acceptance-world';

/** What the parts of a key are called: of a hash, a list, a set or sorted set, a stream. */
export type PartNoun = 'field' | 'item' | 'member' | 'entry';

/**
 * What a table of a step adds to a key.
 * @throws BrineError BRINE_MATCH_003, BRINE_STEP_002 for columns or cells that these parts have not
 */
export function additionFrom(world: AcceptanceWorld, noun: PartNoun, table: DataTable): CacheAddition {
  const rows = filledRows(world, table);
  switch (noun) {
    case 'field':
      assertColumns(table, 'a table of fields', ['field', 'value'], ['field', 'value']);
      return { type: 'hash', fields: rows.map((row) => [cell(row, 'field'), cell(row, 'value')]) };
    case 'item':
      assertColumns(table, 'a table of items', ['item'], ['item']);
      return { type: 'list', values: rows.map((row) => cell(row, 'item')) };
    case 'member':
      assertColumns(table, 'a table of members', ['member'], ['member', 'score']);
      return membersFrom(table, rows);
    case 'entry':
      return { type: 'stream', entries: rows.map((row) => [...row]) };
  }
}

/** With scores it is a sorted set. */
function membersFrom(table: DataTable, rows: readonly FilledRow[]): CacheAddition {
  const isSorted = table.raw()[0]?.includes('score');
  if (!isSorted) return { type: 'set', values: rows.map((row) => cell(row, 'member')) };
  return { type: 'zset', members: rows.map((row) => [cell(row, 'member'), cell(row, 'score')]) };
}

/** A string that a table of a step sets. */
export interface KeyToSet {
  readonly key: string;
  readonly value: string | Buffer;
  readonly expiresInMs: number | undefined;
}

/** The strings that a table with the columns `key`, `value` and perhaps `expires in` sets. */
export function keysFrom(world: AcceptanceWorld, table: DataTable): KeyToSet[] {
  assertColumns(table, 'a table of keys', ['key', 'value'], ['key', 'value', 'expires in']);
  return filledRows(world, table).map((row) => ({
    key: cell(row, 'key'),
    value: cell(row, 'value'),
    expiresInMs: durationOf(row.get('expires in')),
  }));
}

type FilledRow = ReadonlyMap<string, string>;

function filledRows(world: AcceptanceWorld, table: DataTable): FilledRow[] {
  const [columns = [], ...rows] = table.raw();
  if (rows.length === 0) {
    throw new BrineError('BRINE_STEP_002', {
      place: 'the table of this step',
      reason: 'it has a header and no rows',
      advice: 'add a row',
    });
  }
  const place = (column: string) => `column "${column}" of this step's table`;
  return rows.map(
    (row) => new Map(columns.map((column, at) => [column, written(world, row[at] ?? '', place(column))])),
  );
}

/** Redis has no NULL; text in double quotes is what they enclose. */
function written(world: AcceptanceWorld, text: string, place: string): string {
  if (text === 'null') {
    throw new BrineError('BRINE_STEP_002', {
      place,
      reason: 'null cannot be kept in Redis',
      advice: 'leave it out, or write "null" in double quotes for the word',
    });
  }
  const filled = world.variables.text(text, place);
  return /^"[^"\\]*"$/.test(filled) ? filled.slice(1, -1) : filled;
}

function cell(row: FilledRow, column: string): string {
  return row.get(column) ?? '';
}

function assertColumns(
  table: DataTable,
  owner: string,
  needed: readonly string[],
  known: readonly string[],
): void {
  const columns = table.raw()[0] ?? [];
  for (const column of columns) if (!known.includes(column)) throw unknownColumn(owner, column, known);
  const missing = needed.find((column) => !columns.includes(column));
  if (missing === undefined) return;
  throw new BrineError('BRINE_STEP_002', {
    place: 'the table of this step',
    reason: `it has no column "${missing}"`,
    advice: `its columns are: ${known.join(', ')}`,
  });
}

/** An empty cell means that the key never expires. */
function durationOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new BrineError('BRINE_STEP_002', {
    place: `the cell "${text}" of column "expires in"`,
    reason: 'it is no duration',
    advice: 'write 5 minutes, 30 s, 200 ms, or nothing for a key that never expires',
  });
}
