import type { Enum, Field, Type } from 'protobufjs';
import { asEnum, asMap, asMessage, nameOf } from './fields';
import {
  type EnumDescriptor,
  type FieldDescriptor,
  labels,
  type MessageDescriptor,
  scalarTypes,
} from './file-descriptor';

/**
 * The descriptor of a message, as protoc makes it. The library's own names the entries of maps otherwise than Google's parsers
 * want, puts them first, and gives types no full names.
 */
export function describeMessage(type: Type): MessageDescriptor {
  const oneOfs = [...type.oneofsArray].sort(
    (a, b) => Number(a.isProto3Optional) - Number(b.isProto3Optional),
  );
  const indexOf = (field: Field) => (field.partOf === null ? undefined : oneOfs.indexOf(field.partOf));
  const nested = type.nestedArray;
  const maps = type.fieldsArray.flatMap((field) =>
    asMap(field) === undefined ? [] : [describeEntry(field)],
  );
  const reserved = type.reserved ?? [];
  return {
    name: type.name,
    field: type.fieldsArray.map((field) => describeField(field, indexOf(field))),
    nestedType: [...nested.flatMap((one) => asMessage(one) ?? []).map(describeMessage), ...maps],
    enumType: nested.flatMap((one) => asEnum(one) ?? []).map(describeEnum),
    oneofDecl: oneOfs.map(({ name }) => ({ name })),
    reservedRange: reserved.flatMap((one) =>
      typeof one === 'string' ? [] : [{ start: one[0] ?? 0, end: (one[1] ?? 0) + 1 }],
    ),
    reservedName: reserved.filter((one) => typeof one === 'string'),
  };
}

export function describeEnum({ name, values, options }: Enum): EnumDescriptor {
  return {
    name,
    value: Object.entries(values).map(([key, number]) => ({ name: key, number })),
    ...(options?.allow_alias === true ? { options: { allowAlias: true } } : {}),
  };
}

function describeField(field: Field, oneofIndex: number | undefined): FieldDescriptor {
  const name = nameOf(field);
  const isMap = asMap(field) !== undefined;
  const { default: defaultValue, packed, deprecated } = field.options ?? {};
  const options = {
    ...(packed === undefined ? {} : { packed }),
    ...(deprecated === true ? { deprecated } : {}),
  };
  return {
    name,
    number: field.id,
    label: field.repeated || isMap ? labels.repeated : field.required ? labels.required : labels.optional,
    ...(isMap
      ? { type: numberOf('message'), typeName: `${field.parent?.fullName}.${entryName(name)}` }
      : typeOf(field)),
    ...(field.jsonName === undefined ? {} : { jsonName: field.jsonName }),
    ...(defaultValue === undefined ? {} : { defaultValue: String(defaultValue) }),
    ...(oneofIndex === undefined ? {} : { oneofIndex }),
    ...(field.partOf?.isProto3Optional === true ? { proto3Optional: true } : {}),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

function typeOf({ resolvedType, type, delimited }: Field): Pick<FieldDescriptor, 'type' | 'typeName'> {
  if (asEnum(resolvedType) !== undefined)
    return { type: numberOf('enum'), typeName: resolvedType?.fullName ?? '' };
  if (asMessage(resolvedType) === undefined) return { type: numberOf(type) };
  return { type: numberOf(delimited ? 'group' : 'message'), typeName: resolvedType?.fullName ?? '' };
}

function numberOf(type: string): number {
  return scalarTypes.get(type) ?? 0;
}

function describeEntry(field: Field): MessageDescriptor {
  const keyType = asMap(field)?.keyType ?? 'string';
  const of = { label: labels.optional };
  return {
    name: entryName(nameOf(field)),
    field: [
      { name: 'key', number: 1, type: numberOf(keyType), jsonName: 'key', ...of },
      { name: 'value', number: 2, ...typeOf(field), jsonName: 'value', ...of },
    ],
    nestedType: [],
    enumType: [],
    oneofDecl: [],
    reservedRange: [],
    reservedName: [],
    options: { mapEntry: true },
  };
}

/** As protoc names it: `LineCountsEntry` for `line_counts`. */
function entryName(field: string): string {
  const camel = field.replace(/(?:^|_)([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
  return `${camel}Entry`;
}
