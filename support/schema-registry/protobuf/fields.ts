import type { Enum, Field, MapField, ReflectionObject, Type } from 'protobufjs';

/** As it is named in the file: `order_id`. */
export function nameOf(field: Field): string {
  return field.protoName ?? field.name;
}

export function asEnum(type: ReflectionObject | null): Enum | undefined {
  return type !== null && 'valuesById' in type ? (type as Enum) : undefined;
}

export function asMessage(type: ReflectionObject | null): Type | undefined {
  return type !== null && 'fieldsArray' in type ? (type as Type) : undefined;
}

/** Whether a field that is not set differs from one that is set to its default. */
export function hasPresence(field: Field): boolean {
  return Boolean(field.hasPresence) || asMessage(field.resolvedType) !== undefined;
}

/** `a map of string to int32`, `shop.Line`: what messages call its type. */
export function typeNameOf(field: Field): string {
  return field.resolvedType === null ? field.type : field.resolvedType.fullName.slice(1);
}

export function asMap(field: Field): MapField | undefined {
  return field.map ? (field as unknown as MapField) : undefined;
}

/** `google.protobuf.Timestamp` without its beginning, or undefined of other messages. */
export function wellKnownName(type: Type): string | undefined {
  return /^\.google\.protobuf\.(\w+)$/.exec(type.fullName)?.[1];
}

/** The field with a number, which well-known messages have. */
export function fieldOf(type: Type, id: number): Field {
  const field = type.fieldsById[id];
  if (field === undefined) throw new Error(`${type.fullName} has no field ${id}`);
  return field;
}
