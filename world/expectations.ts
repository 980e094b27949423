import type { DataTable } from '@cucumber/cucumber';
import { AssertionError } from 'chai';
import type { RecordedEvent } from '../support/clients';
import { BrineError, messageOf } from '../support/errors';
import {
  type ArrayMode,
  boundedText,
  type ColumnKind,
  type ExactDecimal,
  jsonOrText,
  matchJson,
  matchRows,
  type Row,
  type RowsMode,
  renderMismatches,
  renderRowsResult,
  renderValue,
  rowMatcher,
  stringifyJson,
} from '../support/matching';
import type { TextTable } from '../support/tables';
import { bounded } from '../support/time';
import type { AcceptanceWorld } from './acceptance-world';

/** What a comparison of JSON is about. */
export interface JsonExpectation {
  /** How the actual value is called in messages: `the response body`. */
  readonly what: string;
  readonly mode: 'contains' | 'exactly';
  /** How arrays compare; as many items in the same order unless given. */
  readonly arrays?: ArrayMode;
  /** Said after the mismatches: where the value came from. */
  readonly context?: string | (() => string);
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
  /** How many rows there are, where those that are compared are a choice of them. */
  readonly total?: number;
  /** How many of these are like none of the expected rows, and were not kept. */
  readonly further?: number;
  /** Looks for known causes, given the rows that are missing. */
  readonly hints?: (missing: readonly (readonly string[])[]) => Promise<readonly string[]>;
}

/** Looks for known causes of a failure, when it is final; one line each. */
export type Hints = () => Promise<readonly string[]>;

/** A failure that is put into words, and its causes looked for, once nobody waits any more. */
class LateFailure extends AssertionError<unknown> {
  constructor(
    message: () => string,
    readonly hints: Hints,
  ) {
    super('');
    let said: string | undefined;
    const get = () => {
      said ??= message();
      return said;
    };
    Object.defineProperty(this, 'message', { get });
  }
}

const noHints: Hints = async () => [];

/** What the search for causes may take. */
const hintsLimitMs = 2_000;

/**
 * Fails a step. The message is all there is to see, so it must say what was expected and what was there: where in
 * the code that was found out is of no use to a tester.
 * @param message may be a function where it takes a while to say: while a guard waits, nobody asks
 * @param hints for a failure of which a known cause may be found
 */
export function fail(message: string | (() => string), hints: Hints = noHints): never {
  const isPlain = typeof message === 'string' && hints === noHints;
  const error = isPlain ? new AssertionError(boundedText(message)) : new LateFailure(worded(message), hints);
  // and a stack without frames sends the runner's stack parser into a search of polynomial time
  error.stack = '';
  throw error;
}

function worded(message: string | (() => string)): () => string {
  return () => boundedText(typeof message === 'string' ? message : message());
}

/** The message of a failure that is final, with what is known of its causes. Never throws. */
export async function finalMessage(error: unknown): Promise<string> {
  if (!(error instanceof LateFailure)) return messageOf(error);
  const late = () => new Error('the search took too long');
  const hints = await bounded(error.hints(), hintsLimitMs, late).catch(() => []);
  return [messageOf(error), ...hints.map((hint) => `  -> ${hint}`)].join('\n');
}

