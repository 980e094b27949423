import { createReadStream } from 'node:fs';
import type { CsvError, Options, Parser } from 'csv-parse';
import { BrineError, messageOf } from '../errors';
import type { TextPortions } from './text-table';

/** Rows that are handed on together. */
const portion = 1_000;

interface Line {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** In quotes, `null` is the word. */
const options: Options = {
  bom: true,
  info: true,
  relax_column_count: true, // told here, with the line
  cast: (value, { quoting }) => (quoting && /^null$/i.test(value) ? `"${value}"` : value),
};

/**
 * CSV (RFC 4180, separated by commas) whose first line names the columns; its cells are in the language of tables.
 * @param place what it is, for errors
 * @throws BrineError BRINE_STEP_002 naming the line that cannot be read, or has another number of cells
 */
export async function csvText(text: string, place: string): Promise<TextPortions> {
  const { parse } = await import('csv-parse');
  const parser = parse(options);
  parser.end(text);
  return portionsOf(parser, place);
}

/** As {@link csvText}, of a file, of which no more than a part is in memory. */
export async function csvFile(path: string, place: string): Promise<TextPortions> {
  const { parse } = await import('csv-parse');
  const parser = parse(options);
  const file = createReadStream(path);
  file.on('error', (error) => parser.destroy(error)).pipe(parser);
  parser.on('close', () => file.destroy());
  return portionsOf(parser, place);
}

async function portionsOf(parser: Parser, place: string): Promise<TextPortions> {
  const lines = read(parser, place);
  const first = await lines.next();
  if (first.done) throw broken(place, 'it is empty', 'write the names of the columns into its first line');
  const columns = first.value.record;
  if (columns.length === 1 && /[;\t|]/.test(columns[0] ?? '')) throw otherSeparator(columns[0] ?? '', place);
  return { columns, portions: inPortions(lines, columns.length, place) };
}

async function* read(parser: Parser, place: string): AsyncGenerator<Line, void> {
  try {
    for await (const line of parser) yield line as Line;
  } catch (error) {
    const { lines } = error as Partial<CsvError & { lines: number }>;
    const where = lines === undefined ? place : `line ${lines} of ${place}`;
    throw broken(
      where,
      messageOf(error),
      'a cell with a comma, quotes or line breaks stands in "...", its quotes doubled',
      error,
    );
  }
}

async function* inPortions(lines: AsyncIterable<Line>, width: number, place: string) {
  let rows: (readonly string[])[] = [];
  for await (const { record, info } of lines) {
    if (width > 1 && record.length === 1 && record[0] === '') continue; // a blank line
    if (record.length !== width) {
      const cells = `${record.length} ${record.length === 1 ? 'cell' : 'cells'}`;
      throw broken(
        `line ${info.lines} of ${place}`,
        `it has ${cells}, the header ${width}`,
        'give each line as many cells as the header; a cell with a comma stands in "..."',
      );
    }
    rows.push(record);
    if (rows.length < portion) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

function otherSeparator(header: string, place: string): BrineError {
  const separator = header.includes(';') ? ';' : header.includes('\t') ? 'a tab' : '|';
  const reason = `it names one column, ${JSON.stringify(header)}`;
  return broken(`line 1 of ${place}`, reason, `cells are separated by commas, not by ${separator}`);
}

function broken(place: string, reason: string, advice: string, cause?: unknown): BrineError {
  return new BrineError('BRINE_STEP_002', { place, reason, advice }, { cause });
}
