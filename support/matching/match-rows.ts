import { BrineError, nearest, unknownColumn } from '../errors';
import { type Assignment, assign, assignAll, assignInTurn, type ChoiceProblem } from './assignment';
import { Attempt, type Mismatch } from './attempt';
import { type Cell, type ColumnKind, cellCaptures, matchCell, readCell } from './cells';
import { firstStep, lookUp } from './path';
import { ExpectedRowIndex, RowIndex } from './row-index';

/** An expected table, as the feature has it, interpolated. */
export interface TableExpectation {
  /** Names of columns, or paths into nested values: `value.orderId`. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** An actual row, or event. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * `contains`: each expected row matches an actual one of its own. `only`: and no actual row is left over.
 * `in order`: as `contains`, and in that order, others may come between. `only in order`: exactly these, in this order.
 */
export type RowsMode = 'contains' | 'only' | 'in order' | 'only in order';

export interface RowsOptions {
  readonly mode: RowsMode;
  /** What markers captured earlier in the scenario. */
  readonly captured: ReadonlyMap<string, unknown>;
  /** How a column's cells compare; `unknown` (by the actual value's type) unless told. */
  readonly columnTypes?: ReadonlyMap<string, ColumnKind>;
  /** All columns there are, if known: another one in the table is then an error. */
  readonly columns?: readonly string[];
  /** So many actual rows there are besides, which are like none of the expected ones and were not kept. */
  readonly further?: number;
  /** What the table is, for errors; `the expected table` unless told. */
  readonly place?: string;
  /** What has the columns, for errors; as `place` unless told. */
  readonly owner?: string;
}

/** The actual row that comes nearest to a missing one. */
export interface ClosestRow {
  readonly row: Row;
  /** Its position among the actual rows, from 0. */
  readonly position: number;
  /** The columns in which it differs. */
  readonly differing: readonly string[];
  readonly mismatches: readonly Mismatch[];
}

export interface MissingRow {
  /** Its position among the expected rows, from 0. */
  readonly index: number;
  readonly cells: readonly string[];
  /** None when no row has anything in common with it. Looked for when first read, so that a poll need not pay for it. */
  readonly closest: ClosestRow | undefined;
}

export interface MatchedRow {
  readonly index: number;
  readonly position: number;
  readonly row: Row;
}

export interface RowsResult {
  /** Whether all is as the mode demands. */
  readonly ok: boolean;
  readonly columns: readonly string[];
  readonly expectedCount: number;
  readonly actualCount: number;
  readonly matched: readonly MatchedRow[];
  readonly missing: readonly MissingRow[];
  /** Actual rows that no expected row matches. */
  readonly unmatched: readonly Row[];
  /** Those of them that fail it: all for the modes with `only`, else none. */
  readonly unexpected: readonly Row[];
  /** How many fail it: these, and perhaps further ones that were not kept. */
  readonly unexpectedCount: number;
  /** Rows that match, but not in this place, for the modes with `in order`. */
  readonly outOfOrder: readonly MatchedRow[];
  /** Columns of the table that no actual row has, with the columns they have. */
  readonly unknownColumns: readonly UnknownColumn[];
  /** What was captured anew; nothing unless `ok`. */
  readonly captured: ReadonlyMap<string, unknown>;
}

export interface UnknownColumn {
  readonly column: string;
  readonly nearest?: string;
  readonly known: readonly string[];
}

/** For the closest rows of all missing ones together, so many cells are compared; each gets its share. */
const mostCells = 100_000;

/**
 * Compares rows (or events) with an expected table; cells are read by `readCell`, columns may be paths (see `lookUp`).
 * An actual row matches at most one expected row; pairs are chosen so that as many as possible match.
 * @throws BrineError BRINE_MATCH_003 for a column not in `columns`; BRINE_STEP_002 for a ragged table or a column
 *   given twice; BRINE_MATCH_001, BRINE_MATCH_002, BRINE_JSON_001 for cells that cannot be read
 */
export function matchRows(
  expected: TableExpectation,
  actual: readonly Row[],
  options: RowsOptions,
): RowsResult {
  checkColumns(expected, options);
  const table = new Table(expected, options);
  return new RowsMatch(table, actual, options).result();
}

/**
 * Whether an actual row is like any row of an expected table; captures nothing. For looking through many rows.
 * @throws as {@link matchRows}
 */
export function rowMatcher(
  expected: TableExpectation,
  options: Omit<RowsOptions, 'mode'>,
): (row: Row) => boolean {
  const inMode = { ...options, mode: 'contains' as const };
  checkColumns(expected, inMode);
  const table = new Table(expected, inMode);
  const index = ExpectedRowIndex.of(table.columns, table.cells);
  return (row) => new RowsMatch(table, [row], inMode).matchesAny(index?.candidates(row));
}

function checkColumns(
  { columns }: TableExpectation,
  { columns: known, place = 'the expected table', owner = place }: RowsOptions,
): void {
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) {
    throw new BrineError('BRINE_STEP_002', {
      place,
      reason: `the column "${twice}" is given twice`,
      advice: 'remove one',
    });
  }
  for (const column of columns) {
    if (known === undefined || known.includes(column) || known.includes(firstStep(column))) continue;
    throw unknownColumn(owner, column, known);
  }
}

