import type { DataTable } from '@cucumber/cucumber';
import type { TableDescription, WrittenCell } from '../support/clients';
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
  if (layout !== undefined) return turned(table.raw());
  const [columns = [], ...rows] = table.raw();
  return { columns, rows };
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
  return { columns, portions: [rows] };
}

async function written(
  world: AcceptanceWorld,
  source: Exclude<RowsSource, { table: DataTable }>,
  absent: string,
): Promise<TextPortions> {
  if ('text' in source) {
    const place = `the ${source.format} of this step`;
    return readTable(source.format, source.text, { place, absent });
  }
  world.assertTestData(source.file);
  return readTableFile(world.testDataPath(source.file), { place: `file "${source.file}"`, absent });
}
