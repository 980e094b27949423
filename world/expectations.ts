import type { DataTable } from '@cucumber/cucumber';
import { AssertionError } from 'chai';
import type { RecordedEvent } from '../support/clients';
import { BrineError } from '../support/errors';
import {
  type ColumnKind,
  matchJson,
  matchRows,
  type Row,
  type RowsMode,
  renderMismatches,
  renderRowsResult,
  renderValue,
} from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';

/** What a comparison of JSON is about. */
export interface JsonExpectation {
  /** How the actual value is called in messages: `the response body`. */
  readonly what: string;
  readonly mode: 'contains' | 'exactly';
  /** Said after the mismatches: where the value came from. */
  readonly context?: string;
}

/** What a comparison of rows is about. */
export interface RowsExpectation {
  /** `table "orders"`, `topic "order_events"`. */
  readonly what: string;
  readonly mode: RowsMode;
  /** `row` or `event`. */
  readonly noun: string;
  readonly columnTypes?: ReadonlyMap<string, ColumnKind>;
  /** All columns there are; another one in the table is an error. */
  readonly columns?: readonly string[];
}

/**
 * Fails a step. The message is all there is to see, so it must say what was expected and what was there: where in
 * the code that was found out is of no use to a tester.
 */
export function fail(message: string): never {
  const error = new AssertionError(message);
  // and a stack without frames sends the runner's stack parser into a search of polynomial time
  error.stack = '';
  throw error;
}

/**
 * Compares a value with JSON of a step and keeps what its markers captured.
 * @param text JSON with `${...}` and markers
 */
export function expectJson(
  world: AcceptanceWorld,
  text: string,
  actual: unknown,
  expectation: JsonExpectation,
): void {
  const { what, mode, context } = expectation;
  const expected = world.variables.expected(text, `the JSON of this step`);
  const { mismatches, captured } = matchJson(expected, actual, { mode, captured: world.variables.captured });
  if (mismatches.length > 0) {
    const was = `${what} was:\n${indented(renderValue(actual))}`;
    fail(
      [`${what} does not match:`, indented(renderMismatches(mismatches)), was, context]
        .filter(Boolean)
        .join('\n'),
    );
  }
  world.variables.capture(captured);
}

/** Whether a value matches JSON of a step; captures nothing. */
export function matchesJson(world: AcceptanceWorld, text: string, actual: unknown): boolean {
  const expected = world.variables.expected(text, 'the JSON of this step');
  return (
    matchJson(expected, actual, { mode: 'contains', captured: world.variables.captured }).mismatches
      .length === 0
  );
}

/**
 * Compares one value with a word of a step: `25`, `true`, `"text"`, `"#uuid as id"`.
 * Text may hold `${...}` and be a marker.
 */
export function expectLiteral(world: AcceptanceWorld, literal: Literal, actual: unknown, what: string): void {
  expectJson(world, JSON.stringify(literal), actual, { what, mode: 'exactly' });
}

/** What `{literal}` gives. */
export type Literal = string | number | boolean | null;

/** Compares rows with a table of a step and keeps what its markers captured. */
export function expectRows(
  world: AcceptanceWorld,
  table: DataTable,
  actual: readonly Row[],
  expectation: RowsExpectation,
): void {
  const { what, mode, noun, columnTypes, columns: known } = expectation;
  const { columns, rows } = partsOf(table);
  const cells = rows.map((row) => row.map((cell) => world.variables.cell(cell, `a cell of ${what}`)));
  const result = matchRows({ columns, rows: cells }, actual, {
    mode,
    captured: world.variables.captured,
    place: `the table of this step (${what})`,
    owner: what,
    ...(known === undefined ? {} : { columns: known }),
    ...(columnTypes === undefined ? {} : { columnTypes }),
  });
  if (!result.ok) fail(`${what}: ${renderRowsResult(result, { noun })}`);
  world.variables.capture(result.captured);
}

/** @throws BrineError when there is nothing below the header: such a table would be true of anything */
function partsOf(table: DataTable): { columns: readonly string[]; rows: readonly (readonly string[])[] } {
  const [columns = [], ...rows] = table.raw();
  if (rows.length > 0) return { columns, rows };
  throw new BrineError('BRINE_STEP_002', {
    place: 'the table of this step',
    reason: 'it has a header and no rows',
    advice: 'add a row, or say that there are none: `... has no rows`, `... has no events`',
  });
}

/** The columns of {@link asRow}. */
export const eventColumns = ['key', 'value', 'headers', 'partition', 'offset'] as const;

/** The rows that match any row of a table of a step; captures nothing. */
export function matchingRows(
  world: AcceptanceWorld,
  table: DataTable,
  actual: readonly Row[],
  { what, columnTypes }: Pick<RowsExpectation, 'what' | 'columnTypes'>,
): Row[] {
  const { columns, rows } = partsOf(table);
  const cells = rows.map((row) => row.map((cell) => world.variables.cell(cell, 'a cell of this step')));
  const options = {
    mode: 'contains' as const,
    owner: what,
    captured: world.variables.captured,
    ...(columnTypes === undefined ? {} : { columnTypes, columns: [...columnTypes.keys()] }),
  };
  return actual.filter((row) =>
    cells.some((cell) => matchRows({ columns, rows: [cell] }, [row], options).ok),
  );
}

/** An event as tables and messages show it; columns are paths such as `key`, `value.orderId`, `headers.event-type`. */
export function asRow({ key, value, headers, partition, offset }: RecordedEvent): Row {
  return { key, value, headers, partition, offset };
}

/** How many there are, in words: `no rows`, `1 row`, `3 rows`. */
export function counted(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}

export function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
