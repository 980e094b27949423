import type { DatabaseClient, DatabaseRow } from '../support/clients';
import { literalCell, matchRows, renderRowsResult, stringifyJson } from '../support/matching';
import { fail, indented } from './expectations';
import { renderRows } from './row-text';

/** What a table held at some time: its rows or, where they are many, a fingerprint. */
export type TableSnapshot =
  | { readonly rows: readonly DatabaseRow[] }
  | { readonly count: number; readonly fingerprint: string };

/** Rows that are kept; of more than these, a fingerprint. */
const most = 1_000;

export async function snapshotOf(client: DatabaseClient, table: string): Promise<TableSnapshot> {
  const rows = await client.rowsUpTo(table, most);
  return rows === undefined ? client.fingerprint(table) : { rows };
}

/** Fails with the rows that are new, gone, or changed since. */
export async function expectUnchanged(
  client: DatabaseClient,
  table: string,
  before: TableSnapshot,
): Promise<void> {
  const now = await snapshotOf(client, table);
  if ('rows' in before && 'rows' in now) return compare(table, before.rows, now.rows);
  const [then, today] = [before, now].map((snapshot) =>
    'rows' in snapshot ? snapshot.rows.length : snapshot.count,
  );
  if (then !== today) fail(`table "${table}" has changed: it had ${then} rows, and has ${today}`);
  if ('fingerprint' in before && 'fingerprint' in now && before.fingerprint === now.fingerprint) return;
  fail(`table "${table}" has changed: it still has ${today} rows, but not the same (too many to show which)`);
}

function compare(table: string, before: readonly DatabaseRow[], now: readonly DatabaseRow[]): void {
  const fresh = without(now, before);
  const gone = without(before, now);
  if (fresh.length + gone.length === 0) return;
  fail(`table "${table}" has changed:\n${indented(differences(gone, fresh))}`);
}

/** The rows of one that the other has not, each as often as it is missing there. */
function without(rows: readonly DatabaseRow[], others: readonly DatabaseRow[]): DatabaseRow[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(stringifyJson(other), (left.get(stringifyJson(other)) ?? 0) + 1);
  return rows.filter((row) => {
    const key = stringifyJson(row);
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
}

function differences(gone: readonly DatabaseRow[], fresh: readonly DatabaseRow[]): string {
  if (gone.length === 0) return `new:\n${indented(renderRows(fresh))}`;
  if (fresh.length === 0) return `gone:\n${indented(renderRows(gone))}`;
  return changes(gone, fresh) ?? `was:\n${indented(renderRows(gone))}\nis:\n${indented(renderRows(fresh))}`;
}

/** As expected rows that are missing, each with the closest there is. */
function changes(gone: readonly DatabaseRow[], fresh: readonly DatabaseRow[]): string | undefined {
  const columns = Object.keys(gone[0] ?? {});
  const rows = gone.map((row) => columns.map((column) => literalCell(row[column])));
  const result = matchRows({ columns, rows }, fresh, { mode: 'only', captured: new Map() });
  return result.ok ? undefined : renderRowsResult(result);
}
