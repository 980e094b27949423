import type { Type, types } from 'avsc';

/** The types of an Avro schema as the library tells them apart; a logical type keeps the attributes it was declared with. */
export type RecordType = types.RecordType;
export type UnionType = types.WrappedUnionType;

/** A type that has a meaning beyond its underlying one: `decimal`, `timestamp-millis`. */
export interface LogicalType extends Type {
  readonly underlyingType: Type;
  readonly attributes: LogicalAttributes;
}

export interface LogicalAttributes {
  readonly logicalType: string;
  readonly precision?: number;
  readonly scale?: number;
}

/** `record`, `array`, `long`...: the library's own names of kinds, without the variants it has of them. */
export function kindOf(type: Type): string {
  if (isLogical(type)) return 'logical';
  const { typeName } = type;
  if (typeName.startsWith('union:')) return 'union';
  if (typeName === 'abstract:long') return 'long';
  return typeName === 'error' ? 'record' : typeName;
}

export function isLogical(type: Type): type is LogicalType {
  return 'attributes' in type;
}

/** `shop.Order`, `long`, `decimal`: what messages call a type. */
export function nameOf(type: Type): string {
  if (isLogical(type)) return type.attributes.logicalType;
  return type.name ?? (kindOf(type) === 'union' ? unionName(type as UnionType) : kindOf(type));
}

function unionName({ types: branches }: UnionType): string {
  return branches.map(nameOf).join(' or ');
}
