import type { DataSource, EntityManager } from 'typeorm';
import { messageOf } from '../errors';
import { type DatabaseRow, rowsOf } from './database-row';
import { quoted, quotedTable, type TableName } from './sql-names';

/** What the removal of one row waits at most, for locks of others too. */
const removalLimitMs = 5_000;
/** Keys that a note names at most. */
const mostKeys = 5;

/** A table as the removal of its rows must know it. */
interface TableKeys {
  /** Columns of its primary key; none where there is no such key, or where it may not be read. */
  readonly key: readonly string[];
  readonly references: readonly Reference[];
}

/** A foreign key by which rows of another table (or of the same) refer to rows of this one. */
interface Reference {
  readonly child: TableName;
  readonly sameTable: boolean;
  /** Each column of the child, and the one that it refers to. */
  readonly columns: ReadonlyArray<readonly [child: string, parent: string]>;
}

interface CreatedRow {
  readonly table: TableName;
  readonly keys: TableKeys;
  /** The values of the primary key, as text; none when the row cannot be found again. */
  readonly values: readonly string[];
}

/** What is left in the database, and why. */
interface LeftRow {
  readonly table: TableName;
  /** `id = 7`; '' when the row cannot be told from others. */
  readonly key: string;
  readonly reason: string;
}

/**
 * The rows that the world has inserted into a database that is not Brine's to reset, by primary key, so that they
 * can be taken out again one by one. What anybody else writes there is neither seen nor touched.
 */
export class CreatedRows {
  private readonly rows: CreatedRow[] = [];
  private readonly known = new Map<string, TableKeys>();

  constructor(
    private readonly database: string,
    private readonly source: DataSource,
  ) {}

  /**
   * Runs an INSERT, and remembers its rows.
   * @throws what PostgreSQL says; then nothing was inserted
   */
  async insert(table: TableName, sql: string, parameters: readonly unknown[], count: number): Promise<void> {
    const keys = await this.keysOf(table);
    const returning = keys.key.map((column) => `${quoted(column)}::text`).join(', ');
    const result = await this.source.query(returning === '' ? sql : `${sql} RETURNING ${returning}`, [
      ...parameters,
    ]);
    // a row that a trigger or a rule has put elsewhere is not among those returned
    const inserted = returning === '' ? [] : rowsOf(result);
    for (let index = 0; index < count; index++) {
      const row = inserted[index];
      const values = row === undefined ? [] : keys.key.map((column) => String(row[column]));
      this.rows.push({ table, keys, values });
    }
  }

  /** The primary key of the row that was inserted last, as text by column; undefined when it has none. */
  lastKey(): ReadonlyMap<string, string> | undefined {
    const last = this.rows.at(-1);
    if (last === undefined || last.values.length === 0) return undefined;
    return new Map(last.keys.key.map((column, at) => [column, last.values[at] ?? '']));
  }

  /**
   * Deletes the rows, the last one first, and forgets them all. A row that rows of others refer to stays, also where
   * its deletion would delete or change those; so does one that the server does not let go.
   * @returns what is left there and why, for the report
   */
  async remove(): Promise<string[]> {
    const left: LeftRow[] = [];
    for (const row of this.rows.splice(0).reverse()) {
      const reason = await this.removeOne(row);
      if (reason !== undefined) left.push({ table: row.table, key: keyText(row), reason });
    }
    return this.notes(left);
  }

  private async removeOne(row: CreatedRow): Promise<string | undefined> {
    if (row.values.length === 0) return 'no primary key could be read back';
    try {
      return await this.source.transaction((manager) => deleteUnlessReferredTo(manager, row));
    } catch (error) {
      return messageOf(error);
    }
  }

  private notes(left: readonly LeftRow[]): string[] {
    const alike = new Map<string, LeftRow[]>();
    for (const row of left) {
      const kind = `${quotedTable(row.table)} ${row.reason}`;
      alike.set(kind, [...(alike.get(kind) ?? []), row]);
    }
    return [...alike.values()].map((rows) => this.note(rows));
  }

  private note(rows: readonly LeftRow[]): string {
    const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
    const place = `table "${rows[0]?.table.table}" of database "${this.database}"`;
    return `${count} that a scenario inserted into ${place} could not be deleted${named(rows)}: ${rows[0]?.reason}`;
  }

