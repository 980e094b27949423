import { type Cell, numberKey } from '../matching';
import type { ColumnDescription, TableDescription } from './database-catalogue';
import { quoted, quotedTable } from './sql-names';

/** An expected row: cells by column; columns that are paths into values say nothing here. */
export type ExpectedCells = ReadonlyMap<string, Cell>;

/** SQL with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly string[];
}

/**
 * The rows that can match any of the expected ones: all that do, and perhaps others. What SQL does not compare as
 * cells do (markers, JSON, moments) is left to whoever reads the rows.
 */
export function candidates(table: TableDescription, expected: readonly ExpectedCells[]): Statement {
  const parameters = new Parameters();
  const rows = expected.map((cells) => conditionsOf(table, cells, parameters));
  const where = rows.some((conditions) => conditions.length === 0)
    ? ''
    : ` WHERE ${rows.map((conditions) => `(${conditions.join(' AND ')})`).join(' OR ')}`;
  // unused parameters would be of no known type
  return {
    sql: `SELECT * FROM ${quotedTable(table)}${where}`,
    parameters: where === '' ? [] : parameters.all,
  };
}

/** The rows that agree with an expected one in most columns, the best first; undefined when SQL can compare none. */
export function nearestRows(
  table: TableDescription,
  cells: ExpectedCells,
  most: number,
): Statement | undefined {
  const parameters = new Parameters();
  const conditions = conditionsOf(table, cells, parameters);
  if (conditions.length === 0) return undefined;
  const score = conditions.map((condition) => `(${condition} IS TRUE)::int`).join(' + ');
  const any = conditions.map((condition) => `(${condition})`).join(' OR ');
  const sql = `SELECT * FROM ${quotedTable(table)} WHERE ${any} ORDER BY ${score} DESC LIMIT ${most}`;
  return { sql, parameters: parameters.all };
}

class Parameters {
  readonly all: string[] = [];

  add(value: string): string {
    this.all.push(value);
    return `$${this.all.length}`;
  }
}

function conditionsOf(table: TableDescription, cells: ExpectedCells, parameters: Parameters): string[] {
  return [...cells].flatMap(([column, cell]) => {
    const described = table.details.get(column);
    const condition = described && conditionOf(quoted(column), described, cell, parameters);
    return condition === undefined ? [] : [condition];
  });
}

function conditionOf(
  column: string,
  { type }: ColumnDescription,
  cell: Cell,
  parameters: Parameters,
): string | undefined {
  if (cell.kind === 'null') return `${column} IS NULL`;
  if (cell.kind === 'marker') return undefined;
  switch (type.kind) {
    case 'number':
      return numberCondition(column, type.name, cell.text, parameters);
    case 'text':
      return textCondition(column, type.name, cell.text, parameters);
    case 'boolean':
      return /^(true|false)$/i.test(cell.text) ? `${column} = ${cell.text.toLowerCase()}` : undefined;
    default:
      return undefined;
  }
}

/** Floating numbers are shown shorter than they are, and are not compared here. */
function numberCondition(
  column: string,
  type: string,
  text: string,
  parameters: Parameters,
): string | undefined {
  if (type === 'real' || type === 'double precision' || type === 'oid') return undefined;
  if (numberKey(text) === undefined) return undefined;
  const cast = /^-?\d{1,18}$/.test(text) ? 'bigint' : 'numeric';
  return `${column} = ${parameters.add(text)}::${cast}`;
}

/** So written that an index helps: without a cast of the column where the type has but one text for a value. */
function textCondition(
  column: string,
  type: string,
  text: string,
  parameters: Parameters,
): string | undefined {
  if (text.includes('\0') || type === 'character') return undefined;
  if (type === 'text' || type === 'character varying') return `${column} = ${parameters.add(text)}::text`;
  if (type === 'uuid' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text))
    return `${column} = ${parameters.add(text)}::uuid`;
  return `${column}::text = ${parameters.add(text)}::text`;
}