/** The expected table with its cells read. */
class Table {
  readonly columns: readonly string[];
  readonly cells: readonly (readonly Cell[])[];
  readonly captures: boolean;

  constructor(
    readonly expected: TableExpectation,
    { columnTypes, place = 'the expected table' }: RowsOptions,
  ) {
    this.columns = expected.columns;
    this.cells = expected.rows.map((row, index) => {
      const where = `row ${index + 1} of ${place}`;
      if (row.length !== this.columns.length) throw ragged(where, row.length, this.columns.length);
      return row.map((text, at) => {
        const column = this.columns[at] ?? '';
        return readCell(text, columnTypes?.get(column) ?? 'unknown', `column "${column}" in ${where}`);
      });
    });
    this.captures = this.cells.some((row) => row.some(cellCaptures));
  }
}

function ragged(place: string, cells: number, columns: number): BrineError {
  const reason = `it has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the header ${columns}`;
  return new BrineError('BRINE_STEP_002', {
    place,
    reason,
    advice: 'give each row as many cells as the header',
  });
}

class RowsMatch {
  private readonly attempt: Attempt;
  private made: { readonly index: RowIndex | undefined } | undefined;

  constructor(
    private readonly table: Table,
    private readonly actual: readonly Row[],
    private readonly options: RowsOptions,
  ) {
    this.attempt = new Attempt(options.captured, { exactly: false, arrays: 'same' });
  }

  result(): RowsResult {
    const partners = this.pairs();
    const matched = this.matchedRows(partners);
    const missing = this.missingRows(partners);
    const unmatched = this.others(partners);
    const { mode, further = 0 } = this.options;
    const unexpected = mode.startsWith('only') ? unmatched : [];
    const unexpectedCount = mode.startsWith('only') ? unmatched.length + further : 0;
    const outOfOrder = mode.endsWith('in order') ? displaced(matched) : [];
    const ok = missing.length + unexpectedCount + outOfOrder.length === 0;
    return {
      ok,
      columns: this.table.columns,
      expectedCount: this.table.cells.length,
      actualCount: this.actual.length + further,
      matched,
      missing,
      unmatched,
      unexpected,
      unexpectedCount,
      outOfOrder,
      unknownColumns: ok ? [] : this.unknownColumns(),
      captured: ok ? this.attempt.fresh : new Map(),
    };
  }

