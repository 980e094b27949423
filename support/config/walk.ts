import type { z } from 'zod';

/** A place in the configuration, such as `['services', 'orders', 'url']`. */
export type KeyPath = readonly PropertyKey[];

type Schema = z.core.$ZodType;

/** The schema without the wrappers for defaults and optional values. */
export function unwrapped(schema: Schema): Schema {
  const inner = (schema._zod.def as { innerType?: Schema }).innerType;
  return inner === undefined ? schema : unwrapped(inner);
}

/** The keys that a strict object allows, or undefined when the schema is no object. */
export function shapeOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  const definition = unwrapped(schema)._zod.def as { type: string; shape?: Record<string, Schema> };
  return definition.type === 'object' ? definition.shape : undefined;
}

/** What the values of a record (names given by users) look like, or undefined when the schema is no record. */
export function recordValueOf(schema: Schema): Schema | undefined {
  const definition = unwrapped(schema)._zod.def as { type: string; valueType?: Schema };
  return definition.type === 'record' ? definition.valueType : undefined;
}

/** The schema at a place; undefined when the place does not exist. */
export function schemaAt(schema: Schema, path: KeyPath): Schema | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  const child = shapeOf(schema)?.[String(key)] ?? recordValueOf(schema);
  return child === undefined ? undefined : schemaAt(child, rest);
}

/** A single value of the configuration. */
export interface Leaf {
  readonly path: readonly string[];
  readonly schema: Schema;
}

/** Every single value there can be; the names in records are those that the given configuration has. */
export function leaves(schema: Schema, given: unknown, path: readonly string[] = []): Leaf[] {
  const shape = shapeOf(schema);
  if (shape !== undefined) {
    return Object.entries(shape).flatMap(([key, child]) =>
      leaves(child, property(given, key), [...path, key]),
    );
  }
  const value = recordValueOf(schema);
  if (value === undefined) return [{ path, schema }];
  return Object.keys(isObject(given) ? given : {}).flatMap((key) =>
    leaves(value, property(given, key), [...path, key]),
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function property(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}
