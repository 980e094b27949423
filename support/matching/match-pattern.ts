import { nearest } from '../errors';
import { type Assignment, assign, assignAll, assignInTurn, type ChoiceProblem } from './assignment';
import type { Attempt, Mismatch } from './attempt';
import { describeDifference, show } from './difference';
import { sameScalar } from './equality';
import { ItemIndex } from './item-index';
import { deepest, isFields } from './json-value';
import type { Marker } from './markers';
import type { ArrayPattern, ObjectPattern, Pattern } from './pattern';

/** For the closest item, so many are looked at. */
const mostCandidates = 200;
/** For so many items without a partner the closest one is looked for, and so many of its differences are told. */
const mostClosest = 100;
const mostDifferences = 5;

/** Whether the value matches; mismatches and captures are noted in the attempt. */
export function matchPattern(pattern: Pattern, actual: unknown, attempt: Attempt): boolean {
  switch (pattern.kind) {
    case 'scalar':
      return sameScalar(pattern.expected, actual) || differs(pattern, actual, attempt);
    case 'marker':
      return matchMarker(pattern.marker, actual, attempt);
    case 'object':
      return matchObject(pattern, actual, attempt);
    case 'array':
      return matchArray(pattern, actual, attempt);
  }
}

function differs(pattern: Pattern, actual: unknown, attempt: Attempt): false {
  return attempt.fail(() => describeDifference(pattern.expected, actual), pattern.expected, actual);
}

/**
 * Whether a value satisfies a marker. undefined means that it is absent.
 * @param same how a captured value is compared; by value and type unless told
 */
export function matchMarker(
  marker: Marker,
  actual: unknown,
  attempt: Attempt,
  same?: (a: unknown, b: unknown) => boolean,
): boolean {
  if (actual === undefined) return marker.mayBeAbsent || missing(wanted(marker), marker.text, attempt);
  const objection = marker.objection(actual);
  if (objection !== undefined)
    return attempt.fail(() => objectionText(marker, actual, objection), marker.text, actual);
  if (marker.each && Array.isArray(actual) && !matchEach(marker.each, actual, attempt)) return false;
  const name = marker.captureAs;
  if (name === undefined || attempt.capture(name, actual, same)) return true;
  const before = attempt.captured(name);
  return attempt.fail(
    () => `${describeDifference(before, actual)} (captured before as ${name})`,
    before,
    actual,
  );
}

function matchEach(each: Marker, items: readonly unknown[], attempt: Attempt): boolean {
  let all = true;
  for (const [index, item] of items.entries()) {
    all = attempt.within(index, () => matchMarker(each, item, attempt)) && all;
    if (!all && attempt.quick) return false;
  }
  return all;
}

function wanted({ text, meaning }: Marker): string {
  return meaning === '' ? text : `${text} (${meaning})`;
}

function objectionText(marker: Marker, actual: unknown, objection: string): string {
  return `expected ${wanted(marker)}, was ${show(actual)}${objection === '' ? '' : ` (${objection})`}`;
}

function missing(expected: string, value: unknown, attempt: Attempt, hint = ''): false {
  return attempt.fail(() => `expected ${expected}, but it is missing${hint}`, value, undefined);
}

function matchObject(pattern: ObjectPattern, actual: unknown, attempt: Attempt): boolean {
  if (!isFields(actual)) return differs(pattern, actual, attempt);
  if (attempt.trail.length > deepest)
    return attempt.fail(() => `is nested deeper than ${deepest} levels`, pattern.expected, actual);
  let all = true;
  for (const [name, field] of pattern.fields) {
    attempt.trail.push(name);
    if (!matchField(field, name, actual, attempt)) all = false;
    attempt.trail.pop();
    if (!all && attempt.quick) return false;
  }
  return attempt.rules.exactly ? noFurther(pattern, actual, attempt) && all : all;
}

