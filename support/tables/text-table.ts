/** A table in the language of cells (`null`, `#uuid`, `"..."`), wherever it was written. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table that is read while it is used, some rows at a time. */
export interface TextPortions {
  readonly columns: readonly string[];
  readonly portions: AsyncIterable<readonly (readonly string[])[]> | Iterable<readonly (readonly string[])[]>;
}

/** What a table of rows can be written in, beside a table of Gherkin. */
export type TableFormat = 'CSV' | 'JSON' | 'YAML';

/** A table that reads down: the first cell of each line names a column, the others are its values. */
export function turned(lines: readonly (readonly string[])[]): TextTable {
  const width = lines[0]?.length ?? 0;
  return {
    columns: lines.map(([name = '']) => name),
    rows: Array.from({ length: Math.max(0, width - 1) }, (_, at) => lines.map((line) => line[at + 1] ?? '')),
  };
}
