import { isNumeric } from './numbers';
import { renderValue, typeName } from './render-value';
import { quoted, withoutInvisible } from './visible';

const limit = 200;
/** Texts longer than this are shown around the place where they differ. */
const long = 80;
const around = 30;

/** Why an actual value is not the expected one: `expected 2 (a number), was "2" (text)`. Never throws. */
export function describeDifference(expected: unknown, actual: unknown): string {
  if (typeof expected === 'string' && typeof actual === 'string') return describeTexts(expected, actual);
  const types = [typeName(expected), typeName(actual)];
  const differ = types[0] !== types[1];
  const [one, other] = types.map((type) => (differ && !/^(null|absent)$/.test(type) ? ` (${type})` : ''));
  return `expected ${show(expected)}${one}, was ${show(actual)}${other}${imprecise(expected, actual)}`;
}

/** A value within a sentence, cut when it is long. Never throws. */
export function show(value: unknown): string {
  return renderValue(value, { limit });
}

function describeTexts(expected: string, actual: string): string {
  const hint = likeness(expected, actual);
  if (Math.max(expected.length, actual.length) <= long)
    return `expected ${show(expected)}, was ${show(actual)}${hint}`;
  const at = firstDifference(expected, actual);
  return `expected ${excerpt(expected, at)}, was ${excerpt(actual, at)}, different from character ${at + 1} on${hint}`;
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function excerpt(text: string, at: number): string {
  const [from, to] = [Math.max(0, at - around), at + around];
  return `${from > 0 ? '…' : ''}${quoted(text.slice(from, to))}${to < text.length ? '…' : ''}`;
}

function likeness(a: string, b: string): string {
  if (a.normalize() === b.normalize()) return ' (the same to the eye: another Unicode form)';
  if (a.toLowerCase() === b.toLowerCase()) return ' (only upper and lower case differ)';
  if (a.replace(/\s+/g, '') === b.replace(/\s+/g, '')) return ' (only white space differs)';
  if (withoutInvisible(a) === withoutInvisible(b)) return ' (only signs that cannot be seen differ)';
  return '';
}

/** Warns where digits were lost before the value came here. */
function imprecise(expected: unknown, actual: unknown): string {
  const lossy = typeof actual === 'number' && Math.abs(actual) > Number.MAX_SAFE_INTEGER;
  return lossy && isNumeric(expected) ? ' (beyond 2^53: where it was read, it may have lost digits)' : '';
}