function matchField(
  pattern: Pattern,
  name: string,
  parent: Readonly<Record<string, unknown>>,
  attempt: Attempt,
): boolean {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  if (value !== undefined) return matchPattern(pattern, value, attempt);
  if (pattern.kind === 'marker' && pattern.marker.mayBeAbsent) return true;
  if (attempt.quick) return false;
  const text = pattern.kind === 'marker' ? wanted(pattern.marker) : show(pattern.expected);
  return missing(text, pattern.expected, attempt, similarField(name, parent));
}

function similarField(name: string, parent: Readonly<Record<string, unknown>>): string {
  const [similar] = nearest(name, Object.keys(parent));
  const alike = similar !== undefined && (name.length > 3 || similar.toLowerCase() === name.toLowerCase());
  return !alike || similar === name ? '' : ` (there is "${similar}")`;
}

function noFurther(
  pattern: ObjectPattern,
  actual: Readonly<Record<string, unknown>>,
  attempt: Attempt,
): boolean {
  const names = new Set(pattern.fields.map(([name]) => name));
  let none = true;
  for (const [name, value] of Object.entries(actual)) {
    if (names.has(name) || value === undefined) continue;
    none = attempt.within(name, () =>
      attempt.fail(() => `is not expected, was ${show(value)}`, undefined, value),
    );
    if (attempt.quick) return false;
  }
  return none;
}

function matchArray(pattern: ArrayPattern, actual: unknown, attempt: Attempt): boolean {
  if (!Array.isArray(actual)) return differs(pattern, actual, attempt);
  if (attempt.trail.length > deepest)
    return attempt.fail(() => `is nested deeper than ${deepest} levels`, pattern.expected, actual);
  const alone = pattern.items.length === 1 && actual.length === 1;
  if (attempt.rules.arrays !== 'same' && !alone) return matchAnyOrder(pattern, actual, attempt);
  if (pattern.items.length !== actual.length) return wrongLength(pattern, actual, attempt);
  let all = true;
  for (const [index, item] of pattern.items.entries()) {
    attempt.trail.push(index);
    if (!matchItem(item, actual[index], attempt)) all = false;
    attempt.trail.pop();
    if (!all && attempt.quick) return false;
  }
  return all;
}

/** An item that is undefined is there all the same: JSON knows it as null. */
function matchItem(pattern: Pattern, item: unknown, attempt: Attempt): boolean {
  return matchPattern(pattern, item === undefined ? null : item, attempt);
}

/** Says how many items there should be, then which of them have no partner, whatever the order. */
function wrongLength(pattern: ArrayPattern, actual: readonly unknown[], attempt: Attempt): false {
  if (attempt.quick) return false;
  attempt.fail(
    () =>
      `expected ${count(pattern.items.length)}, there ${actual.length === 1 ? 'is' : 'are'} ${actual.length}`,
    pattern.expected,
    actual,
  );
  const partners = pairUp(pattern, actual, attempt);
  lackingItems(pattern, actual, partners, attempt);
  leftOver(actual, partners, attempt);
  return false;
}

function count(items: number): string {
  return items === 1 ? '1 item' : `${items} items`;
}

function matchAnyOrder(pattern: ArrayPattern, actual: readonly unknown[], attempt: Attempt): boolean {
  if (attempt.quick && tooFew(pattern, actual, attempt)) return false;
  if (pattern.captures && pairWithCaptures(pattern, actual, attempt)) return true;
  const partners = pairUp(pattern, actual, attempt);
  const exhausted = attempt.rules.arrays === 'contains' || pattern.items.length >= actual.length;
  if (!partners.includes(-1) && exhausted)
    return !pattern.captures || contradiction(pattern, actual, partners, attempt);
  if (attempt.quick) return false;
  lackingItems(pattern, actual, partners, attempt);
  if (attempt.rules.arrays === 'any order') leftOver(actual, partners, attempt);
  return false;
}

function tooFew(pattern: ArrayPattern, actual: readonly unknown[], { rules }: Attempt): boolean {
  return (
    pattern.items.length > actual.length ||
    (rules.arrays === 'any order' && pattern.items.length < actual.length)
  );
}

