import { BrineError } from '../support/errors';
import { ExactDecimal } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { expectLiteral, type Literal } from './expectations';

/** A column that is summed. */
export interface SummedColumn {
  /** The first declared one unless given. */
  readonly database: string | undefined;
  readonly table: string;
  readonly column: string;
}

const headers = ['database', 'table', 'column'];

/** @throws BrineError BRINE_STEP_002 for another header than `database` (which may be left out), `table`, `column` */
export function summedColumns(table: { raw(): string[][] }): SummedColumn[] {
  const [header = [], ...rows] = table.raw();
  const wrong = header.find((name) => !headers.includes(name));
  if (wrong !== undefined || !header.includes('table') || !header.includes('column') || rows.length === 0) {
    throw new BrineError('BRINE_STEP_002', {
      place: 'the table of this step',
      reason: wrong === undefined ? 'it names no columns' : `it has the header "${wrong}"`,
      advice: 'write | table | column |, or | database | table | column |, and a row for each column',
    });
  }
  const at = (row: readonly string[], name: string) => row[header.indexOf(name)] ?? '';
  return rows.map((row) => ({
    database: at(row, 'database') || undefined,
    table: at(row, 'table'),
    column: at(row, 'column'),
  }));
}

/** The exact sum, without zeros at its end. */
export async function sumOf(world: AcceptanceWorld, columns: readonly SummedColumn[]): Promise<string> {
  const sums = await Promise.all(
    columns.map(({ database, table, column }) => world.database(database).sum(table, column)),
  );
  return sums.reduce<string>((total, sum) => added(total, sum ?? '0'), '0');
}

export async function expectSum(
  world: AcceptanceWorld,
  columns: readonly SummedColumn[],
  expected: Literal,
  what: string,
): Promise<void> {
  const sum = await sumOf(world, columns);
  const number = Number(sum);
  expectLiteral(world, expected, String(number) === sum ? number : new ExactDecimal(sum), what);
}

/** Decimal texts added without loss. What is no decimal (NaN, Infinity, 1e30 of a floating column) is added as floating numbers are. */
function added(one: string, other: string): string {
  if (![one, other].every((text) => /^-?\d+(\.\d+)?$/.test(text))) return String(Number(one) + Number(other));
  const digits = Math.max(...[one, other].map((text) => text.split('.')[1]?.length ?? 0));
  const sum = scaled(one, digits) + scaled(other, digits);
  if (digits === 0) return String(sum);
  const text = String(sum < 0n ? -sum : sum).padStart(digits + 1, '0');
  const decimal = `${sum < 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return decimal.replace(/\.?0+$/, '');
}

function scaled(text: string, digits: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(digits, '0'));
}