  /** @param likely the expected rows that come into question; all unless given */
  matchesAny(likely: Iterable<number> = this.table.cells.keys()): boolean {
    return [...likely].some((index) => this.attempt.holds(() => this.matchRow(index, 0)));
  }

  private pairs(): Assignment {
    if (this.options.mode.endsWith('in order')) {
      const inOrder = this.pairsInOrder();
      if (inOrder !== undefined) return inOrder;
    }
    return this.table.captures ? this.pairsWithCaptures() : this.pairsInAnyOrder();
  }

  /** Each expected row with the first fitting actual one after its predecessor's; undefined when that fails. */
  private pairsInOrder(): Assignment | undefined {
    const partners: number[] = [];
    let position = 0;
    for (const index of this.table.cells.keys()) {
      while (position < this.actual.length && !this.choose(index, position)) position++;
      if (position === this.actual.length) {
        this.attempt.rollBack(0);
        return undefined;
      }
      partners.push(position++);
    }
    return partners;
  }

  private pairsInAnyOrder(): Assignment {
    return assign({
      ...this.problem(),
      accepts: (e, a) => this.attempt.holds(() => this.matchRow(e, a)),
      key: (e) => this.table.expected.rows[e]?.join('\0'),
    });
  }

  /** When not all can match, each row has the first that fits what was captured so far, so that contradictions show. */
  private pairsWithCaptures(): Assignment {
    const problem: ChoiceProblem = {
      ...this.problem(),
      choose: (e, a) => this.choose(e, a),
      mark: () => this.attempt.fresh.size,
      undo: (mark) => this.attempt.rollBack(mark),
    };
    const inTurn = assignInTurn(problem);
    if (!inTurn.includes(-1)) return inTurn;
    this.attempt.rollBack(0);
    return assignAll(problem) ?? assignInTurn(problem);
  }

  private problem(): Pick<ChoiceProblem, 'expected' | 'actual' | 'candidates'> {
    const { cells } = this.table;
    const { index } = this;
    return {
      expected: cells.length,
      actual: this.actual.length,
      candidates: (expected) => index?.candidates(cells[expected] ?? []),
    };
  }

  /** Undefined where there are too few rows for it. */
  private get index(): RowIndex | undefined {
    this.made ??= { index: RowIndex.of(this.table.columns, this.table.cells, this.actual) };
    return this.made.index;
  }

  private choose(index: number, position: number): boolean {
    return this.attempt.holds(() => this.matchRow(index, position), true);
  }

  private matchRow(index: number, position: number): boolean {
    let all = true;
    for (const at of this.table.columns.keys()) {
      if (!this.matchAt(index, at, position)) all = false;
      if (!all && this.attempt.quick) return false;
    }
    return all;
  }

  private matchAt(index: number, at: number, position: number): boolean {
    const [column, cell] = [this.table.columns[at] ?? '', this.table.cells[index]?.[at]];
    this.attempt.root = column;
    return cell === undefined || matchCell(cell, lookUp(this.actual[position], column).value, this.attempt);
  }

  private matchedRows(partners: Assignment): MatchedRow[] {
    return partners.flatMap((position, index) => {
      const row = this.actual[position];
      return row === undefined ? [] : [{ index, position, row }];
    });
  }

  private others(partners: Assignment): Row[] {
    const taken = new Set(partners);
    return this.actual.filter((_, position) => !taken.has(position));
  }

  private missingRows(partners: Assignment): MissingRow[] {
    const taken = new Set(partners);
    const lacking = partners.filter((partner) => partner === -1).length;
    const looked = Math.ceil(mostCells / (lacking * this.table.columns.length));
    return partners.flatMap((partner, index) => {
      if (partner !== -1) return [];
      const cells = this.table.expected.rows[index] ?? [];
      return [missingRow(index, cells, () => this.closest(index, taken, looked))];
    });
  }

