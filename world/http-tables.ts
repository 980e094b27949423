import type { DataTable } from '@cucumber/cucumber';
import { BrineError, unknownColumn } from '../support/errors';
import type { AcceptanceWorld } from './acceptance-world';

/** A row of a step's table: its cells, `${...}` filled, by column. */
export type Cells = Readonly<Record<string, string>>;

/**
 * The rows of a table whose columns are known.
 * @param what the table is about, for errors: `a table of headers`
 * @throws BrineError BRINE_MATCH_003 for a column that is unknown; BRINE_STEP_002 when one is missing or given twice
 */
export function rowsOf(
  world: AcceptanceWorld,
  table: DataTable,
  what: string,
  columns: { readonly needed: readonly string[]; readonly others?: readonly string[] },
): Cells[] {
  const [head = [], ...rows] = table.raw();
  const known = [...columns.needed, ...(columns.others ?? [])];
  for (const column of head) if (!known.includes(column)) throw unknownColumn(what, column, known);
  const missing = columns.needed.find((column) => !head.includes(column));
  if (missing !== undefined) throw wrongTable(what, `it has no column "${missing}"`, known);
  const twice = head.find((column, at) => head.indexOf(column) !== at);
  if (twice !== undefined) throw wrongTable(what, `it has column "${twice}" twice`, known);
  if (rows.length === 0) throw wrongTable(what, 'it has a header and no rows', known);
  const filled = (cell: string, at: number) =>
    [head[at] ?? '', world.variables.text(cell, `column "${head[at]}" of ${what}`)] as const;
  return rows.map((row) => Object.fromEntries(row.map(filled)));
}

/** Names and values of a table with these two columns; a name may come more than once. */
export function pairsOf(
  world: AcceptanceWorld,
  table: DataTable,
  what: string,
): ReadonlyArray<readonly [name: string, value: string]> {
  const rows = rowsOf(world, table, what, { needed: ['name', 'value'] });
  return rows.map(({ name = '', value = '' }) => [name, value] as const);
}

function wrongTable(what: string, reason: string, columns: readonly string[]): BrineError {
  const advice = `begin it with: | ${columns.join(' | ')} |`;
  return new BrineError('BRINE_STEP_002', { place: what, reason, advice });
}
