import 'reflect-metadata';
import type { DataSource as DataSourceType } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { BrineError, didYouMean, unknownColumn } from '../errors';
import { CreatedRows } from './created-rows';
import { type DatabaseRow, rowsOf } from './database-row';
import type { Ownership } from './ownership';
import { ScenarioPool } from './scenario-transaction';
import { quoted, quotedTable, type TableName } from './sql-names';

/** How the cells of a column are compared and written. */
export type ColumnKind = 'text' | 'number' | 'boolean' | 'json' | 'timestamp' | 'date' | 'bytes' | 'unknown';

/** A table and its columns, as the catalogue has them. */
export interface TableDescription extends TableName {
  readonly columns: ReadonlyMap<string, ColumnKind>;
}

/** Rows that are read at most; a table of a scenario is small, and a larger one is a mistake worth an error. */
const mostRows = 10_000;

/**
 * The world's own connection to one database, through TypeORM.
 *
 * Between `begin()` and `rollback()` everything that goes through it is one transaction: the methods here, and
 * whatever uses {@link dataSource} (its manager, repositories, query runners and transactions), such as a service
 * in this process. Their transactions are nested ones then, by savepoints. They take turns, have the isolation
 * level of the outer one, and hooks that wait for a COMMIT (deferred constraints, NOTIFY) never get it.
 */
export class DatabaseClient implements AsyncDisposable {
  private readonly described = new Map<string, TableDescription>();

  private constructor(
    /** The name the configuration gives the database. */
    readonly name: string,
    private readonly source: DataSourceType,
    private readonly pool: ScenarioPool,
    /** Only of a foreign database: what is to be taken out of it. */
    private readonly created: CreatedRows | undefined,
  ) {}

  static async connect(name: string, url: string, ownership: Ownership = 'own'): Promise<DatabaseClient> {
    const { DataSource } = await import('typeorm');
    const source = new DataSource({
      type: 'postgres',
      url,
      applicationName: 'brine world',
      synchronize: false,
      logging: false,
      driver: { Pool: ScenarioPool },
      extra: { max: 4 },
    });
    await source.initialize();
    const created = ownership === 'foreign' ? new CreatedRows(name, source) : undefined;
    return new DatabaseClient(name, source, (source.driver as PostgresDriver).master, created);
  }

  /** TypeORM's own object, for steps that want its repositories or query builder. */
  get dataSource(): DataSourceType {
    return this.source;
  }

  /** Everything that follows goes into one transaction, until `rollback()`; harmless when there is one. */
  async begin(): Promise<void> {
    await this.pool.begin();
  }

  get inTransaction(): boolean {
    return this.pool.inTransaction;
  }

  /** Undoes everything since `begin()`; harmless without one. */
  async rollback(): Promise<void> {
    await this.pool.rollback();
  }

  /**
   * Runs SQL, inside the scenario's transaction when there is one. There, a failing statement undoes only itself.
   * What it leaves in its session is taken back by {@link restoreSessions}.
   * @throws what PostgreSQL says
   */
  async query(sql: string, parameters: readonly unknown[] = []): Promise<DatabaseRow[]> {
    return this.pool.runLeaving(sql, () => this.ask(sql, parameters));
  }

  /** As {@link query}, for SQL that is known to leave nothing in its session. */
  async ask(sql: string, parameters: readonly unknown[] = []): Promise<DatabaseRow[]> {
    return rowsOf(await this.source.query(sql, [...parameters]));
  }

  /**
   * Takes back what SQL has left in the sessions of the connections: settings, locks, temporary tables, transactions.
   * Does nothing when no SQL of a step has run since.
   * @returns the SQL that left a transaction open, for each that was; it has been rolled back
   */
  async restoreSessions(): Promise<string[]> {
    return this.inTransaction ? [] : this.pool.restoreSessions();
  }

  /**
   * Runs the statements in one transaction: all of them or, when one fails, none. It is a nested one inside the
   * scenario's transaction when there is one.
   * @throws what PostgreSQL says
   */
  async inOneTransaction(sql: string): Promise<void> {
    await this.pool.runLeaving(sql, () => this.source.transaction((manager) => manager.query(sql)));
  }

  /** All rows of a table. */
  async rows(name: string): Promise<DatabaseRow[]> {
    const table = quotedTable(await this.describe(name));
    const rows = await this.ask(`SELECT * FROM ${table} LIMIT ${mostRows + 1}`);
    if (rows.length <= mostRows) return rows;
    throw new BrineError('BRINE_STEP_002', {
      place: `table "${name}" of database "${this.name}"`,
      reason: `it has more than ${mostRows} rows, too many to compare one by one`,
      advice: 'ask for what matters by a query step',
    });
  }

