import type { DataTable } from '@cucumber/cucumber';
import { type ColumnKind, literalCell, matchRows, type Row, renderRowsResult } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { presentEntry, wrongType } from './cache-expectations';
import { cachedValue, lifeOf, nestedOrText, readIfJson } from './cache-values';
import { counted, fail, indented } from './expectations';
import { renderRows } from './row-text';
import { expectedRows } from './step-tables';
import { rowsLike } from './table-expectations';

/** Rows that a failure shows where none fits. */
const mostShown = 20;

/** The row of a table that fits the given cells. */
interface RowReference {
  readonly table: string;
  readonly database: string | undefined;
  readonly where: DataTable;
}

/**
 * Compares the object that a key holds (JSON or a hash) with the one row of a table that fits. A field and a column go
 * together when their names are the same but for case, `_` and `-`; what only one of the two has is not compared.
 */
export async function expectEqualsRow(world: AcceptanceWorld, key: string, row: RowReference): Promise<void> {
  const client = world.database(row.database);
  const { columns: kinds } = await client.describe(row.table);
  const stored = await onlyRow(world, row);
  const entry = await presentEntry(world, key);
  const value = cachedValue(entry);
  if (!isObject(value)) return fail(wrongType(entry, 'JSON object or hash'));
  const pairs = pairsOf(stored, value);
  if (pairs.length === 0) {
    return fail(
      `cache key "${key}" and table "${row.table}" have no field in common: ${Object.keys(value).join(', ')} and ${[...kinds.keys()].join(', ')}`,
    );
  }
  const columns = pairs.map(({ column }) => column);
  const cells = pairs.map(({ column }) => cellOf(stored[column], kinds.get(column)));
  const cached = Object.fromEntries(pairs.map(({ column, field }) => [column, value[field]]));
  const result = matchRows(
    { columns, rows: [cells] },
    [entry.type === 'hash' ? fromTexts(cached, kinds) : cached],
    {
      mode: 'contains',
      captured: new Map(),
      columnTypes: kinds,
      owner: `table "${row.table}"`,
    },
  );
  if (result.ok) return;
  const rendered = renderRowsResult(result, { noun: 'row' });
  fail(
    `cache key "${key}" does not equal the row of table "${row.table}" (${lifeOf(entry)}):\n${indented(rendered)}`,
  );
}

async function onlyRow(world: AcceptanceWorld, { table, database, where }: RowReference): Promise<Row> {
  const wanted = await expectedRows(world, { table: where, layout: undefined });
  const { count, first: found } = await rowsLike(world, { name: table, database }, wanted);
  const [first] = found;
  if (first !== undefined && count === 1) return first;
  const shown = count === 0 ? await world.database(database).firstRows(table, mostShown) : found;
  const list = shown.length === 0 ? '' : `:\n${indented(renderRows(shown))}`;
  const whose = count === 0 ? '; it has' : '';
  return fail(`table "${table}" has ${counted(count, 'row')} like that, not one${whose}${list}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

interface Pair {
  readonly column: string;
  readonly field: string;
}

function pairsOf(row: Row, value: Readonly<Record<string, unknown>>): Pair[] {
  const fields = new Map(Object.keys(value).map((field) => [plain(field), field]));
  return Object.keys(row).flatMap((column) => {
    const field = fields.get(plain(column));
    return field === undefined ? [] : [{ column, field }];
  });
}

/** `total_cents` and `totalCents` are one name. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

/** A date without a time comes as the local midnight that it begins with. */
function cellOf(value: unknown, kind: ColumnKind | undefined): string {
  if (kind !== 'date' || !(value instanceof Date)) return literalCell(value);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`;
}

/** A hash holds texts. */
function fromTexts(row: Row, kinds: ReadonlyMap<string, ColumnKind>): Row {
  const read = (column: string, value: unknown) =>
    kinds.get(column) === 'boolean' ? readIfJson(value) : nestedOrText(value);
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, read(column, value)]));
}
