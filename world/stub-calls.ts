import { BrineError } from '../support/errors';
import {
  isFields,
  type Json,
  type JsonObject,
  matchJson,
  parseJson,
  type Row,
  renderMismatches,
  setField,
  stringifyJson,
} from '../support/matching';
import type { StubCall } from '../support/stubs/stub-call';
import { asJson } from '../support/stubs/stub-request';
import type { TextTable } from '../support/tables';
import type { AcceptanceWorld } from './acceptance-world';
import { brief } from './evidence';
import { counted, expectJson, fail, indented, matchesJson } from './expectations';
import { assertKnown } from './stub-answers';

const mostListed = 20;

/** The fields of a call, as steps see it. */
export const callFields = ['method', 'path', 'query', 'headers', 'body', 'status'] as const;

const place = 'the JSON of this step';

/**
 * The JSON that a call is compared with: names of headers, which are the same in any case, in lower case.
 * @throws BrineError BRINE_STEP_002 for a field that no call has, and a header that is named twice
 */
function patternOf(text: string): string {
  const json = parseJson(text, place);
  if (!isFields(json)) return text;
  assertKnown(json as JsonObject, callFields, place);
  const { headers, ...others } = json as JsonObject;
  return headers === undefined ? text : stringifyJson({ ...others, headers: inLowerCase(headers) });
}

function inLowerCase(headers: Json): Json {
  if (!isFields(headers)) return headers;
  const named: Record<string, Json> = {};
  for (const [name, value] of Object.entries(headers as JsonObject)) {
    const lower = name.toLowerCase();
    if (Object.hasOwn(named, lower)) throw namedTwice(lower);
    setField(named, lower, value);
  }
  return named;
}

function namedTwice(name: string): BrineError {
  const reason = `it names the header "${name}" twice`;
  const advice = 'names of headers are the same in any case: remove one';
  return new BrineError('BRINE_STEP_002', { place, reason, advice });
}

/** The table that calls are compared with, its cells filled: names of headers in lower case, in columns and in cells of JSON. */
export function callCells({ columns, rows }: TextTable): TextTable {
  return {
    columns: columns.map((column) => (/^headers[.[]/.test(column) ? column.toLowerCase() : column)),
    rows: rows.map((row) => row.map((cell, at) => (columns[at] === 'headers' ? headersCell(cell) : cell))),
  };
}

function headersCell(cell: string): string {
  return cell.startsWith('{') ? stringifyJson(inLowerCase(parseJson(cell, 'a cell of "headers"'))) : cell;
}

/** A call as steps and messages show it. */
export function callsOf(world: AcceptanceWorld, stub: string): Row[] {
  return world.stub(stub).shown.map(asRow);
}

/** As {@link callsOf}, for a step that says how many there are: what was described before need not be called. */
export function countedCalls(world: AcceptanceWorld, stub: string): Row[] {
  return world.stub(stub).received.map(asRow);
}

function asRow(call: StubCall): Row {
  return { ...asJson(call), path: call.path, status: call.status ?? 'dropped' };
}

/** The calls that are like the JSON of a step; captures nothing. */
export function callsLike(world: AcceptanceWorld, calls: readonly Row[], expected: string): Row[] {
  const pattern = patternOf(expected);
  return calls.filter((call) => matchesJson(world, pattern, call));
}

/** Fails unless there is a call like that, and keeps what its markers capture. */
export function expectCallLike(world: AcceptanceWorld, stub: string, text: string): void {
  const expected = patternOf(text);
  const calls = callsOf(world, stub);
  const found = calls.find((call) => matchesJson(world, expected, call));
  if (found !== undefined) {
    expectJson(world, expected, found, { what: 'the call', mode: 'contains' });
    return;
  }
  const near = calls.length === 0 ? '' : `\n${closest(world, expected, calls)}`;
  fail(
    `outside service ${stub} received no call like this, but ${counted(calls.length, 'call')}${near}${listed(calls)}`,
  );
}

function closest(world: AcceptanceWorld, text: string, calls: readonly Row[]): string {
  const expected = world.variables.expected(text, place);
  const compared = calls.map((call, index) => ({
    index,
    ...matchJson(expected, call, { mode: 'contains', captured: world.variables.captured }),
  }));
  const [best] = compared.sort((a, b) => a.mismatches.length - b.mismatches.length);
  if (best === undefined) return '';
  const which = calls.length === 1 ? 'it' : `the closest, call ${best.index + 1},`;
  return `${which} differs in:\n${indented(renderMismatches(best.mismatches, { limit: 20 }))}\nthe calls`;
}

/** `:` and the calls, one on each line; '' when there are none. */
export function listed(calls: readonly Row[]): string {
  if (calls.length === 0) return '';
  const lines = calls.slice(0, mostListed).map(lineOf);
  const more = calls.length - lines.length;
  return `:\n${indented([...lines, ...(more > 0 ? [`... and ${more} more`] : [])].join('\n'))}`;
}

function lineOf({ method, path, body, status }: Row): string {
  const sent = body === '' ? '' : ` ${brief(body)}`;
  return `${method} ${path}${sent} -> ${status}`;
}

/** @throws BrineError BRINE_STUB_001 for the first call that no step describes */
export function assertCallsExpected({ lane }: AcceptanceWorld): void {
  for (const { name, shown } of lane.stubs.values()) {
    const unexpected = shown.filter((call) => call.unexpected !== undefined);
    const [first] = unexpected;
    if (first === undefined) continue;
    throw new BrineError('BRINE_STUB_001', {
      stub: name,
      call: lineOf(asRow(first)).replace(/ -> \d+$/, ''),
      reason: first.unexpected ?? '',
      more: unexpected.length === 1 ? '' : `\nand ${unexpected.length - 1} more`,
    });
  }
}
