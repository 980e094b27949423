import 'reflect-metadata';
import type { PoolClient } from 'pg';
import type { DataSource as DataSourceType } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { BrineError, unknownColumn } from '../errors';
import { stringifyJson } from '../matching';
import type { Watch } from '../time';
import { CreatedRows } from './created-rows';
import { DatabaseCatalogue, type NamedType, type TableDescription } from './database-catalogue';
import { batchSize, type InsertRows, Inserts, type Portions, type WrittenCell } from './database-inserts';
import { firstMisfit, type Misfit, type TypedText } from './database-misfits';
import { type DatabaseRow, rowsOf } from './database-row';
import type { Statement } from './database-search';
import { type ReadRows, readResult, withoutPadding } from './database-values';
import type { Ownership } from './ownership';
import { ScenarioPool } from './scenario-transaction';
import { ServiceConnection } from './service-connection';
import { quoted, quotedTable } from './sql-names';

/** The column by which rows are sorted. */
export interface RowOrder {
  readonly column: string;
  readonly descending: boolean;
}

/** Rows that are read at once; where there are more, they are looked at in turn, or in SQL. */
const mostRows = 10_000;
/** Rows that a cursor gives at a time. */
const fetched = 1_000;

/**
 * The world's own connection to one database, through TypeORM.
 *
 * Between `begin()` and `rollback()` everything that goes through it is one transaction: the methods here, and
 * whatever uses {@link dataSource} (its manager, repositories, query runners and transactions), such as a service
 * in this process. Their transactions are nested ones then, by savepoints. They take turns, have the isolation
 * level of the outer one. Deferred constraints are checked at the end of each; NOTIFY never gets its COMMIT.
 */
export class DatabaseClient implements AsyncDisposable {
  private readonly catalogue: DatabaseCatalogue;
  private readonly canonicals = new Map<string, string>();
  /** Texts that are known to be values of their types. */
  private readonly fitting = new Set<string>();
  /** The server's search for a change, while it lasts. */
  private lookout: Promise<void> | undefined;

