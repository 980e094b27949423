import { type Row, renderTable, renderValue } from '../support/matching';

const mostRows = 20;

/** Rows as a Gherkin table; '' when there are none. */
export function renderRows(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const columns = Object.keys(first);
  const cells = rows.slice(0, mostRows).map((row) => columns.map((column) => cellOf(row[column])));
  const more = rows.length - cells.length;
  return `${renderTable(columns, cells)}${more > 0 ? `\n... and ${more} more` : ''}`;
}

function cellOf(value: unknown): string {
  return typeof value === 'string' ? value : renderValue(value);
}
