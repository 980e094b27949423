import { BrineError } from '../support/errors';
import { matchJson, type Row, renderMismatches } from '../support/matching';
import type { StubCall } from '../support/stubs/stub-call';
import { asJson } from '../support/stubs/stub-request';
import type { AcceptanceWorld } from './acceptance-world';
import { brief } from './evidence';
import { counted, expectJson, fail, indented, matchesJson } from './expectations';

const mostListed = 20;

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
  return calls.filter((call) => matchesJson(world, expected, call));
}

/** Fails unless there is a call like that, and keeps what its markers capture. */
export function expectCallLike(world: AcceptanceWorld, stub: string, expected: string): void {
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
  const expected = world.variables.expected(text, 'the JSON of this step');
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
