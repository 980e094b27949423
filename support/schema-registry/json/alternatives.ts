import { isFields, sameValue } from '../../matching';
import { type Keywords, NotComparable, type SchemaDocuments } from './schema-documents';

export const types = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;
export type TypeName = (typeof types)[number];

/** What fields of an object must be like, where `properties` and `additionalProperties` stand together. */
export interface FieldRules {
  readonly properties: ReadonlyMap<string, unknown>;
  readonly patterns: ReadonlyMap<string, unknown>;
  /** Of all other fields. */
  readonly others: unknown;
}

/** What items of an array must be like. */
export interface ItemRules {
  readonly first: readonly unknown[];
  readonly others: unknown;
}

/** One way to be valid: all of these hold together. There is no `anyOf` left in it. */
export interface Alternative {
  readonly types: ReadonlySet<TypeName>;
  readonly isInteger: boolean;
  /** The only values; undefined when there are others. */
  readonly values: readonly unknown[] | undefined;
  readonly fields: readonly FieldRules[];
  readonly items: readonly ItemRules[];
  /** Schemas with further keywords, each for itself. */
  readonly keywords: readonly Keywords[];
}

const anything: Alternative = {
  types: new Set(types),
  isInteger: false,
  values: undefined,
  fields: [],
  items: [],
  keywords: [],
};

/** More are not multiplied out. */
const most = 500;

/**
 * The ways in which a value can be valid under a schema: `anyOf`, `oneOf`, `allOf`, lists of types and `$ref`s are multiplied
 * out; none for `false`. Of `oneOf`, that only one may hold is left out, as schema registries do.
 * @throws NotComparable when there are too many, or a `$ref` leads nowhere
 */
export function alternatives(
  schema: unknown,
  documents: SchemaDocuments,
  above: readonly Keywords[] = [],
): readonly Alternative[] {
  if (schema === false) return [];
  if (!isFields(schema)) return [anything];
  if (above.includes(schema)) throw new NotComparable('"$ref"s lead in a circle');
  const within = [...above, schema];
  const of = (part: unknown) => alternatives(part, documents, within);
  const referred = referredBy(schema, documents).map(of);
  if (referred.length > 0 && documents.isAloneWithReference(schema)) return referred[0] ?? [];
  const all = listed(schema.allOf).map(of);
  const some = [schema.anyOf, schema.oneOf].filter(Array.isArray).map((list) => list.flatMap(of));
  const product = [...referred, ...all, ...some].reduce(multiplied, ownOf(schema));
  return product.map((one) => withUnevaluated(one, schema));
}

function referredBy(schema: Keywords, documents: SchemaDocuments): unknown[] {
  return ['$ref', '$dynamicRef'].flatMap((keyword) => {
    const reference = schema[keyword];
    return typeof reference === 'string' ? [documents.referred(schema, reference)] : [];
  });
}

export function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function multiplied(left: readonly Alternative[], right: readonly Alternative[]): Alternative[] {
  if (left.length * right.length > most)
    throw new NotComparable(`its parts can be combined in more than ${most} ways`);
  return left.flatMap((one) => right.map((other) => both(one, other))).filter(isPossible);
}

function both(one: Alternative, other: Alternative): Alternative {
  return {
    types: new Set([...one.types].filter((type) => other.types.has(type))),
    isInteger: one.isInteger || other.isInteger,
    values: bothValues(one.values, other.values),
    fields: [...one.fields, ...other.fields],
    items: [...one.items, ...other.items],
    keywords: [...one.keywords, ...other.keywords],
  };
}

function bothValues(one: Alternative['values'], other: Alternative['values']): Alternative['values'] {
  if (one === undefined || other === undefined) return one ?? other;
  return one.filter((value) => other.some((each) => sameValue(value, each)));
}

function isPossible({ types: left, values }: Alternative): boolean {
  return left.size > 0 && (values === undefined || values.length > 0);
}

/** Each type is an alternative of its own, so that each may change by itself. */
function ownOf(schema: Keywords): Alternative[] {
  const rest = {
    values: valuesOf(schema),
    fields: fieldsOf(schema),
    items: itemsOf(schema),
    keywords: [schema],
  };
  if (schema.type === undefined && rest.values === undefined)
    return [{ types: new Set(types), isInteger: false, ...rest }];
  const names = schema.type === undefined ? types : [schema.type].flat();
  return names
    .filter((name) => name !== 'integer' || !names.includes('number'))
    .map((name) => ofType(String(name), rest))
    .filter(isPossible);
}

function ofType(name: string, rest: Omit<Alternative, 'types' | 'isInteger'>): Alternative {
  const isInteger = name === 'integer';
  const type = (isInteger ? 'number' : name) as TypeName;
  const values = rest.values?.filter((value) => typeOf(value) === type && (!isInteger || isWhole(value)));
  return { ...rest, types: new Set([type]), isInteger, values };
}

export function typeOf(value: unknown): TypeName {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as TypeName;
}

function isWhole(value: unknown): boolean {
  return Number.isInteger(value);
}

function valuesOf(schema: Keywords): Alternative['values'] {
  const constant = 'const' in schema ? [schema.const] : undefined;
  return bothValues(constant, Array.isArray(schema.enum) ? schema.enum : undefined);
}

function fieldsOf(schema: Keywords): FieldRules[] {
  const { properties, patternProperties, additionalProperties: others = true } = schema;
  if (!isFields(properties) && !isFields(patternProperties) && others === true) return [];
  return [{ properties: mapOf(properties), patterns: mapOf(patternProperties), others }];
}

function mapOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(isFields(value) ? Object.entries(value) : []);
}

function itemsOf(schema: Keywords): ItemRules[] {
  const { prefixItems, items, additionalItems } = schema;
  if (Array.isArray(items)) return [{ first: items, others: additionalItems ?? true }];
  if (!Array.isArray(prefixItems) && items === undefined) return [];
  return [{ first: listed(prefixItems), others: items ?? true }];
}

/** What no part of the schema has spoken of falls to `unevaluatedProperties` and `unevaluatedItems`. */
function withUnevaluated(one: Alternative, schema: Keywords): Alternative {
  const { unevaluatedProperties: fields, unevaluatedItems: items } = schema;
  const isOpen = !one.keywords.some((each) => each.additionalProperties !== undefined);
  const hasRest = one.keywords.some((each) => !Array.isArray(each.items) && each.items !== undefined);
  const names = one.fields.flatMap(({ properties }) => [...properties.keys()]);
  const patterns = one.fields.flatMap((rules) => [...rules.patterns.keys()]);
  const count = Math.max(0, ...one.items.map(({ first }) => first.length));
  const anyOf = (keys: readonly string[]) => new Map(keys.map((key) => [key, true]));
  return {
    ...one,
    fields:
      fields === undefined || !isOpen
        ? one.fields
        : [...one.fields, { properties: anyOf(names), patterns: anyOf(patterns), others: fields }],
    items:
      items === undefined || hasRest
        ? one.items
        : [...one.items, { first: Array(count).fill(true), others: items }],
  };
}
