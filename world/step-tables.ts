import type { DataTable } from '@cucumber/cucumber';
import type { TableDescription, WrittenCell } from '../support/clients';
import { BrineError } from '../support/errors';
import {
  readTable,
  readTableFile,
  type TableFormat,
  type TextPortions,
  type TextTable,
  turned,
  wholeTable,
} from '../support/tables';
import type { AcceptanceWorld } from './acceptance-world';
import { writtenCell } from './written-cells';

/** Where a step has its rows from: the table below it, a text below it, or a file. */
export type RowsSource =
  | { readonly table: DataTable; readonly layout: string | undefined }
  | { readonly text: string; readonly format: TableFormat }
  | { readonly file: string };

/** Rows that are expected; a field that a row in JSON or YAML lacks is not looked at. */
export async function expectedRows(world: AcceptanceWorld, source: RowsSource): Promise<TextTable> {
  if ('table' in source) return tableBelow(source);
  return wholeTable(await written(world, source, '#ignore'));
}

/** Rows that are written somewhere; a field that a row in JSON or YAML lacks is `#notpresent`. */
export async function writtenRows(world: AcceptanceWorld, source: RowsSource): Promise<TextTable> {
  if ('table' in source) return tableBelow(source);
  return wholeTable(await written(world, source, '#notpresent'));
}

function tableBelow({ table, layout }: { table: DataTable; layout: string | undefined }): TextTable {
  const [columns = [], ...rows] = table.raw();
  const read = layout === undefined ? { columns, rows } : turned(table.raw());
  assertDistinct(read.columns, 'the table of this step');
  return read;
}

/**
 * Inserts the rows of a step into a table; those of a file are read while they are inserted. A field that a row
 * in JSON or YAML lacks gets the default of its column.
 */
export async function insertRows(
  world: AcceptanceWorld,
  { name, database }: { readonly name: string; readonly database: string | undefined },
  source: RowsSource,
): Promise<void> {
  const client = world.database(database);
  const description = await client.describe(name);
  const { columns, portions } = await givenRows(world, source);
  const fill = filler(world, description, columns, name);
  if (Array.isArray(portions)) return client.insert(name, columns, portions.flat().map(fill));
  await client.insertAll(name, columns, filled(portions, fill));
}

type Fill = (row: readonly string[], index: number) => WrittenCell[];

async function* filled(portions: TextPortions['portions'], fill: Fill) {
  let index = 0;
  for await (const rows of portions) yield rows.map((row) => fill(row, index++));
}

function filler(
  world: AcceptanceWorld,
  { details }: TableDescription,
  columns: readonly string[],
  name: string,
): Fill {
  return (row, index) =>
    row.map((cell, at) => {
      const column = columns[at] ?? '';
      const place = `column "${column}" in row ${index + 1} of table "${name}"`;
      return writtenCell(world.variables, cell, details.get(column), place);
    });
}

async function givenRows(world: AcceptanceWorld, source: RowsSource): Promise<TextPortions> {
  if (!('table' in source)) return written(world, source, '#default');
  const { columns, rows } = tableBelow(source);
  if (rows.length === 0) throw nothingToInsert();
  return { columns, portions: [rows] };
}

async function written(
  world: AcceptanceWorld,
  source: Exclude<RowsSource, { table: DataTable }>,
  absent: string,
): Promise<TextPortions> {
  if ('text' in source) {
    const place = `the ${source.format} of this step`;
    return distinct(await readTable(source.format, source.text, { place, absent }), place);
  }
  world.assertTestData(source.file);
  const place = `file "${source.file}"`;
  return distinct(await readTableFile(world.testDataPath(source.file), { place, absent }), place);
}

function distinct(table: TextPortions, place: string): TextPortions {
  assertDistinct(table.columns, place);
  return table;
}

/** @throws BrineError BRINE_STEP_002 when a column comes twice: it could not have both values */
function assertDistinct(columns: readonly string[], place: string): void {
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice === undefined) return;
  throw new BrineError('BRINE_STEP_002', {
    place,
    reason: `it has the column "${twice}" more than once`,
    advice: 'remove one of the two, or give it the name of the column that is meant',
  });
}

function nothingToInsert(): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: 'the table of this step',
    reason: 'it has a header and no rows',
    advice: 'add a row, or leave the step out; its first line names the columns',
  });
}
