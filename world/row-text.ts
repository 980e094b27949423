import { type Row, renderTable, renderValue } from '../support/matching';

const mostRows = 20;

/**
 * Rows as a Gherkin table; '' when there are none.
 * @param total how many there are, where these are the first of them
 */
export function renderRows(rows: readonly Row[], total = rows.length): string {
  const [first] = rows;
  if (first === undefined) return '';
  const columns = Object.keys(first);
  const cells = rows.slice(0, mostRows).map((row) => columns.map((column) => cellOf(row[column])));
  const more = total - cells.length;
  return `${renderTable(columns, cells)}${more > 0 ? `\n... and ${more} more` : ''}`;
}

function cellOf(value: unknown): string {
  return typeof value === 'string' ? value : renderValue(value);
}