  /**
   * Inserts rows; text is converted by PostgreSQL to each column's type, null is NULL. In a foreign database they are
   * remembered for {@link removeCreated}, but not those of a transaction that will be rolled back.
   */
  async insert(
    name: string,
    columns: readonly string[],
    rows: readonly (readonly (string | null)[])[],
  ): Promise<void> {
    const description = await this.describe(name);
    this.assertColumns(description, columns);
    if (rows.length === 0) return;
    const width = columns.length;
    const values = rows.map(
      (_, row) => `(${columns.map((__, column) => `$${row * width + column + 1}`).join(', ')})`,
    );
    const sql = `INSERT INTO ${quotedTable(description)} (${columns.map(quoted).join(', ')}) VALUES ${values.join(', ')}`;
    if (this.created === undefined || this.inTransaction) await this.ask(sql, rows.flat());
    else await this.created.insert(description, sql, rows.flat(), rows.length);
  }

  /**
   * Deletes the rows that were inserted here into a foreign database, the last one first; those of its own are reset
   * by other means.
   * @returns what could not be deleted and why, for the report
   */
  async removeCreated(): Promise<string[]> {
    return (await this.created?.remove()) ?? [];
  }

  /** @throws BrineError BRINE_STEP_002 when the database is foreign, unless a rollback will bring the rows back */
  async deleteAll(name: string): Promise<void> {
    const table = quotedTable(await this.describe(name));
    if (this.created !== undefined && !this.inTransaction) throw this.notOurs(name);
    await this.ask(`DELETE FROM ${table}`);
  }

  private notOurs(table: string): BrineError {
    return new BrineError('BRINE_STEP_002', {
      place: `table "${table}" of database "${this.name}"`,
      reason:
        "it is not emptied: the database is not one of Brine's own, and nothing allows to lose its rows",
      advice: `delete the rows that you mean by an SQL step, or set databases.${this.name}.mayReset to true if everything in it may be lost`,
    });
  }

  /**
   * A table by the name features use: `orders`, or `sales.orders`.
   * @throws BrineError BRINE_STEP_001 with the nearest table
   */
  async describe(name: string): Promise<TableDescription> {
    const known = this.described.get(name);
    if (known !== undefined) return known;
    const columns = await this.ask(columnsOfTable, [name]);
    const [first] = columns;
    if (first === undefined) throw await this.unknownTable(name);
    const description = {
      schema: String(first.schema),
      table: String(first.table),
      columns: new Map(columns.map((row) => [String(row.column), kindOf(String(row.type))])),
    };
    this.described.set(name, description);
    return description;
  }

  private async unknownTable(name: string): Promise<BrineError> {
    const tables = (await this.ask(allTables)).map((row) => String(row.name));
    return new BrineError('BRINE_STEP_001', {
      kind: `table of database "${this.name}"`,
      name,
      suggestion: didYouMean(name, tables),
      known: tables.join(', '),
    });
  }

  private assertColumns(description: TableDescription, columns: readonly string[]): void {
    for (const column of columns) {
      if (description.columns.has(column)) continue;
      throw unknownColumn(`table "${description.table}"`, column, description.columns.keys());
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rollback();
    if (this.source.isInitialized) await this.source.destroy();
  }
}

const userSchemas = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'brine') AND n.nspname !~ '^pg_'`;

/** Tables are found in any schema; one on the search path goes first. */
const columnsOfTable = `
  WITH candidate AS (
    SELECT c.oid, n.nspname, c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${userSchemas}
      AND (c.relname = $1 OR n.nspname || '.' || c.relname = $1)
    ORDER BY pg_table_is_visible(c.oid) DESC, n.nspname LIMIT 1)
  SELECT candidate.nspname AS schema, candidate.relname AS "table", a.attname AS "column",
         format_type(a.atttypid, NULL) AS type
  FROM candidate JOIN pg_attribute a ON a.attrelid = candidate.oid
  WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

const allTables = `
  SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm') AND ${userSchemas} ORDER BY 1`;

const kinds: Readonly<Record<string, ColumnKind>> = {
  smallint: 'number',
  integer: 'number',
  bigint: 'number',
  numeric: 'number',
  real: 'number',
  'double precision': 'number',
  boolean: 'boolean',
  json: 'json',
  jsonb: 'json',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamp',
  date: 'date',
  bytea: 'bytes',
  text: 'text',
  'character varying': 'text',
  character: 'text',
  uuid: 'text',
};

function kindOf(type: string): ColumnKind {
  return kinds[type] ?? 'unknown';
}