/** Pairs without regard to captures. */
function pairUp(pattern: ArrayPattern, actual: readonly unknown[], attempt: Attempt): Assignment {
  const index = ItemIndex.of(pattern.items.length, actual);
  return assign({
    expected: pattern.items.length,
    actual: actual.length,
    accepts: (e, a) => attempt.holds(() => matchAt(pattern, e, actual, a, attempt)),
    candidates: (e) => index?.candidates(itemAt(pattern, e)),
    key: (e) => index?.key(itemAt(pattern, e)),
  });
}

/** Pairs all items so that their captures agree, and keeps these; false, with nothing kept, when it cannot. */
function pairWithCaptures(pattern: ArrayPattern, actual: readonly unknown[], attempt: Attempt): boolean {
  if (tooFew(pattern, actual, attempt)) return false;
  const mark = attempt.fresh.size;
  const index = ItemIndex.of(pattern.items.length, actual);
  const problem: ChoiceProblem = {
    expected: pattern.items.length,
    actual: actual.length,
    choose: (e, a) => attempt.holds(() => matchAt(pattern, e, actual, a, attempt), true),
    candidates: (e) => index?.candidates(itemAt(pattern, e)),
    mark: () => attempt.fresh.size,
    undo: (to) => attempt.rollBack(to),
  };
  if (!assignInTurn(problem).includes(-1)) return true;
  attempt.rollBack(mark);
  return assignAll(problem) !== undefined;
}

/** Each item has a partner, but their captures contradict one another: shows where. Always false. */
function contradiction(
  p: ArrayPattern,
  actual: readonly unknown[],
  partners: Assignment,
  attempt: Attempt,
): false {
  if (attempt.quick) return false;
  for (const [e, a] of partners.entries()) attempt.within(a, () => matchAt(p, e, actual, a, attempt));
  return false;
}

function matchAt(
  p: ArrayPattern,
  e: number,
  actual: readonly unknown[],
  a: number,
  attempt: Attempt,
): boolean {
  return matchItem(itemAt(p, e), actual[a], attempt);
}

function itemAt(pattern: ArrayPattern, index: number): Pattern {
  return pattern.items[index] ?? pattern;
}

function lackingItems(
  pattern: ArrayPattern,
  actual: readonly unknown[],
  partners: Assignment,
  attempt: Attempt,
): void {
  const free = freeItems(actual, partners);
  let told = 0;
  for (const [index, partner] of partners.entries()) {
    if (partner !== -1) continue;
    const item = itemAt(pattern, index);
    const near = told++ < mostClosest ? closest(item, actual, free, attempt) : '';
    attempt.fail(() => `no item matches ${show(item.expected)}${near}`, item.expected, undefined);
  }
}

function leftOver(actual: readonly unknown[], partners: Assignment, attempt: Attempt): void {
  for (const position of freeItems(actual, partners)) {
    const item = actual[position];
    attempt.within(position, () => attempt.fail(() => `is not expected, was ${show(item)}`, undefined, item));
  }
}

function freeItems(actual: readonly unknown[], partners: Assignment): number[] {
  const taken = new Set(partners);
  return [...actual.keys()].filter((position) => !taken.has(position));
}

/** `; closest is $.items[1]: .qty expected 2, was 3`, for an item that shares something with the expected one. */
function closest(
  pattern: Pattern,
  actual: readonly unknown[],
  free: readonly number[],
  attempt: Attempt,
): string {
  if (pattern.kind !== 'object') return '';
  let best: readonly Mismatch[] | undefined;
  for (const position of free.slice(0, mostCandidates)) {
    if (!isFields(actual[position])) continue;
    const found = attempt.explain(() =>
      attempt.within(position, () => matchItem(pattern, actual[position], attempt)),
    );
    if (best === undefined || found.length < best.length) best = found;
  }
  const near = best !== undefined && (best.length < pattern.fields.length || free.length === 1);
  return near && best ? `; closest: ${differences(best)}` : '';
}

function differences(mismatches: readonly Mismatch[]): string {
  const told = mismatches.slice(0, mostDifferences).map(({ path, reason }) => `${path} ${reason}`);
  const more = mismatches.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more.toLocaleString('en-US')} more`] : [])].join('; ');
}