  private constructor(
    /** The name the configuration gives the database. */
    readonly name: string,
    private readonly url: string,
    private readonly source: DataSourceType,
    private readonly pool: ScenarioPool,
    /** Only of a foreign database: what is to be taken out of it. */
    private readonly created: CreatedRows | undefined,
  ) {
    this.catalogue = new DatabaseCatalogue(name, (sql, parameters) => this.ask(sql, parameters));
  }

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
    return new DatabaseClient(name, url, source, (source.driver as PostgresDriver).master, created);
  }

  /** TypeORM's own object, for steps that want its repositories or query builder. */
  get dataSource(): DataSourceType {
    return this.source;
  }

  /**
   * Connections for a service that runs in this process.
   * @param service the name by which the server knows them
   */
  serviceConnection(service: string): ServiceConnection {
    return new ServiceConnection(this.url, service, this.pool);
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
    this.definitionsMayChange(sql);
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
    this.definitionsMayChange(sql);
    await this.pool.runLeaving(sql, () => this.source.transaction((manager) => manager.query(sql)));
  }

  private definitionsMayChange(sql: string): void {
    if (!/\b(create|alter|drop|rename)\b/i.test(sql)) return;
    this.catalogue.forget();
    this.fitting.clear();
  }

  /**
   * Runs SQL of a step as {@link query} does, and reads what it gives without loss, with the kind of each column; of
   * several statements, what the last one gives.
   */
  async queryExactly(sql: string): Promise<ReadRows> {
    this.definitionsMayChange(sql);
    return this.pool.runLeaving(sql, () => this.read({ sql, parameters: [] }));
  }

  /** Runs SQL that leaves nothing in its session, and reads its rows without loss. */
  async read({ sql, parameters }: Statement): Promise<ReadRows> {
    return this.withConnection((client) => this.readOn(client, { sql, parameters }));
  }

  private async readOn(client: PoolClient, { sql, parameters }: Statement): Promise<ReadRows> {
    const query = { text: sql, values: [...parameters], rowMode: 'array', types: asSent };
    return readResult(await client.query(query), (oids) => this.catalogue.typesOf(oids));
  }

  private async withConnection<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken = false;
    const breaks = () => {
      broken = true;
    };
    client.on('error', breaks); // the statement that is under way tells
    try {
      return await work(client);
    } finally {
      client.off('error', breaks);
      client.release(broken);
    }
  }

  /**
   * All rows of a table.
   * @param order the column by which they are sorted
   * @throws BrineError BRINE_STEP_002 when there are more than 10,000
   */
  async rows(name: string, order?: RowOrder): Promise<DatabaseRow[]> {
    const rows = await this.firstRows(name, mostRows + 1, order);
    if (rows.length <= mostRows) return rows;
    throw new BrineError('BRINE_STEP_002', {
      place: `table "${name}" of database "${this.name}"`,
      reason: `it has more than ${mostRows.toLocaleString('en-US')} rows, too many to compare one by one`,
      advice: 'say which rows matter (has rows, has 3 rows like), count them, or ask by a query step',
    });
  }

  /** The rows of a table that has no more than so many; undefined of a larger one. */
  async rowsUpTo(name: string, most: number): Promise<DatabaseRow[] | undefined> {
    const rows = await this.firstRows(name, most + 1);
    return rows.length > most ? undefined : rows;
  }

  /** So many rows of a table at most; the first ones where they are sorted by a column. */
  async firstRows(name: string, most: number, order?: RowOrder): Promise<DatabaseRow[]> {
    const table = await this.describe(name);
    if (order !== undefined) this.assertColumns(table, [order.column]);
    const by =
      order === undefined ? '' : ` ORDER BY ${quoted(order.column)}${order.descending ? ' DESC' : ''}`;
    const sql = `SELECT * FROM ${quotedTable(table)}${by} LIMIT ${most}`;
    return [...(await this.read({ sql, parameters: [] })).rows];
  }

  /** The number of rows, counted by the server. */
  async count(name: string): Promise<number> {
    const table = quotedTable(await this.describe(name));
    const [row] = await this.ask(`SELECT count(*)::text AS n FROM ${table}`);
    return Number(row?.n);
  }

  /** SQL for all the rows of a table, for {@link scan}; with these columns only, if given. */
  selectAll(table: TableDescription, columns?: readonly string[]): string {
    return `SELECT ${columns?.map(quoted).join(', ') ?? '*'} FROM ${quotedTable(table)}`;
  }

  /** What tells whether a table has changed, made by the server. */
  async fingerprint(name: string): Promise<{ readonly count: number; readonly fingerprint: string }> {
    const table = quotedTable(await this.describe(name));
    const [row] = await this.ask(
      `SELECT count(*)::text AS n, md5(string_agg(h, '' ORDER BY h)) AS f FROM (SELECT md5(t::text) AS h FROM ${table} AS t) AS h`,
    );
    return { count: Number(row?.n), fingerprint: String(row?.f) };
  }

  /** The sum of a column, exactly, as text; null when there is nothing to sum. */
  async sum(name: string, column: string): Promise<string | null> {
    const description = await this.describe(name);
    this.assertColumns(description, [column]);
    const { declared, type } = description.details.get(column) ?? {};
    if (type?.kind !== 'number') throw this.noNumbers(name, column, declared ?? '');
    const [row] = await this.ask(
      `SELECT sum(${quoted(column)})::text AS sum FROM ${quotedTable(description)}`,
    );
    return row?.sum === null || row === undefined ? null : String(row.sum);
  }

  private noNumbers(table: string, column: string, type: string): BrineError {
    return new BrineError('BRINE_STEP_002', {
      place: `column "${column}" of table "${table}"`,
      reason: `it holds no numbers that could be summed: its type is ${type}`,
      advice: '',
    });
  }

  /**
   * Texts as the server writes the values that they stand for, so that they can be compared with what it gives:
   * `1 day` of an interval, `{a,b}` of an array (which is JSON then). What it cannot read stays as it is.
   */
  async canonical(text: string, { name, elements, manyTexts }: NamedType): Promise<string> {
    if (name === 'character') return withoutPadding(text);
    if (!manyTexts || (elements !== undefined && !/^([{]|\[-?\d+:)/.test(text))) return text;
    const key = `${name} ${text}`;
    const known = this.canonicals.get(key);
    if (known !== undefined) return known;
    const found = await this.read({
      sql: `SELECT $1::${anyLength(name)} AS value`,
      parameters: [text],
    }).catch(() => undefined);
    const value = found?.rows[0]?.value;
    const canonical = value === undefined ? text : typeof value === 'string' ? value : stringifyJson(value);
    this.canonicals.set(key, canonical);
    return canonical;
  }

  /** The first of the texts that the server cannot read as its type; undefined when there is none. */
  async firstMisfit(texts: readonly TypedText[]): Promise<Misfit | undefined> {
    const keys = texts.map(({ value, type }) => `${type} ${value}`);
    if (keys.every((key) => this.fitting.has(key))) return undefined;
    const misfit = await firstMisfit(texts, (sql, parameters) => this.ask(sql, parameters));
    for (const key of keys.slice(0, misfit?.at)) this.fitting.add(key);
    return misfit;
  }

  /**
   * Begins to watch for transactions of others: the tables are the same until one that has written ends, anywhere on the server. The
   * server itself looks for that, every few milliseconds, in its snapshot; so a wait costs neither the network nor this process.
   * https://www.postgresql.org/docs/current/functions-info.html (transaction identifiers and snapshots)
   */
  async watch(): Promise<Watch> {
    const { rows } = await this.withConnection((client) => client.query(snapshotNow));
    const snapshot = String(rows[0]?.snapshot);
    return { changed: (ms) => this.untilOther(snapshot, ms) };
  }

  /** One at a time: an earlier one that has not ended yet has seen no change either, and ends with the same. */
  private untilOther(snapshot: string, ms: number): Promise<void> {
    this.lookout ??= this.withConnection((client) => endsWithOther(client, snapshot, ms)).finally(() => {
      this.lookout = undefined;
    });
    return this.lookout;
  }

  /** Open transactions of others that have written to a table, for the hints of a failure. */
  async writersOf(name: string): Promise<string[]> {
    const writers = await this.ask(openWriters, [quotedTable(await this.describe(name))]);
    return writers.map(({ who, state, seconds }) => `${who || 'a connection'} (${state}, for ${seconds} s)`);
  }

  /** Tables of the same name in other schemas. */
  async namesakes(name: string): Promise<string[]> {
    return this.catalogue.namesakes(await this.describe(name));
  }

  /**
   * The rows that a SELECT gives, some at a time, by a cursor: however many there are, few are in memory. They begin with the first
   * one of the table, not where another scan happens to be.
   */
  async scan(
    statement: Statement,
    see: (rows: readonly DatabaseRow[]) => boolean | Promise<boolean>,
  ): Promise<void> {
    await this.withConnection(async (client) => {
      await client.query('BEGIN; SET LOCAL synchronize_seqscans = off');
      try {
        await client.query(`DECLARE brine_scan NO SCROLL CURSOR FOR ${statement.sql}`, [
          ...statement.parameters,
        ]);
        for (let goOn = true; goOn; ) {
          const { rows } = await this.readOn(client, {
            sql: `FETCH ${fetched} FROM brine_scan`,
            parameters: [],
          });
          goOn = rows.length > 0 && (await see(rows)) && rows.length === fetched;
        }
        await client.query('CLOSE brine_scan');
      } finally {
        await client.query('ROLLBACK');
      }
    });
  }

  /**
   * Inserts rows; text is converted by PostgreSQL to each column's type, null is NULL. All of them are inserted or none.
   * In a foreign database they are remembered for {@link removeCreated}, but not those of a transaction that will be rolled back.
   * @throws BrineError BRINE_STEP_002 naming the row and column of a value that does not fit
   */
  async insert(
    name: string,
    columns: readonly string[],
    rows: readonly (readonly WrittenCell[])[],
  ): Promise<void> {
    const inserts = await this.insertsInto(name, columns);
    if (rows.length > batchSize(columns.length)) return this.insertInTransaction(inserts, [rows]);
    await inserts.run([rows], this.inserter(inserts)); // one statement is all or nothing by itself
  }

  /**
   * Inserts one row, as {@link insert} does.
   * @returns the row as it is then; in a foreign database without a primary key only what was given
   */
  async insertOne(
    name: string,
    columns: readonly string[],
    cells: readonly WrittenCell[],
  ): Promise<DatabaseRow> {
    const inserts = await this.insertsInto(name, columns);
    const { tracked } = this;
    if (tracked !== undefined) {
      await inserts.run([[cells]], this.inserter(inserts));
      const lastKey = tracked.lastKey();
      const given = Object.fromEntries(columns.map((column, at) => [column, cells[at]]));
      return lastKey === undefined ? given : this.rowByKey(inserts.target.table, lastKey);
    }
    let row: DatabaseRow | undefined;
    await inserts.run([[cells]], async ({ sql, parameters }) => {
      [row] = (await this.read({ sql: `${sql} RETURNING *`, parameters })).rows;
    });
    return row ?? {};
  }

  private async rowByKey(table: TableDescription, key: ReadonlyMap<string, string>): Promise<DatabaseRow> {
    const where = [...key.keys()].map((column, at) => {
      const type = table.details.get(column)?.type.name ?? 'text';
      return `${quoted(column)} = $${at + 1}::${type}`;
    });
    const sql = `${this.selectAll(table)} WHERE ${where.join(' AND ')}`;
    const [row] = (await this.read({ sql, parameters: [...key.values()] })).rows;
    return row ?? {};
  }

  /** The column that is the primary key of a table, where it is one alone. */
  async primaryKey(name: string): Promise<string | undefined> {
    return this.catalogue.primaryKey(await this.describe(name));
  }

  /** As {@link insert}, of rows that come in portions, which need never be in memory all together. */
  async insertAll(name: string, columns: readonly string[], portions: Portions): Promise<void> {
    await this.insertInTransaction(await this.insertsInto(name, columns), portions);
  }

  private async insertsInto(name: string, columns: readonly string[]): Promise<Inserts> {
    const table = await this.describe(name);
    this.assertColumns(table, columns);
    return new Inserts({ name, table, columns }, (sql, parameters) => this.ask(sql, parameters));
  }

  private async insertInTransaction(inserts: Inserts, portions: Portions): Promise<void> {
    if (this.tracked !== undefined) return inserts.run(portions, this.inserter(inserts));
    await inserts.explaining(() =>
      this.source.transaction((manager) =>
        inserts.runAsIs(portions, async ({ sql, parameters }) => manager.query(sql, [...parameters])),
      ),
    );
  }

  private inserter({ target }: Inserts): InsertRows {
    const { tracked } = this;
    return tracked === undefined
      ? ({ sql, parameters }) => this.ask(sql, parameters)
      : ({ sql, parameters }, count) => tracked.insert(target.table, sql, parameters, count);
  }

  /** Where rows are to be remembered, unless a rollback will take them away. */
  private get tracked(): CreatedRows | undefined {
    return this.inTransaction ? undefined : this.created;
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

  /**
   * Deletes the rows that a SELECT of the table gives and that are accepted.
   * @returns how many those were
   * @throws BrineError BRINE_STEP_002 when the database is foreign, unless a rollback will bring the rows back
   */
  async deleteWhere(
    name: string,
    statement: Statement,
    accepts: (row: DatabaseRow) => boolean,
  ): Promise<number> {
    const table = quotedTable(await this.describe(name));
    if (this.tracked !== undefined) throw this.notOurs(name);
    const doomed: string[] = [];
    const withPlace = statement.sql.replace('SELECT *', `SELECT *, ctid::text AS "${place}"`);
    await this.scan({ ...statement, sql: withPlace }, (rows) => {
      for (const row of rows) if (accepts(row)) doomed.push(String(row[place]));
      return true;
    });
    await this.ask(`DELETE FROM ${table} WHERE ctid = ANY($1::text[]::tid[])`, [doomed]);
    return doomed.length;
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
    return this.catalogue.describe(name);
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

/** A type without its length: `bit` alone would be one bit, `character` one sign. */
function anyLength(name: string): string {
  return name.replace(/^bit(?=$|\[)/, 'bit varying').replace(/^character(?=$|\[)/, 'bpchar');
}

const snapshotNow = 'SELECT txid_current_snapshot()::text AS snapshot';

/** The session's isolation level may be another, in which a transaction keeps its first snapshot. */
async function endsWithOther(client: PoolClient, snapshot: string, ms: number): Promise<void> {
  try {
    await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; DO $$
      DECLARE deadline timestamptz := clock_timestamp() + interval '${Math.ceil(ms)} ms';
      BEGIN
        WHILE txid_current_snapshot()::text = '${snapshot}' AND clock_timestamp() < deadline LOOP
          PERFORM pg_sleep(0.004);
        END LOOP;
      END $$; COMMIT`);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {}); // a lost connection needs none
    throw error;
  }
}

const openWriters = `
  SELECT a.application_name AS who, a.state, extract(epoch FROM now() - a.xact_start)::int AS seconds
  FROM pg_locks l JOIN pg_stat_activity a USING (pid)
  WHERE l.relation = $1::regclass AND l.mode = 'RowExclusiveLock' AND a.backend_type = 'client backend'
    AND l.pid <> pg_backend_pid() AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** The column in which the place of a row is asked for. */
const place = 'brine: place of the row';

/** Every value as the text in which the server sends it. */
const asSent = { getTypeParser: () => (value: string) => value };
