/** A table of a schema; the names as the catalogue has them. */
export interface TableName {
  readonly schema: string;
  readonly table: string;
}

/** An identifier in double quotes, whatever it holds. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

export function quotedTable({ schema, table }: TableName): string {
  return `${quoted(schema)}.${quoted(table)}`;
}
