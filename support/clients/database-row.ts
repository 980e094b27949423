/** A row as PostgreSQL's client gives it. */
export type DatabaseRow = Readonly<Record<string, unknown>>;

/** TypeORM gives rows for SELECT, [rows, count] for UPDATE and DELETE, and nothing at all for other commands. */
export function rowsOf(result: unknown): DatabaseRow[] {
  if (!Array.isArray(result)) return [];
  const [first] = result;
  return Array.isArray(first) ? first : result;
}
