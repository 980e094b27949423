import type { default as Ajv, AnySchemaObject, ErrorObject, ValidateFunction } from 'ajv';
import { BrineError, messageOf } from '../errors';
import { formatPath, stringifyJson } from '../matching';

/** Where a value does not conform, and to what. */
export interface ContractFault {
  /** In the feature's notation: `$.items[0].price`. */
  readonly path: string;
  readonly reason: string;
  readonly actual: unknown;
}

/** Says what of a value does not conform; nothing when it does. */
export type Validate = (value: unknown) => ContractFault[];

/** A value as validators take it, which know only the numbers of JavaScript: of larger ones the nearest is taken. */
export function withPlainNumbers(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(stringifyJson(value));
}

const drafts = ['2020-12', 'draft-07'] as const;
type Draft = (typeof drafts)[number];

/**
 * What checks values against a JSON Schema: draft 2020-12 unless its `$schema` says draft 7. Formats are checked, unknown
 * keywords ignored, as the standard says.
 * @param place what the schema is, for errors
 * @param others schemas that it refers to, by the names it uses in `$ref`
 * @throws BrineError BRINE_STEP_002 when it is no schema, or of another draft
 */
export async function schemaValidator(
  schema: unknown,
  place: string,
  others: ReadonlyMap<string, unknown> = new Map(),
): Promise<Validate> {
  if ((typeof schema !== 'object' || schema === null || Array.isArray(schema)) && typeof schema !== 'boolean')
    throw wrongSchema(place, 'it is no object', 'a JSON Schema is an object such as { "type": "object" }');
  const ajv = await newAjv(draftOf(schema, place));
  for (const [name, other] of others) ajv.addSchema(other as AnySchemaObject, name);
  return validatorOf(ajv, schema as AnySchemaObject, place);
}

/**
 * The same, of a part of a document whose other parts it refers to (`#/components/schemas/Order`).
 * @param pointer JSON pointer to the schema in the document
 */
export async function partValidator(document: object, pointer: string, place: string): Promise<Validate> {
  const ajv = await newAjv('2020-12');
  ajv.addSchema(document as AnySchemaObject, 'contract:');
  return validatorOf(ajv, { $ref: `contract:#${pointer}` }, place);
}

function validatorOf(ajv: Ajv, schema: AnySchemaObject, place: string): Validate {
  const validate = compiled(ajv, schema, place);
  return (value) => {
    try {
      if (validate(value)) return [];
    } catch (error) {
      throw notChecked(place, error);
    }
    return faultsOf(validate.errors ?? [], value);
  };
}

function compiled(ajv: Ajv, schema: AnySchemaObject, place: string): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw wrongSchema(place, messageOf(error), 'it must be a JSON Schema of draft 2020-12 or 7', error);
  }
}

/** Of some schemas ajv makes code that fails: https://github.com/ajv-validator/ajv/issues ("is not defined", "Cannot set properties"). */
function notChecked(place: string, error: unknown): BrineError {
  const reason = `nothing can be checked by it: the validator (ajv) fails on the schema itself, with "${messageOf(error)}"`;
  const advice =
    'that says nothing of the value; write the schema in another way: such faults are of items or properties that anyOf, allOf, patternProperties or unevaluated... describe a second time, and of "$ref"s that lead in a circle';
  return wrongSchema(place, reason, advice, error);
}

function draftOf(schema: object | boolean, place: string): Draft {
  const { $schema: uri = 'https://json-schema.org/draft/2020-12/schema' } = Object(schema);
  const draft = drafts.find((name) => String(uri).includes(name));
  if (draft !== undefined) return draft;
  throw wrongSchema(place, `its "$schema" is "${uri}"`, 'drafts 2020-12 and draft-07 are known');
}

/** Loaded with the first contract. */
async function newAjv(draft: Draft): Promise<Ajv> {
  const [{ default: formats }, { Ajv }, { Ajv2020 }] = await Promise.all([
    import('ajv-formats'),
    import('ajv'),
    import('ajv/dist/2020.js'),
  ]);
  const options = { strict: false, allErrors: true, verbose: true, logger: false } as const;
  const ajv = draft === 'draft-07' ? new Ajv(options) : new Ajv2020(options);
  formats.default(ajv);
  return ajv;
}

/** A branch that does not fit is told by the branch itself; these keywords only sum up. */
const summaries: ReadonlySet<string> = new Set(['if']);

function faultsOf(errors: readonly ErrorObject[], root: unknown): ContractFault[] {
  return errors
    .filter(({ keyword }) => !summaries.has(keyword))
    .map((error) => ({
      path: pathOf(error, root),
      reason: reasonOf(error),
      actual: error.keyword === 'required' ? undefined : error.data,
    }));
}

function pathOf({ instancePath, keyword, params }: ErrorObject, root: unknown): string {
  const names = instancePath.split('/').slice(1).map(unescaped);
  const segments = asSegments(names, root);
  const { missingProperty, additionalProperty, unevaluatedProperty } = params;
  const own = keyword === 'required' ? missingProperty : (additionalProperty ?? unevaluatedProperty);
  return formatPath(own === undefined ? segments : [...segments, String(own)]);
}

/** A pointer does not tell an index from a name; the value does. */
function asSegments(names: readonly string[], root: unknown): (string | number)[] {
  let value: unknown = root;
  return names.map((name) => {
    const segment = Array.isArray(value) ? Number(name) : name;
    value = Object(value)[name];
    return segment;
  });
}

function unescaped(part: string): string {
  return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
}

function reasonOf({ keyword, params, message = 'does not conform' }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'is required, but it is missing';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is not expected';
    case 'enum':
      return `must be one of ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}`;
    default:
      return message;
  }
}

function wrongSchema(place: string, reason: string, advice: string, cause?: unknown): BrineError {
  return new BrineError('BRINE_STEP_002', { place, reason, advice }, { cause });
}
