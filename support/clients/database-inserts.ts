import { BrineError, messageOf } from '../errors';
import type { TableDescription } from './database-catalogue';
import { firstMisfit } from './database-misfits';
import type { DatabaseRow } from './database-row';
import { quoted, quotedTable } from './sql-names';

/** The column's own default, or the value that it generates. */
export const columnDefault: unique symbol = Symbol('the default of the column');

/** What is written into a cell: text that PostgreSQL converts to the column's type, null for NULL. */
export type WrittenCell = string | null | typeof columnDefault;

/** A statement can hold 65,535 parameters; larger ones than this are no faster. */
const mostParameters = 10_000;

interface InsertStatement {
  readonly sql: string;
  readonly parameters: readonly string[];
}

/** The most rows that go into one statement. */
export function batchSize(columns: number): number {
  return Math.max(1, Math.floor(mostParameters / Math.max(1, columns)));
}

/** One INSERT of all the rows. */
function insertStatement(
  table: TableDescription,
  columns: readonly string[],
  rows: readonly (readonly WrittenCell[])[],
): InsertStatement {
  const parameters: string[] = [];
  const written = (cell: WrittenCell): string => {
    if (cell === columnDefault) return 'DEFAULT';
    if (cell === null) return 'NULL';
    parameters.push(cell);
    return `$${parameters.length}`;
  };
  const values = rows.map((row) => `(${row.map(written).join(', ')})`);
  const target = `${quotedTable(table)} (${columns.map(quoted).join(', ')})`;
  return { sql: `INSERT INTO ${target} VALUES ${values.join(', ')}`, parameters };
}

/** Where rows go. */
export interface InsertTarget {
  /** As the step has it. */
  readonly name: string;
  readonly table: TableDescription;
  readonly columns: readonly string[];
}

export type Portions = Iterable<Rows> | AsyncIterable<Rows>;

type Rows = readonly (readonly WrittenCell[])[];

/** Runs one INSERT of so many rows. */
export type InsertRows = (statement: InsertStatement, count: number) => Promise<unknown>;

/** Inserts portions of rows, in statements of a size that the server takes, and explains what it refuses. */
export class Inserts {
  private done = 0;
  private underWay: Rows = [];

  constructor(
    readonly target: InsertTarget,
    private readonly ask: Ask,
  ) {}

  /** @throws as {@link explaining} */
  async run(portions: Portions, insert: InsertRows): Promise<void> {
    await this.explaining(() => this.runAsIs(portions, insert));
  }

  /** @throws what PostgreSQL says */
  async runAsIs(portions: Portions, insert: InsertRows): Promise<void> {
    const { table, columns } = this.target;
    const size = batchSize(columns.length);
    for await (const rows of portions) {
      for (let from = 0; from < rows.length; from += size) {
        this.underWay = rows.slice(from, from + size);
        await insert(insertStatement(table, columns, this.underWay), this.underWay.length);
        this.done += this.underWay.length;
      }
    }
  }

  /** @throws BrineError BRINE_STEP_002 naming row, column, value and type where PostgreSQL refuses rows */
  async explaining(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw await refusal(error, { ...this.target, rows: this.underWay, before: this.done }, this.ask);
    }
  }
}

/** Rows that could not be inserted. */
interface RefusedRows extends InsertTarget {
  readonly rows: readonly (readonly WrittenCell[])[];
  /** How many rows of the step went before them. */
  readonly before: number;
}

type Ask = (sql: string, parameters: readonly unknown[]) => Promise<DatabaseRow[]>;

/**
 * Why PostgreSQL refused rows, in the words of the step: for a value that does not fit, its row, column, and type.
 * @returns the error itself where it tells of something else
 */
async function refusal(error: unknown, refused: RefusedRows, ask: Ask): Promise<unknown> {
  const { code, detail, column } = postgresError(error);
  if (code.startsWith('22')) return (await misfit(error, refused, ask)) ?? inTable(error, refused, detail);
  if (code === '428C9') return generated(error, refused);
  if (code === '23502' && column !== undefined) return notNull(error, refused, column);
  return aboutRows.test(code) ? inTable(error, refused, detail) : error;
}

/**
 * Constraints, what may not be done to that relation or by this user, what a trigger raises.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const aboutRows = /^(23|42|0A|55|P0)/;

function postgresError(error: unknown): { code: string; detail: string; column: string | undefined } {
  const { code, detail, column } = error as { code?: unknown; detail?: unknown; column?: unknown };
  return {
    code: String(code ?? ''),
    detail: typeof detail === 'string' ? detail : '',
    column: typeof column === 'string' ? column : undefined,
  };
}

function inTable(error: unknown, { name }: RefusedRows, detail: string): BrineError {
  const reason = detail === '' ? messageOf(error) : `${messageOf(error)} (${detail})`;
  const parameters = { place: `rows of table "${name}"`, reason, advice: 'none of the rows was inserted' };
  return new BrineError('BRINE_STEP_002', parameters, { cause: error });
}

function generated(error: unknown, { name }: RefusedRows): BrineError {
  const advice = 'leave the column out, or write #default into its cells';
  const parameters = { place: `rows of table "${name}"`, reason: messageOf(error), advice };
  return new BrineError('BRINE_STEP_002', parameters, { cause: error });
}

function notNull(error: unknown, refused: RefusedRows, column: string): BrineError {
  const at = refused.columns.indexOf(column);
  const row = refused.rows.findIndex((cells) => cells[at] === null || cells[at] === columnDefault);
  const place = row === -1 || at === -1 ? 'rows' : `row ${refused.before + row + 1}`;
  const reason = at === -1 ? 'is not given, and has no default' : 'must not be NULL';
  return new BrineError(
    'BRINE_STEP_002',
    {
      place: `column "${column}" in ${place} of table "${refused.name}"`,
      reason: `it ${reason}`,
      advice: at === -1 ? 'add the column to the table of this step' : 'write a value into the cell',
    },
    { cause: error },
  );
}

/** The first cell that its column's type cannot hold. */
async function misfit(error: unknown, refused: RefusedRows, ask: Ask): Promise<BrineError | undefined> {
  const { table, columns, rows } = refused;
  const types = columns.map((column) => table.details.get(column)?.declared ?? 'text');
  const cells = rows.flatMap((row, index) =>
    row.flatMap((value, at) =>
      typeof value === 'string' ? [{ index, at, value, type: types[at] ?? 'text' }] : [],
    ),
  );
  const found = await firstMisfit(cells, ask);
  if (found === undefined) return undefined;
  const { at: first, reason, advice } = found;
  const cell = cells[first];
  if (cell === undefined) return undefined;
  const place = `column "${columns[cell.at]}" in row ${refused.before + cell.index + 1} of table "${refused.name}"`;
  return new BrineError('BRINE_STEP_002', { place, reason, advice }, { cause: error });
}
