import { BrineError } from '../support/errors';
import { lookUp, matchJson, renderMismatches, renderValue } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { fail, indented } from './expectations';
import { askAgain, assertMayAskAgain } from './http-again';
import { bodyOf, fieldOf } from './http-responses';

/** What `{value}` says: `the response body`, `the response field "items"`, `variable "order"`, `all pages`. */
export function namedValue(world: AcceptanceWorld, text: string): unknown {
  if (text === 'all pages') return allItems(world);
  if (text === 'the response body') return bodyOf(world.lastExchange);
  const [, kind, name = ''] = /^(the response field|variable) "(.*)"$/s.exec(text) ?? [];
  return kind === 'variable' ? world.variables.get(name) : fieldOf(world.lastExchange, name);
}

function allItems({ remembered: { many } }: AcceptanceWorld): readonly unknown[] {
  if (many?.items !== undefined) return many.items;
  throw new BrineError('BRINE_STEP_002', {
    place: 'this step',
    reason: 'no pages have been read',
    advice: 'read them before: When I read all pages of "/items" by ...',
  });
}

/** For guards: what belongs to a response is asked for again. */
export function assertMayLookAgain(this: AcceptanceWorld, text: string): void {
  if (text.startsWith('the response')) assertMayAskAgain.call(this);
}

export async function lookAgain(this: AcceptanceWorld, text: string): Promise<void> {
  if (text.startsWith('the response')) await askAgain.call(this);
}

/** @throws AssertionError when the value is no array */
export function itemsOf(world: AcceptanceWorld, text: string): readonly unknown[] {
  const value = namedValue(world, text);
  return Array.isArray(value) ? value : fail(`${text} is no array, it was:\n${indented(renderValue(value))}`);
}

/** Of no items anything would be true. */
export function someItemsOf(world: AcceptanceWorld, text: string): readonly unknown[] {
  const items = itemsOf(world, text);
  return items.length > 0 ? items : fail(`${text} has no items, so nothing can be said of each of them`);
}

const mostListed = 5;
const mostItems = 20;

/** An item in one line, not the whole of a long one. */
export function renderItem(item: unknown): string {
  return renderValue(item, { limit: 200 });
}

/** `:` and the items, one on each line; '' when there are none. */
export function listedItems(items: readonly unknown[]): string {
  if (items.length === 0) return '';
  const lines = items.slice(0, mostItems).map((item, at) => `[${at}] ${renderItem(item)}`);
  const more = items.length - lines.length;
  return `:\n${indented([...lines, ...(more > 0 ? [`... and ${more} more`] : [])].join('\n'))}`;
}

/** Every item has at least these fields; the first that do not are listed. */
export function expectEach(
  world: AcceptanceWorld,
  what: string,
  items: readonly unknown[],
  expected: string,
): void {
  const json = world.variables.expected(expected, 'the JSON of this step');
  const faults = items.flatMap((item, index) => {
    const { mismatches } = matchJson(json, item, { mode: 'contains', captured: world.variables.captured });
    return mismatches.length === 0 ? [] : [`item [${index}]:\n${indented(renderMismatches(mismatches))}`];
  });
  if (faults.length === 0) return;
  const more = faults.length > mostListed ? [`... and ${faults.length - mostListed} more`] : [];
  const listed = [...faults.slice(0, mostListed), ...more].map(indented).join('\n');
  fail(`${faults.length} of ${items.length} items of ${what} do not match:\n${listed}`);
}

/** No two items have the same value at a path; `$` is the item itself. */
export function expectUnique(items: readonly unknown[], path: string, what: string): void {
  const seen = new Map<string, number>();
  const twice = items.flatMap((item, index) => {
    const key = renderValue(fieldOfItem(item, path, index, what));
    const before = seen.get(key);
    seen.set(key, before ?? index);
    return before === undefined ? [] : [`[${before}] and [${index}] both have ${key}`];
  });
  if (twice.length === 0) return;
  fail(`"${path}" is not unique in ${what}:\n${indented(twice.slice(0, mostListed).join('\n'))}`);
}

/** Numbers by value, everything else as text by its code units. */
export function expectSorted(items: readonly unknown[], path: string, order: string, what: string): void {
  const values = items.map((item, index) => fieldOfItem(item, path, index, what));
  const at = values.findIndex((value, index) => {
    const difference = index === 0 ? 0 : compare(values[index - 1], value);
    return order === 'ascending' ? difference > 0 : difference < 0;
  });
  if (at < 0) return;
  const [before, value] = [values[at - 1], values[at]].map((one) => renderValue(one));
  fail(`${what} is not sorted by "${path}" ${order}: [${at - 1}] has ${before}, [${at}] has ${value}`);
}

function compare(a: unknown, b: unknown): number {
  const numeric = [a, b].every((value) => typeof value === 'number' || typeof value === 'bigint');
  const [one, other] = numeric ? [a as number, b as number] : [String(a), String(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

function fieldOfItem(item: unknown, path: string, index: number, what: string): unknown {
  if (path === '$') return item;
  const { found, value } = lookUp(item, path);
  return found ? value : fail(`item [${index}] of ${what} has no field "${path}": ${renderValue(item)}`);
}
