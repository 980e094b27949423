import { ExactDecimal, type Numeric } from './numbers';

/**
 * A JSON value without loss: integers beyond 2^53 are BigInts, decimals that a double cannot hold are
 * {@link ExactDecimal}s. Write it with `stringifyJson`: plain `JSON.stringify` refuses BigInts.
 */
export type Json = null | boolean | Numeric | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Deeper nesting is refused with a message: the call stack of what reads, matches and renders has an end. */
export const deepest = 1_200;

/** Whether the value is an object with named fields: no array, date, bytes or number. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date || value instanceof Uint8Array || value instanceof ExactDecimal)
  );
}

/** Sets a field at a path of names, as data; what is no object on the way there becomes one. */
export function setAtPath(
  object: Record<string, unknown>,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) {
    setField(object, name, value);
    return;
  }
  const inner = Object.hasOwn(object, name) ? object[name] : undefined;
  const fields = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  setField(object, name, fields);
  setAtPath(fields, rest, value);
}

/** Sets a field as data, whatever its name: `__proto__` does not reach the prototype. */
export function setField<T>(object: Record<string, T>, name: string, value: T): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
