import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const region = /(<!-- generated[^>]*-->\n)[\s\S]*?(<!-- end of the generated part -->)/;

/** A page of this folder with its generated part replaced; the rest is written by hand. */
export function pageWith(name: string, generated: string): string {
  const page = readPage(name);
  if (!region.test(page)) throw new Error(`docs/${name} has no generated part`);
  return page.replace(region, (_, begin: string, end: string) => `${begin}\n${generated}\n${end}`);
}

export function pathOfPage(name: string): string {
  return join(__dirname, '..', name);
}

export function readPage(name: string): string {
  return readFileSync(pathOfPage(name), 'utf8');
}

/** A Markdown table with its columns aligned, as the formatter wants it. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  return [line(head), line([], '-'), ...rows.map((row) => line(row))].join('\n');
}

export function code(text: string): string {
  return `\`${text}\``;
}
