import type { Cell, ColumnKind } from './cells';
import { isNumeric, numberKey } from './numbers';
import { lookUp } from './path';

/** Below so many pairs an index is not worth its making. */
const worthwhile = 2_000;

/** So many rows with the same cell say little of where the nearest one is. */
const mostSharing = 1_000;

/** The key of values that a cell may equal in more than one notation: dates, objects, bytes. */
const any = 'any';

/** Kinds of column whose texts have one notation for a value (numbers apart, which have a key of their own). */
const indexed: ReadonlySet<ColumnKind> = new Set(['text', 'number', 'unknown']);

/**
 * Finds for an expected row the actual rows that can match at all, by a column whose cell is literal. So large tables match
 * in about linear time.
 */
export class RowIndex {
  private readonly byColumn = new Map<number, ReadonlyMap<string, readonly number[]>>();

  private constructor(
    private readonly columns: readonly string[],
    private readonly cells: readonly (readonly Cell[])[],
    private readonly rows: readonly unknown[],
  ) {}

  /** @param cells those of all expected rows: no others will be asked for */
  static of(
    columns: readonly string[],
    cells: readonly (readonly Cell[])[],
    rows: readonly unknown[],
  ): RowIndex | undefined {
    return cells.length * rows.length < worthwhile ? undefined : new RowIndex(columns, cells, rows);
  }

  /** The positions to try, ascending; undefined when nothing is known. */
  candidates(cells: readonly Cell[]): readonly number[] | undefined {
    let best: readonly number[] | undefined;
    for (const [at, cell] of cells.entries()) {
      if (cell.kind !== 'literal' || !indexed.has(cell.column)) continue;
      const found = this.positions(at, cell.text);
      if (best === undefined || found.length < best.length) best = found;
      if (best.length < 8) return best;
    }
    return best;
  }

  /**
   * Positions of rows that share a cell with the expected one, so far as columns were looked at; where too many do, none for
   * that cell.
   */
  *sharing(cells: readonly Cell[]): Generator<number> {
    for (const [at, cell] of cells.entries()) {
      if (cell.kind !== 'literal' || !this.byColumn.has(at)) continue;
      const found = this.positions(at, cell.text);
      if (found.length <= mostSharing) yield* found;
    }
  }

  private positions(at: number, text: string): readonly number[] {
    let index = this.byColumn.get(at);
    if (index === undefined) {
      index = this.build(at);
      this.byColumn.set(at, index);
    }
    const exact = index.get(keyOf(text)) ?? [];
    const others = index.get(any) ?? [];
    return others.length === 0 ? exact : [...exact, ...others].sort((a, b) => a - b);
  }

  /** Rows that no cell asks for are not entered. */
  private build(at: number): Map<string, number[]> {
    const column = this.columns[at] ?? '';
    const asked = this.cells.flatMap((row) => (row[at]?.kind === 'literal' ? [keyOf(row[at].text)] : []));
    const index = new Map<string, number[]>([any, ...asked].map((key) => [key, []]));
    for (const [position, row] of this.rows.entries())
      index.get(keyOf(lookUp(row, column).value))?.push(position);
    return index;
  }
}

/** With fewer expected rows than this all are tried. */
const manyExpected = 32;

/** As {@link RowIndex}, the other way round: finds for an actual row the expected ones that can match it at all. */
export class ExpectedRowIndex {
  private constructor(
    private readonly column: string,
    private readonly byKey: ReadonlyMap<string, readonly number[]>,
    /** Those whose cell says nothing that could be looked up. */
    private readonly others: readonly number[],
  ) {}

  /** By the column that tells most rows apart; undefined when an index is not worth its making. */
  static of(columns: readonly string[], rows: readonly (readonly Cell[])[]): ExpectedRowIndex | undefined {
    if (rows.length < manyExpected) return undefined;
    const all = columns.map((column, at) => ExpectedRowIndex.ofColumn(column, at, rows));
    const [best] = all.sort((a, b) => b.byKey.size - a.byKey.size);
    return best === undefined || best.byKey.size < 2 ? undefined : best;
  }

  private static ofColumn(column: string, at: number, rows: readonly (readonly Cell[])[]): ExpectedRowIndex {
    const byKey = new Map<string, number[]>();
    const others: number[] = [];
    for (const [index, row] of rows.entries()) {
      const cell = row[at];
      if (cell?.kind !== 'literal' || !indexed.has(cell.column)) {
        others.push(index);
        continue;
      }
      const known = byKey.get(keyOf(cell.text));
      if (known === undefined) byKey.set(keyOf(cell.text), [index]);
      else known.push(index);
    }
    return new ExpectedRowIndex(column, byKey, others);
  }

  /** The expected rows to try; undefined when all come into question. */
  candidates(row: unknown): readonly number[] | undefined {
    const key = keyOf(lookUp(row, this.column).value);
    if (key === any) return undefined;
    const found = this.byKey.get(key) ?? [];
    return this.others.length === 0 ? found : [...found, ...this.others];
  }
}

/** A cell that equals a value has its key, or the value's key is `any`. */
function keyOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && !isNumeric(value)) return any;
  const number = mayBeNumber(value) ? numberKey(value) : undefined;
  return number === undefined ? `text ${String(value)}` : `number ${number}`;
}

/** Whether a text begins as numbers do; most texts do not. */
function mayBeNumber(value: unknown): boolean {
  if (typeof value !== 'string') return true;
  const sign = value.charCodeAt(0);
  return (sign >= 0x30 && sign <= 0x39) || sign === 0x2b || sign === 0x2d || sign === 0x2e;
}