  /** The row that agrees in most columns, one that nobody else matched if there is a choice. */
  private closest(index: number, taken: ReadonlySet<number>, looked: number): ClosestRow | undefined {
    let best: { readonly position: number; readonly score: number } | undefined;
    for (const position of this.positionsNear(index, looked)) {
      const score = this.nearness(index, position, taken.has(position));
      if (best === undefined || score > best.score) best = { position, score };
    }
    const common = best !== undefined && (best.score > 0.5 || this.actual.length === 1);
    return common && best ? this.explain(index, best.position) : undefined;
  }

  /** Of many rows those that share a cell with the expected one, and the first. */
  private *positionsNear(index: number, looked: number): Generator<number> {
    yield* this.index?.sharing(this.table.cells[index] ?? []) ?? [];
    for (let position = 0; position < Math.min(this.actual.length, looked); position++) yield position;
  }

  /** In how many columns the row agrees; a free one comes first, one that agrees but is taken comes last. */
  private nearness(index: number, position: number, taken: boolean): number {
    const score = this.agreement(index, position);
    if (!taken) return score + 0.5;
    return Math.floor(score) === this.table.columns.length ? 0.75 : score;
  }

  /** The number of columns that agree; among equals the leftmost ones, where keys stand, weigh a little more. */
  private agreement(index: number, position: number): number {
    let score = 0;
    for (const at of this.table.columns.keys()) {
      if (this.attempt.holds(() => this.matchAt(index, at, position))) score += 1 + 0.2 / 2 ** (at + 1);
    }
    return score;
  }

  private explain(index: number, position: number): ClosestRow {
    const differing: string[] = [];
    const mismatches: Mismatch[] = [];
    for (const [at, column] of this.table.columns.entries()) {
      const found = this.attempt.explain(() => this.matchAt(index, at, position));
      if (found.length > 0) differing.push(column);
      mismatches.push(...found);
    }
    return { row: this.actual[position] ?? {}, position, differing, mismatches };
  }

  private unknownColumns(): UnknownColumn[] {
    if (this.actual.length === 0) return [];
    const absent = this.table.columns.filter(
      (column, at) => !this.mayBeAbsent(at) && !this.actual.some((row) => lookUp(row, column).found),
    );
    if (absent.length === 0) return [];
    const known = [...new Set(this.actual.slice(0, 100).flatMap((row) => Object.keys(row)))];
    return absent.map((column) => {
      const [near] = nearest(column, known);
      return near === undefined ? { column, known } : { column, known, nearest: near };
    });
  }

  private mayBeAbsent(at: number): boolean {
    return this.table.cells.every((row) => {
      const cell = row[at];
      return cell?.kind === 'marker' && cell.marker.mayBeAbsent;
    });
  }
}

function missingRow(index: number, cells: readonly string[], find: () => ClosestRow | undefined): MissingRow {
  let found: { readonly closest: ClosestRow | undefined } | undefined;
  return {
    index,
    cells,
    get closest() {
      found ??= { closest: find() };
      return found.closest;
    },
  };
}

/** The fewest rows that would have to move so that the rest stands in order. */
function displaced(matched: readonly MatchedRow[]): MatchedRow[] {
  const inOrder = longestIncreasing(matched.map(({ position }) => position));
  return matched.filter((_, at) => !inOrder.has(at));
}

/** The places of a longest increasing subsequence (patience sorting). */
function longestIncreasing(values: readonly number[]): Set<number> {
  const tails: number[] = [];
  const before: number[] = [];
  for (const [at, value] of values.entries()) {
    const pile = pileFor(value, tails, values);
    before.push(tails[pile - 1] ?? -1);
    tails[pile] = at;
  }
  const chosen = new Set<number>();
  for (let at = tails.at(-1) ?? -1; at !== -1; at = before[at] ?? -1) chosen.add(at);
  return chosen;
}

function pileFor(value: number, tails: readonly number[], values: readonly number[]): number {
  let [low, high] = [0, tails.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[tails[middle] ?? 0] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
