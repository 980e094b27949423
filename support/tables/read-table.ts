import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { BrineError } from '../errors';
import { csvFile, csvText } from './csv';
import { jsonTable, yamlTable } from './structured';
import type { TableFormat, TextPortions, TextTable } from './text-table';

const formats: Readonly<Record<string, TableFormat>> = {
  '.csv': 'CSV',
  '.json': 'JSON',
  '.yaml': 'YAML',
  '.yml': 'YAML',
};

/** How the text of a table is to be read. */
export interface TableText {
  /** What it is, for errors: `file "users.csv"`. */
  readonly place: string;
  /** The cell of a field that a row in JSON or YAML lacks. */
  readonly absent: string;
}

/**
 * Rows that are written in a format.
 * @throws BrineError BRINE_STEP_002 or BRINE_JSON_001 naming the line
 */
export async function readTable(
  format: TableFormat,
  text: string,
  options: TableText,
): Promise<TextPortions> {
  if (format === 'CSV') return csvText(text, options.place);
  const { columns, rows } = await structured(format, text, options);
  return { columns, portions: [rows] };
}

/**
 * Rows of a file, whose format its name tells; of CSV no more than a part is in memory.
 * @throws BrineError BRINE_STEP_002 or BRINE_JSON_001 naming the line
 */
export async function readTableFile(path: string, options: TableText): Promise<TextPortions> {
  const format = formats[extname(path).toLowerCase()];
  if (format === undefined) {
    throw new BrineError('BRINE_STEP_002', {
      place: options.place,
      reason: 'its name does not tell what it is',
      advice: `rows are read from files that end in ${Object.keys(formats).join(', ')}`,
    });
  }
  return format === 'CSV'
    ? csvFile(path, options.place)
    : readTable(format, await readFile(path, 'utf8'), options);
}

/** All the rows. */
export async function wholeTable({ columns, portions }: TextPortions): Promise<TextTable> {
  const rows: (readonly string[])[] = [];
  for await (const portion of portions) rows.push(...portion);
  return { columns, rows };
}

async function structured(
  format: 'JSON' | 'YAML',
  text: string,
  { place, absent }: TableText,
): Promise<TextTable> {
  return format === 'JSON' ? jsonTable(text, place, absent) : yamlTable(text, place, absent);
}
