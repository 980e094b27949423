import { hasInvisible, quoted, visible } from './visible';

/** Wider cells are cut, so that a table stays readable. */
const widest = 120;

/**
 * A Gherkin table, its columns aligned; `|`, `\` and line breaks are escaped as Gherkin wants them. A cell of more than 120 characters is
 * cut, which `…` shows. Never throws: short rows are filled up with empty cells.
 */
export function renderTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  indent = '',
): string {
  const width = largest([columns, ...rows], (row) => row.length);
  const lines = [columns, ...rows].map((row) =>
    Array.from({ length: width }, (_, at) => escapeCell(row[at] ?? '')),
  );
  const widths = Array.from({ length: width }, (_, at) => largest(lines, (line) => widthOf(line[at] ?? '')));
  return lines
    .map((line) => `${indent}| ${line.map((cell, at) => pad(cell, widths[at] ?? 0)).join(' | ')} |`)
    .join('\n');
}

function largest<T>(things: readonly T[], measure: (thing: T) => number): number {
  return things.reduce((most, thing) => Math.max(most, measure(thing)), 0);
}

/** A cell's text as it stands in a feature file. */
function escapeCell(cell: unknown): string {
  const text = String(cell);
  const shown = text.length > widest ? `${text.slice(0, widest).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return withVisibleSigns(shown)
    .replace(/\\/g, '\\\\')
    .replace(/\|/g, '\\|')
    .replace(/\r\n|\n/g, '\\n')
    .replace(/\r/g, '\u240d')
    .replace(/\t/g, '\u2409');
}

/** As a cell that means the same: what cannot be seen stands within double quotes, as JSON has it. */
function withVisibleSigns(cell: string): string {
  if (!hasInvisible(cell)) return cell;
  return /^["{[]/.test(cell) ? visible(cell) : quoted(cell);
}

/** Columns of a terminal that a text takes, roughly: East Asian signs and emoji take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const sign of text) width += wide.test(sign) ? 2 : Number(!/\p{M}/u.test(sign));
  return width;
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u;

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}
