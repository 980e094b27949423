import type { DatabaseClient, DatabaseRow, TableDescription } from '../support/clients';
import { BrineError, unknownColumn } from '../support/errors';
import {
  type ColumnKind,
  literalCell,
  numberKey,
  readInstant,
  renderTable,
  textOf,
} from '../support/matching';
import { counted, fail, indented } from './expectations';

/** One of two tables that are compared. */
export interface ComparedTable {
  readonly client: DatabaseClient;
  readonly name: string;
  /** As messages say it: `table "items" of orders`. */
  readonly called: string;
}

/** A column of the one and the column of the other that it is compared with. */
export type ColumnPair = readonly [string, string];

/** Differences that are shown at most. */
const mostShown = 20;

/** What both are compared by: the columns that find a row, and those that must be equal then. */
interface Plan {
  readonly keys: readonly ColumnPair[];
  readonly pairs: readonly ColumnPair[];
}

interface Side {
  readonly table: ComparedTable;
  readonly description: TableDescription;
}

/**
 * Fails unless both tables have the same rows, in the columns that both have or that are given.
 * @param by the columns (separated by commas) that say which rows belong together; without them rows are equal whole or not at all
 */
export async function expectEqualTables(
  one: ComparedTable,
  other: ComparedTable,
  by: string | undefined,
  pairs?: readonly ColumnPair[],
): Promise<void> {
  const left = { table: one, description: await one.client.describe(one.name) };
  const right = { table: other, description: await other.client.describe(other.name) };
  const compared = pairs ?? commonColumns(left, right);
  const plan = { pairs: compared, keys: by === undefined ? compared : keyPairs(by, compared, left) };
  for (const [a, b] of plan.pairs) {
    assertColumn(left, a);
    assertColumn(right, b);
  }
  const differences = new Differences(left, right, plan);
  await differences.find();
  differences.expectNone();
}

function commonColumns(left: Side, right: Side): ColumnPair[] {
  const common = [...left.description.columns.keys()].filter((column) =>
    right.description.columns.has(column),
  );
  if (common.length > 0) return common.map((column) => [column, column]);
  throw new BrineError('BRINE_STEP_002', {
    place: `${left.table.called} and ${right.table.called}`,
    reason: 'they have no column in common',
    advice: 'say which columns belong together by the step: ... equals table "..." in columns:',
  });
}

function keyPairs(by: string, pairs: readonly ColumnPair[], left: Side): ColumnPair[] {
  return by.split(',').map((part) => {
    const column = part.trim();
    const found = pairs.find(([one]) => one === column);
    if (found !== undefined) return found;
    throw unknownColumn(
      left.table.called,
      column,
      pairs.map(([one]) => one),
    );
  });
}

function assertColumn({ table, description }: Side, column: string): void {
  if (!description.columns.has(column)) throw unknownColumn(table.called, column, description.columns.keys());
}

/** Rows of one table that are waiting for their counterparts: by key, what is to be equal. */
class Differences {
  private readonly waiting = new Map<string, string[][]>();
  private readonly onlyRight: string[][] = [];
  private readonly differing: Array<readonly [left: string[], right: string[]]> = [];
  private count = 0;

  constructor(
    private readonly left: Side,
    private readonly right: Side,
    private readonly plan: Plan,
  ) {}

  async find(): Promise<void> {
    await this.eachRow(this.left, 0, (key, cells) => {
      const same = this.waiting.get(key);
      if (same === undefined) this.waiting.set(key, [cells]);
      else same.push(cells);
    });
    await this.eachRow(this.right, 1, (key, cells) => this.meet(key, cells));
  }

  private async eachRow(side: Side, at: 0 | 1, see: (key: string, cells: string[]) => void): Promise<void> {
    const { client, name } = side.table;
    const sql = client.selectAll(await client.describe(name));
    const kinds = side.description.columns;
    const keys = this.plan.keys.map((pair) => pair[at]);
    const columns = this.plan.pairs.map((pair) => pair[at]);
    await client.scan({ sql, parameters: [] }, (rows) => {
      for (const row of rows) {
        const cell = (column: string) => comparable(row[column], kinds.get(column) ?? 'unknown');
        see(JSON.stringify(keys.map(cell)), columns.map(cell));
      }
      return true;
    });
  }

  private meet(key: string, cells: string[]): void {
    const same = this.waiting.get(key) ?? [];
    const equal = same.findIndex((other) => other.every((cell, at) => cell === cells[at]));
    const [found] = same.splice(Math.max(0, equal), 1);
    if (same.length === 0) this.waiting.delete(key);
    if (equal !== -1) return;
    this.count++;
    if (found === undefined) this.note(this.onlyRight, cells);
    else this.note(this.differing, [found, cells] as const);
  }

  private note<T>(list: T[], one: T): void {
    if (list.length < mostShown) list.push(one);
  }

  expectNone(): void {
    const onlyLeft = [...this.waiting.values()].flat();
    const total = this.count + onlyLeft.length;
    if (total === 0) return;
    const [one, other] = [this.left.table.called, this.right.table.called];
    const texts = [
      ...this.shown(`only in ${one}`, onlyLeft, 0),
      ...this.shown(`only in ${other}`, this.onlyRight, 1),
      ...this.shownDiffering(),
    ];
    fail(`${one} and ${other} differ in ${counted(total, 'row')}\n${indented(texts.join('\n'))}`);
  }

  private shown(title: string, rows: readonly string[][], at: 0 | 1): string[] {
    if (rows.length === 0) return [];
    const columns = this.plan.pairs.map((pair) => pair[at]);
    const more = rows.length > mostShown ? `\n... and ${rows.length - mostShown} more` : '';
    return [`${title}:\n${indented(renderTable(columns, rows.slice(0, mostShown)))}${more}`];
  }

  /** Each with its key, and only the columns that differ. */
  private shownDiffering(): string[] {
    if (this.differing.length === 0) return [];
    const keys = this.plan.keys.map(([column]) => column);
    const lines = this.differing.flatMap(([one, other]) => {
      const key = this.plan.keys.map((pair) => one[this.plan.pairs.indexOf(pair)] ?? '');
      return this.plan.pairs.flatMap(([column], at) =>
        one[at] === other[at] ? [] : [[...key, column, one[at] ?? '', other[at] ?? '']],
      );
    });
    const header = [...keys, 'column', this.left.table.called, this.right.table.called];
    return [`different:\n${indented(renderTable(header, lines))}`];
  }
}

/** A text that is equal for equal values of whatever type the other column is; shown as a cell. */
function comparable(value: DatabaseRow[string], kind: ColumnKind): string {
  if (kind === 'timestamp' && typeof value === 'string') return momentText(value);
  if (kind === 'number' && numberKey(value) !== undefined) return plainNumber(String(value));
  return literalCell(
    value instanceof Uint8Array ? `0x${Buffer.from(value).toString('hex')}` : (value ?? null),
  );
}

function momentText(text: string): string {
  const instant = readInstant(text);
  if (instant === undefined) return text;
  const micros = String(((instant % 1_000_000n) + 1_000_000n) % 1_000_000n)
    .padStart(6, '0')
    .slice(0, 3);
  return textOf(new Date(Math.floor(Number(instant) / 1_000_000)))
    .replace('Z', `${micros}Z`)
    .replace('000Z', 'Z');
}

/** Without zeros at its end: `1.50` is `1.5`. */
function plainNumber(text: string): string {
  return text.includes('.') && !/e/i.test(text) ? text.replace(/\.?0*$/, '') : text;
}
