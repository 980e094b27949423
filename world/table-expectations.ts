import {
  candidates,
  type DatabaseClient,
  type DatabaseRow,
  type ExpectedCells,
  type NamedType,
  nearestRows,
  type Statement,
  type TableDescription,
} from '../support/clients';
import { BrineError } from '../support/errors';
import { type RowsMode, readCell, rowMatcher } from '../support/matching';
import type { TextTable } from '../support/tables';
import type { AcceptanceWorld } from './acceptance-world';
import { expectCells, filledCells, type RowsExpectation } from './expectations';
import { assertPossible } from './possible-cells';
import { tableHints } from './table-hints';

/** A table of a database, as a step names it. */
export interface TableReference {
  readonly name: string;
  /** The first declared one unless given. */
  readonly database: string | undefined;
}

/** `exactly`: as `only`, and the table of the step has every column. */
export type TableMode = RowsMode | 'exactly';

/** A table with more rows than this is not read whole at each look. */
const few = 1_000;
/** Of a large table, so many rows that match are compared, or twice as many as are expected. */
const mostCandidates = 10_000;
/** Of a large table, so many rows that are like none of the expected ones are kept. */
const mostOthers = 100;
/** With more expected rows than this, SQL does not choose among the rows of a large table: a statement has no room for them. */
const mostInSql = 200;
/** Of a large table, so many rows that come close are looked at for each that is missing. */
const nearOnes = 5;

/** Compares a table of a database with rows of a step, and keeps what markers captured. */
export async function expectTable(
  world: AcceptanceWorld,
  reference: TableReference,
  expected: TextTable,
  mode: TableMode,
): Promise<void> {
  const table = await TableLook.at(world, reference, expected);
  if (mode === 'exactly') table.assertEveryColumn();
  await table.expect(mode === 'exactly' ? 'only' : mode);
}

/** As {@link expectTable}, with the rows of the database sorted by a column, and only these. */
export async function expectTableInOrder(
  world: AcceptanceWorld,
  reference: TableReference,
  expected: TextTable,
  order: { readonly column: string; readonly descending: boolean },
): Promise<void> {
  const table = await TableLook.at(world, reference, expected);
  await table.expectInOrder(order);
}

/** Rows of a table that are like any of a step: how many, and the first of them. */
export interface FoundRows {
  readonly count: number;
  readonly first: readonly DatabaseRow[];
}

/** Looks for rows that are like any of the step; no more than some are kept. */
export async function rowsLike(
  world: AcceptanceWorld,
  reference: TableReference,
  wanted: TextTable,
): Promise<FoundRows> {
  const table = await TableLook.at(world, reference, wanted);
  return table.find();
}

/** Deletes the rows that are like any of the step. */
export async function deleteRowsLike(
  world: AcceptanceWorld,
  reference: TableReference,
  unwanted: TextTable,
): Promise<void> {
  const table = await TableLook.at(world, reference, unwanted);
  await table.deleteAll();
}

/** One look at a table, with the cells that are expected there. */
class TableLook {
  private constructor(
    private readonly world: AcceptanceWorld,
    private readonly client: DatabaseClient,
    private readonly name: string,
    private readonly description: TableDescription,
    private readonly cells: TextTable,
  ) {}

  static async at(
    world: AcceptanceWorld,
    { name, database }: TableReference,
    expected: TextTable,
  ): Promise<TableLook> {
    const client = world.database(database);
    const description = await client.describe(name);
    const cells = filledCells(world, expected, `table "${name}"`);
    return new TableLook(world, client, name, description, await canonical(client, description, cells));
  }

  private get what(): string {
    return `table "${this.name}"`;
  }

  assertEveryColumn(): void {
    const missing = [...this.description.columns.keys()].filter(
      (column) => !this.cells.columns.includes(column),
    );
    if (missing.length === 0) return;
    throw new BrineError('BRINE_STEP_002', {
      place: `the table of this step (${this.what})`,
      reason: `it lacks ${missing.map((column) => `"${column}"`).join(', ')}, and exactly these rows means every column`,
      advice: 'add the columns (#ignore says that any value will do), or say: has only these rows',
    });
  }

  async expect(mode: RowsMode): Promise<void> {
    await this.orImpossible(() => this.look(mode));
  }

  private async look(mode: RowsMode): Promise<void> {
    const rows = await this.client.rowsUpTo(this.name, few);
    if (rows !== undefined) return this.compare(rows, mode);
    if (mode === 'contains') return this.expectAmongMany();
    return this.expectAllOfMany(mode);
  }

  async expectInOrder(order: { readonly column: string; readonly descending: boolean }): Promise<void> {
    await this.orImpossible(() => this.lookInOrder(order));
  }

  /** Rows that are not there and never can be are a fault of the step, and not waited for. */
  private async orImpossible(look: () => Promise<void>): Promise<void> {
    try {
      await look();
    } catch (error) {
      if (!(error instanceof BrineError)) await this.assertPossible();
      throw error;
    }
  }

  private async assertPossible(): Promise<void> {
    await assertPossible(this.client, this.description, this.cells, this.what);
  }

  private async lookInOrder(order: { readonly column: string; readonly descending: boolean }): Promise<void> {
    const most = Math.max(mostCandidates, this.cells.rows.length + mostOthers);
    const rows = await this.client.firstRows(this.name, most, order);
    const count = rows.length < most ? rows.length : await this.client.count(this.name);
    this.compare(
      rows,
      'only in order',
      count === rows.length ? {} : { total: count, further: count - rows.length },
    );
  }