/** As {@link finalMessage}: the failure to be thrown on. */
export async function finalFailure(error: unknown): Promise<unknown> {
  if (!(error instanceof LateFailure)) return error;
  const failure = new AssertionError(await finalMessage(error));
  failure.stack = '';
  return failure;
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
  const { what, mode, arrays, context } = expectation;
  const expected = world.variables.expected(text, `the JSON of this step`);
  const { mismatches, captured } = matchJson(expected, actual, {
    mode,
    ...(arrays === undefined ? {} : { arrays }),
    captured: world.variables.captured,
  });
  if (mismatches.length > 0) {
    const was = `${what} was:\n${indented(renderValue(actual))}`;
    const said = typeof context === 'function' ? context() : context;
    fail(
      [`${what} does not match:`, indented(renderMismatches(mismatches)), was, said]
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
export function expectLiteral(
  world: AcceptanceWorld,
  literal: Literal,
  actual: unknown,
  about: string | Pick<JsonExpectation, 'what' | 'context'>,
): void {
  const { what, ...others } = typeof about === 'string' ? { what: about } : about;
  expectJson(world, stringifyJson(literal), actual, { what, ...others, mode: 'exactly' });
}

/** Whether a value is what a word of a step says; captures nothing. */
export function matchesLiteral(world: AcceptanceWorld, literal: Literal, actual: unknown): boolean {
  const expected = world.variables.expected(stringifyJson(literal), 'this step');
  const { mismatches } = matchJson(expected, actual, { mode: 'exactly', captured: world.variables.captured });
  return mismatches.length === 0;
}

/** What `{literal}` gives. */
export type Literal = string | number | bigint | ExactDecimal | boolean | null;

/** Compares rows with a table of a step and keeps what its markers captured. */
export function expectRows(
  world: AcceptanceWorld,
  table: DataTable,
  actual: readonly Row[],
  expectation: RowsExpectation,
): void {
  expectCells(world, filledCells(world, table, expectation.what), actual, expectation);
}

/** The table of a step with its `${...}` filled. */
export function filledCells(world: AcceptanceWorld, table: DataTable | TextTable, what: string): TextTable {
  const { columns, rows } = partsOf(table);
  return {
    columns,
    rows: rows.map((row) => row.map((cell) => world.variables.cell(cell, `a cell of ${what}`))),
  };
}

/** As {@link expectRows}, with cells that are filled already. */
export function expectCells(
  world: AcceptanceWorld,
  cells: TextTable,
  actual: readonly Row[],
  expectation: RowsExpectation,
): void {
  const { what, mode, noun, columnTypes, columns: known, total, further, hints } = expectation;
  const result = matchRows(cells, actual, {
    mode,
    captured: world.variables.captured,
    place: `the table of this step (${what})`,
    owner: what,
    ...(known === undefined ? {} : { columns: known }),
    ...(further === undefined ? {} : { further }),
    ...(columnTypes === undefined ? {} : { columnTypes }),
  });
  if (result.ok) {
    world.variables.capture(result.captured);
    return;
  }
  const shown = total === undefined ? result : { ...result, actualCount: total };
  fail(
    () => `${what}: ${renderRowsResult(shown, { noun, chosen: total !== undefined })}`,
    hints && (() => hints(result.missing.map(({ cells: row }) => row))),
  );
}

/** @throws BrineError when there is nothing below the header: such a table would be true of anything */
function partsOf(table: DataTable | TextTable): TextTable {
  const { columns, rows } = 'raw' in table ? headed(table.raw()) : table;
  if (rows.length > 0) return { columns, rows };
  throw new BrineError('BRINE_STEP_002', {
    place: 'the table of this step',
    reason: 'it has a header and no rows',
    advice: 'add a row, or say that there are none: `... has no rows`, `... has no events`',
  });
}

function headed([columns = [], ...rows]: readonly (readonly string[])[]): TextTable {
  return { columns, rows };
}

/** The columns of {@link asRow}. */
export const eventColumns = ['key', 'value', 'headers', 'partition', 'offset', 'schema'] as const;

/** The rows that match any row of a table of a step; captures nothing. */
export function matchingRows(
  world: AcceptanceWorld,
  table: DataTable,
  actual: readonly Row[],
  { what, columnTypes }: Pick<RowsExpectation, 'what' | 'columnTypes'>,
): Row[] {
  return actual.filter(
    rowMatcher(filledCells(world, table, 'this step'), {
      owner: what,
      captured: world.variables.captured,
      ...(columnTypes === undefined ? {} : { columnTypes, columns: [...columnTypes.keys()] }),
    }),
  );
}

/** An event as tables and messages show it; columns are paths such as `key`, `value.orderId`, `headers.event-type`. */
export function asRow({ key, value, headers, partition, offset, schema }: RecordedEvent): Row {
  const shown = { key: keyAsJson(key), value, headers, partition, offset };
  return schema === undefined ? shown : { ...shown, schema };
}

/** A key that is an object or array of JSON is that, so that paths lead into it; any other is the text as it stands. */
export function keyAsJson(key: string | null): unknown {
  if (key === null || !/^\s*[{[]/.test(key)) return key;
  const json = jsonOrText(key);
  return typeof json === 'object' ? json : key;
}

/** How many there are, in words: `no rows`, `1 row`, `3 rows`. */
export function counted(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}

export function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
