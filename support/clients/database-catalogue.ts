import { BrineError, didYouMean } from '../errors';
import type { ColumnKind } from '../matching';
import type { DatabaseRow } from './database-row';
import { type ValueType, valueType } from './database-values';
import { quotedTable, type TableName } from './sql-names';

export type { ColumnKind };

/** The type of a value, with its name but without modifiers; of a domain, that of its base. */
export interface NamedType extends ValueType {
  readonly name: string;
}

/** A column, as the catalogue has it. */
export interface ColumnDescription {
  readonly type: NamedType;
  /** As in its definition: `numeric(6,3)`, or the name of a domain. */
  readonly declared: string;
}

/** A table (or view) and its columns, as the catalogue has them. */
export interface TableDescription extends TableName {
  readonly columns: ReadonlyMap<string, ColumnKind>;
  readonly details: ReadonlyMap<string, ColumnDescription>;
}

type Ask = (sql: string, parameters?: readonly unknown[]) => Promise<DatabaseRow[]>;

/** What the catalogue of a database says; each thing is asked for once, until {@link forget}. */
export class DatabaseCatalogue {
  private readonly described = new Map<string, TableDescription>();
  private readonly types = new Map<number, NamedType>();

  constructor(
    private readonly database: string,
    private readonly ask: Ask,
  ) {}

  /** Tables may be others now. */
  forget(): void {
    this.described.clear();
    this.types.clear();
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
    const types = await this.typesOf(columns.map(({ type }) => Number(type)));
    const details = new Map(
      columns.map((row) => [
        String(row.column),
        { type: types.get(Number(row.type)) ?? unknownType, declared: String(row.declared) },
      ]),
    );
    const description = {
      schema: String(first.schema),
      table: String(first.table),
      columns: new Map([...details].map(([column, { type }]) => [column, type.kind])),
      details,
    };
    this.described.set(name, description);
    return description;
  }

  /** Types by their OIDs. */
  async typesOf(oids: readonly number[]): Promise<ReadonlyMap<number, NamedType>> {
    const unknown = [...new Set(oids)].filter((oid) => !this.types.has(oid));
    if (unknown.length > 0) {
      for (const { id, name, is_enum } of await this.ask(baseTypes, [unknown])) {
        const type = { ...valueType(String(name), is_enum === true), name: String(name) };
        this.types.set(Number(id), type);
      }
    }
    return this.types;
  }

  /** The column that is the primary key, where it is one alone. */
  async primaryKey(table: TableName): Promise<string | undefined> {
    const columns = await this.ask(keyColumns, [quotedTable(table)]);
    return columns.length === 1 ? String(columns[0]?.column) : undefined;
  }

  /** Tables of the same name in other schemas, as features name them. */
  async namesakes({ schema, table }: TableName): Promise<string[]> {
    const found = await this.ask(`${relations} AND c.relname = $1 AND n.nspname <> $2`, [table, schema]);
    return found.map(({ schema: other, table: same }) => `${other}.${same}`);
  }

  private async unknownTable(name: string): Promise<BrineError> {
    const tables = (await this.ask(allTables)).map((row) => String(row.name));
    return new BrineError('BRINE_STEP_001', {
      kind: `table in database "${this.database}":`,
      name,
      suggestion: didYouMean(name, tables),
      known: tables.join(', '),
    });
  }
}

const unknownType: NamedType = { name: 'unknown', kind: 'unknown', manyTexts: false };

const userSchemas = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'brine') AND n.nspname !~ '^pg_(?!temp_)'`;

const relations = `
  SELECT n.nspname AS schema, c.relname AS "table"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${userSchemas}`;

/** Tables are found in any schema; one on the search path goes first. */
const columnsOfTable = `
  WITH candidate AS (
    SELECT c.oid, n.nspname, c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${userSchemas}
      AND (c.relname = $1::text OR n.nspname || '.' || c.relname = $1::text)
    ORDER BY pg_table_is_visible(c.oid) DESC, n.nspname LIMIT 1)
  SELECT candidate.nspname AS schema, candidate.relname AS "table", a.attname AS "column",
         a.atttypid::int8 AS type, format_type(a.atttypid, a.atttypmod) AS declared
  FROM candidate JOIN pg_attribute a ON a.attrelid = candidate.oid
  WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

const keyColumns = `
  SELECT a.attname AS "column"
  FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey::int2[])
  WHERE i.indrelid = $1::regclass AND i.indisprimary`;

const allTables = `
  SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm') AND ${userSchemas} ORDER BY 1`;

/** A domain is of the type that it restricts. */
const baseTypes = `
  WITH RECURSIVE base AS (
    SELECT oid AS id, oid AS type FROM pg_type WHERE oid = ANY($1::int8[]::oid[])
    UNION ALL
    SELECT base.id, t.typbasetype FROM base JOIN pg_type t ON t.oid = base.type WHERE t.typtype = 'd')
  SELECT base.id::int8, format_type(t.oid, NULL) AS name, t.typtype = 'e' OR e.typtype = 'e' AS is_enum
  FROM base JOIN pg_type t ON t.oid = base.type
  LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
  WHERE t.typtype <> 'd'`;