  private async keysOf(table: TableName): Promise<TableKeys> {
    const name = quotedTable(table);
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const columns = rowsOf(await this.source.query(keyColumns, [name]));
    const references = rowsOf(await this.source.query(referencesTo, [name]));
    const keys = { key: columns.map((row) => String(row.column)), references: references.map(asReference) };
    this.known.set(name, keys);
    return keys;
  }
}

/**
 * The row is locked first: then nobody can come to refer to it between the look and the deletion.
 * @returns why it is left; undefined when it is gone
 */
async function deleteUnlessReferredTo(manager: EntityManager, row: CreatedRow): Promise<string | undefined> {
  const { table, keys, values } = row;
  const target = `${quotedTable(table)} AS r`;
  const where = keys.key.map((column, index) => `r.${quoted(column)} = $${index + 1}`).join(' AND ');
  const run = async (sql: string) => rowsOf(await manager.query(sql, [...values]));
  await manager.query(`SET LOCAL statement_timeout = ${removalLimitMs}`);
  const [there] = await run(`SELECT 1 FROM ${target} WHERE ${where} FOR UPDATE`);
  if (there === undefined) return undefined; // somebody has deleted it
  const [referring] = await run(
    `SELECT ${childrenOf(keys.references)} AS tables FROM ${target} WHERE ${where}`,
  );
  if (referring?.tables) return `rows of ${referring.tables} refer to it`;
  await run(`DELETE FROM ${target} WHERE ${where}`);
  const [still] = await run(`SELECT 1 FROM ${target} WHERE ${where}`);
  return still === undefined ? undefined : 'a trigger or a rule keeps it';
}

/** SQL for the names of the tables that have rows that refer to row `r`; NULL or '' when none has. */
function childrenOf(references: readonly Reference[]): string {
  if (references.length === 0) return 'NULL';
  const names = references.map((reference) => {
    const name = `"${reference.child.table}"`.replaceAll("'", "''");
    return `CASE WHEN EXISTS (${childRows(reference)}) THEN '${name}' END`;
  });
  return `concat_ws(', ', ${names.join(', ')})`;
}

function childRows({ child, sameTable, columns }: Reference): string {
  const equal = columns.map(([own, parent]) => `c.${quoted(own)} = r.${quoted(parent)}`);
  const other = sameTable ? ['(c.tableoid, c.ctid) <> (r.tableoid, r.ctid)'] : []; // a row may refer to itself
  return `SELECT 1 FROM ${quotedTable(child)} AS c WHERE ${[...equal, ...other].join(' AND ')}`;
}

function asReference({ schema, table, same_table, columns }: DatabaseRow): Reference {
  return {
    child: { schema: String(schema), table: String(table) },
    sameTable: same_table === true,
    columns: columns as Reference['columns'],
  };
}

function keyText({ keys, values }: CreatedRow): string {
  if (values.length === 0) return '';
  return keys.key.map((column, index) => `${column} = ${values[index]}`).join(', ');
}

function named(rows: readonly LeftRow[]): string {
  const keys = rows.flatMap(({ key }) => (key === '' ? [] : [key])).reverse();
  if (keys.length === 0) return '';
  const more = keys.length > mostKeys ? '; ...' : '';
  return ` (${keys.slice(0, mostKeys).join('; ')}${more})`;
}

const keyColumns = `
  SELECT a.attname AS "column"
  FROM pg_index i
  JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place) ON k.place <= i.indnkeyatts
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
  WHERE i.indrelid = $1::regclass AND i.indisprimary AND has_table_privilege(i.indrelid, 'SELECT')
  ORDER BY k.place`;

/** Without the copies that the server keeps for the partitions of a child that has the same key itself. */
const referencesTo = `
  SELECT n.nspname AS schema, c.relname AS "table", f.conrelid = f.confrelid AS same_table,
         (SELECT json_agg(json_build_array(child.attname, parent.attname))
          FROM unnest(f.conkey, f.confkey) AS k(child, parent)
          JOIN pg_attribute child ON child.attrelid = f.conrelid AND child.attnum = k.child
          JOIN pg_attribute parent ON parent.attrelid = f.confrelid AND parent.attnum = k.parent) AS columns
  FROM pg_constraint f
  JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_constraint whole ON whole.oid = f.conparentid
  WHERE f.contype = 'f' AND f.confrelid = $1::regclass AND whole.confrelid IS DISTINCT FROM f.confrelid
  ORDER BY 1, 2`;