  /** Every row is looked at, some at a time; those that are like an expected one are kept, and some of the others. */
  private async expectAllOfMany(mode: RowsMode): Promise<void> {
    const matches = this.matcher();
    const [alike, others]: [DatabaseRow[], DatabaseRow[]] = [[], []];
    let total = 0;
    const sql = this.client.selectAll(this.description, this.namedColumns());
    await this.client.scan({ sql, parameters: [] }, (rows) => {
      total += rows.length;
      for (const row of rows) {
        const kept = matches(row) ? alike : others;
        if (kept.length < (kept === alike ? this.mostAlike : mostOthers)) kept.push(row);
      }
      return true;
    });
    const kept = [...alike, ...others];
    this.compare(kept, mode, { total, further: total - kept.length });
  }

  /** The columns that matter; undefined where some are paths into values, so that it takes more to tell. */
  private namedColumns(): readonly string[] | undefined {
    const { columns } = this.cells;
    return columns.every((column) => this.description.columns.has(column)) ? columns : undefined;
  }

  /** Of more there would be some without a counterpart anyway. */
  private get mostAlike(): number {
    return Math.max(mostCandidates, 2 * this.cells.rows.length);
  }

  private compare(
    rows: readonly DatabaseRow[],
    mode: RowsMode,
    choice: Pick<RowsExpectation, 'total' | 'further'> = {},
  ): void {
    const expectation: RowsExpectation = {
      what: this.what,
      mode,
      noun: 'row',
      columnTypes: this.description.columns,
      columns: [...this.description.columns.keys()],
      ...choice,
      hints: (missing) =>
        tableHints(this.world, {
          client: this.client,
          name: this.name,
          columns: this.cells.columns,
          missing,
        }),
    };
    expectCells(this.world, this.cells, rows, expectation);
  }

  /** Only rows that can match are read, some at a time, until enough of them are there. */
  private async expectAmongMany(): Promise<void> {
    const found: DatabaseRow[] = [];
    const matches = this.matcher();
    await this.client.scan(this.candidates(), (rows) => {
      found.push(...rows.filter(matches));
      return found.length < this.mostAlike && !(found.length > 0 && this.isEnough(found));
    });
    if (this.isEnough(found)) return this.compare(found, 'contains');
    const near = await this.nearOnes();
    this.compare([...found, ...near], 'contains', { total: await this.client.count(this.name) });
  }

  private isEnough(rows: readonly DatabaseRow[]): boolean {
    if (rows.length < this.cells.rows.length) return false;
    try {
      this.compare(rows, 'contains');
      return true;
    } catch {
      return false;
    }
  }

  private async nearOnes(): Promise<DatabaseRow[]> {
    const rows: DatabaseRow[] = [];
    for (const cells of this.expectedCells().slice(0, 20)) {
      const statement = nearestRows(this.description, cells, nearOnes);
      if (statement !== undefined) rows.push(...(await this.client.read(statement)).rows);
    }
    return rows;
  }

  async find(): Promise<FoundRows> {
    const matches = this.matcher();
    const first: DatabaseRow[] = [];
    let count = 0;
    await this.client.scan(this.candidates(), (rows) => {
      const found = rows.filter(matches);
      first.push(...found.slice(0, Math.max(0, few - first.length)));
      count += found.length;
      return true;
    });
    const isEachThere = count > 0 && this.cells.rows.length === 1;
    if (!isEachThere) await this.assertPossible();
    return { count, first };
  }

  async deleteAll(): Promise<void> {
    const matches = this.matcher();
    await this.assertPossible();
    await this.client.deleteWhere(this.name, this.candidates(), matches);
  }

  private candidates(): Statement {
    const few = this.cells.rows.length <= mostInSql ? this.expectedCells() : [new Map()];
    return candidates(this.description, few);
  }

  private matcher() {
    return rowMatcher(this.cells, {
      captured: this.world.variables.captured,
      owner: this.what,
      columnTypes: this.description.columns,
      columns: [...this.description.columns.keys()],
    });
  }

  private expectedCells(): ExpectedCells[] {
    const { columns, rows } = this.cells;
    return rows.map(
      (row) =>
        new Map(
          columns.map((column, at) => {
            const kind = this.description.columns.get(column) ?? 'unknown';
            return [column, readCell(row[at] ?? '', kind, `column "${column}"`)] as const;
          }),
        ),
    );
  }
}

/** Texts that the server would write otherwise are compared as it writes them. */
async function canonical(
  client: DatabaseClient,
  { details }: TableDescription,
  { columns, rows }: TextTable,
): Promise<TextTable> {
  const isPadded = (type: NamedType) => type.name === 'character';
  const types = columns.map((column) => details.get(column)?.type);
  if (!types.some((type) => type?.manyTexts || (type && isPadded(type)))) return { columns, rows };
  const written = await Promise.all(
    rows.map((row) =>
      Promise.all(
        row.map(async (cell, at) => {
          const type = types[at];
          const asItIs =
            type === undefined || cell === 'null' || (isPadded(type) ? /^[#\\]/ : /^["#\\]/).test(cell);
          return asItIs ? cell : client.canonical(cell, type);
        }),
      ),
    ),
  );
  return { columns, rows: written };
}
