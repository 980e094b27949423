import { isFields } from './json-value';
import { instantOf, readInstant } from './moments';
import { compareNumbers, isNumeric } from './numbers';

/**
 * Whether two scalars are the same JSON value: numbers by value whatever their representation, a Date also
 * with the timestamp text of its instant.
 */
export function sameScalar(expected: unknown, actual: unknown): boolean {
  if (expected === actual) return true;
  if (isNumeric(expected)) return isNumeric(actual) && compareNumbers(expected, actual) === 0;
  if (expected instanceof Date)
    return actual instanceof Date ? sameInstant(expected, actual) : sameScalar(actual, expected);
  return (
    actual instanceof Date && typeof expected === 'string' && readInstant(expected) === instantOf(actual)
  );
}

/** Whether two values are the same throughout: same fields, same items in the same order. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (!isFields(a)) return sameScalar(a, b);
  const names = Object.keys(a);
  if (!isFields(b) || Object.keys(b).length !== names.length) return false;
  return names.every((name) => Object.hasOwn(b, name) && sameValue(a[name], b[name]));
}

function sameInstant(a: Date, b: Date): boolean {
  return a.getTime() === b.getTime() || (Number.isNaN(a.getTime()) && Number.isNaN(b.getTime()));
}
