import type { Mismatch } from './attempt';
import { boundedText } from './bounded-text';
import { actualText } from './cells';
import type { ClosestRow, MatchedRow, MissingRow, Row, RowsResult, UnknownColumn } from './match-rows';
import { lookUp } from './path';
import { renderTable } from './render-table';

export interface RenderRowsOptions {
  /** What a row is called: `row` (the default), `event`, `call`. */
  readonly noun?: string;
  /** The most rows shown of each sort; 20 unless told. */
  readonly limit?: number;
  /** The actual rows are a choice of many, so their positions say nothing. */
  readonly chosen?: boolean;
}

/**
 * What is wrong with rows, for a failure's text: a headline with the counts, then the missing rows as Gherkin tables, each with the
 * closest actual row and only its differing columns, unexpected rows, and rows out of order. Never throws.
 */
export function renderRowsResult(result: RowsResult, options: RenderRowsOptions = {}): string {
  const { noun = 'row', limit = 20, chosen = false } = options;
  const text = new RowsText(result, noun, limit, chosen);
  return boundedText(
    [
      text.headline(),
      ...result.unknownColumns.map((unknown) => text.unknownColumn(unknown)),
      ...capped(result.missing, limit, (missing) => text.missing(missing)),
      ...text.unmatched(),
      ...text.unexpected(),
      ...capped(result.outOfOrder, limit, (matched) => text.outOfOrder(matched)),
    ].join('\n'),
  );
}

function capped<T>(things: readonly T[], limit: number, render: (thing: T) => string): string[] {
  const more = things.length - limit;
  return [
    ...things.slice(0, limit).map(render),
    ...(more > 0 ? [`... and ${more.toLocaleString('en-US')} more`] : []),
  ];
}

class RowsText {
  constructor(
    private readonly result: RowsResult,
    private readonly noun: string,
    private readonly limit: number,
    private readonly chosen: boolean,
  ) {}

  headline(): string {
    const { expectedCount, actualCount, missing, unexpectedCount, outOfOrder, ok } = this.result;
    const there =
      actualCount === 0
        ? `there are no ${this.noun}s`
        : `${this.verb(actualCount)} ${this.count(actualCount)}`;
    if (ok) return `all ${this.count(expectedCount, 'expected')} found; ${there}`;
    const troubles = [
      missing.length > 0 ? `${missing.length} of ${this.count(expectedCount, 'expected')} missing` : '',
      unexpectedCount > 0 ? `${this.count(unexpectedCount, 'unexpected')}` : '',
      outOfOrder.length > 0 ? `${this.count(outOfOrder.length)} out of order` : '',
    ];
    return `${troubles.filter((trouble) => trouble !== '').join(', ')}; ${there}`;
  }

  unknownColumn({ column, nearest, known }: UnknownColumn): string {
    const meant = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
    return `no ${this.noun} has "${column}"${meant} (they have: ${known.join(', ')})`;
  }

  missing({ index, cells, closest }: MissingRow): string {
    const lines = [`missing (${this.noun} ${index + 1} of the table):`, this.table([cells])];
    return [...lines, ...(closest === undefined ? [] : this.closest(closest))].join('\n');
  }

  private closest({ row, position, differing, mismatches }: ClosestRow): string[] {
    const { actualCount } = this.result;
    const only = actualCount === 1;
    const which = only
      ? `the only ${this.noun}`
      : this.chosen
        ? `the closest ${this.noun}`
        : `closest is ${this.noun} ${position + 1} of ${actualCount}, which`;
    if (differing.length === 0) return [`  ${which} already matches another ${this.noun} of the table`];
    return [
      `  ${which} differs in:`,
      renderTable(differing, [differing.map((column) => cellOf(row, column))], '    '),
      ...mismatches.filter(tellsMore).map(({ path, reason }) => `    ${path}: ${reason}`),
    ];
  }

  /** Where nothing comes close, what there is instead. */
  unmatched(): string[] {
    const { missing, unexpected, unmatched, unknownColumns } = this.result;
    const lost = missing.some(({ closest }) => closest === undefined);
    if (!lost || unexpected.length + unknownColumns.length > 0 || unmatched.length === 0) return [];
    return [`no ${this.noun} comes close; what is there:`, this.rows(unmatched, Math.min(5, this.limit))];
  }

  unexpected(): string[] {
    const { unexpected, unexpectedCount } = this.result;
    if (unexpected.length === 0) return [];
    return ['unexpected:', this.rows(unexpected, this.limit, unexpectedCount)];
  }

  outOfOrder({ index, position, row }: MatchedRow): string {
    return `out of order (${this.noun} ${index + 1} of the table is ${this.noun} ${position + 1}):\n${this.rows([row], 1)}`;
  }

  private rows(rows: readonly Row[], most: number, total = rows.length): string {
    const { columns } = this.result;
    const table = this.table(rows.slice(0, most).map((row) => columns.map((column) => cellOf(row, column))));
    const more = total - Math.min(most, rows.length);
    return more > 0 ? `${table}\n  ... and ${more.toLocaleString('en-US')} more` : table;
  }

  private table(rows: readonly (readonly string[])[]): string {
    return renderTable(this.result.columns, rows, '  ');
  }

  private verb(count: number): string {
    return count === 1 ? 'there is' : 'there are';
  }

  private count(count: number, adjective = ''): string {
    const words = [count.toLocaleString('en-US'), adjective, count === 1 ? this.noun : `${this.noun}s`];
    return words.filter((word) => word !== '').join(' ');
  }
}

/** Whether the reason says something that the two tables do not show already. */
function tellsMore({ path, reason, expected, actual }: Mismatch): boolean {
  if (typeof expected === 'string' && expected.startsWith('#')) return true;
  return !/^expected .*, was .*[^)]$/s.test(reason) || /[.[]/.test(path) || typeof actual === 'object';
}

function cellOf(row: Row, column: string): string {
  try {
    return actualText(lookUp(row, column).value);
  } catch {
    return '(unreadable)';
  }
}
