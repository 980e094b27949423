import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { deadAfterMs, hasEnded, type Owner, thisOwner } from '../leftovers/owner';

/** Whose database it is, as JSON in the database's comment: what has none was not made by Brine. */
export type OwnerMark =
  | { readonly brine: 'template'; readonly database: string; readonly usedAt: string }
  | ({
      readonly brine: 'run';
      readonly run: string;
      /** When the run last said so. */
      readonly aliveAt: string;
    } & Owner);

/** A database on the server whose name has the prefix. */
export interface MarkedDatabase {
  readonly name: string;
  readonly mark: OwnerMark | undefined;
  readonly connections: number;
}

/** The mark of what this process makes for a run. */
export function runMark(run: string): OwnerMark {
  return { brine: 'run', run, ...thisOwner(), aliveAt: new Date().toISOString() };
}

/**
 * True only when it is certain: made by a process of this host that has ended, or by one of another host that has given no
 * sign of life for an hour.
 */
export function isLeftover(mark: OwnerMark | undefined): boolean {
  if (mark?.brine !== 'run') return false;
  return hasEnded(mark) ?? Date.now() - Date.parse(mark.aliveAt) > deadAfterMs;
}

/** Writes the mark into the database's comment. */
export async function writeMark(admin: Client, database: string, mark: OwnerMark): Promise<void> {
  await admin.query(
    `COMMENT ON DATABASE ${escapeIdentifier(database)} IS ${escapeLiteral(JSON.stringify(mark))}`,
  );
}

/** The databases whose names begin with the prefix. */
export async function markedDatabases(admin: Client, prefix: string): Promise<MarkedDatabase[]> {
  const { rows } = await admin.query<{ name: string; comment: string | null; connections: number }>(
    `SELECT d.datname AS name, shobj_description(d.oid, 'pg_database') AS comment,
       (SELECT count(*)::int FROM pg_stat_activity a WHERE a.datid = d.oid) AS connections
     FROM pg_database d WHERE starts_with(d.datname, $1) ORDER BY d.datname`,
    [prefix],
  );
  return rows.map(({ name, comment, connections }) => ({ name, connections, mark: readMark(comment) }));
}

function readMark(comment: string | null): OwnerMark | undefined {
  try {
    const mark: unknown = JSON.parse(comment ?? 'null');
    return typeof mark === 'object' && mark !== null && 'brine' in mark ? (mark as OwnerMark) : undefined;
  } catch {
    return undefined;
  }
}
