import { schemaValidator, withPlainNumbers } from '../../contracts/schema-validator';
import { BrineError } from '../../errors';
import { isFields, parseJson, stringifyJson } from '../../matching';
import { invalidSchema, type SchemaCodec, type SchemaText, UnfitValue, type ValueFault } from '../codec';

/** JSON text that conforms to a JSON Schema, by the library ajv. Its payload is the text alone. */
export async function jsonCodec(schema: SchemaText, place: string): Promise<SchemaCodec> {
  const json = withPlainNumbers(parseJson(schema.text, place));
  const others = schema.references.flatMap(({ name, text }) => {
    const other = withPlainNumbers(parseJson(text, name));
    return namesOf(name, json).map((one) => [one, other] as const);
  });
  const validate = await validator(json, place, new Map(others));
  const name = nameOf(json);
  const faults = (value: unknown): readonly ValueFault[] => validate(withPlainNumbers(value) ?? null);
  return {
    type: 'JSON',
    names: [name],
    decode: (payload) => ({ name, value: parseJson(payload.toString('utf8'), 'the event') }),
    encode(value) {
      const found = faults(value);
      if (found.length > 0) throw new UnfitValue(found);
      return Buffer.from(stringifyJson(value));
    },
    faults,
  };
}

async function validator(json: unknown, place: string, others: ReadonlyMap<string, unknown>) {
  try {
    return await schemaValidator(json, place, others);
  } catch (error) {
    if (!(error instanceof BrineError) || error.code !== 'BRINE_STEP_002') throw error;
    throw invalidSchema('JSON', place, String(error.parameters.reason), error);
  }
}

/** A `$ref` is relative to the `$id` of its schema, where that is a URL. */
function namesOf(name: string, schema: unknown): string[] {
  const { $id: base } = isFields(schema) ? schema : ({} as Record<string, unknown>);
  const resolved = URL.parse(name, typeof base === 'string' ? base : undefined)?.href;
  return resolved === undefined || resolved === name ? [name] : [name, resolved];
}

function nameOf(schema: unknown): string {
  const { title, $id } = isFields(schema) ? schema : ({} as Record<string, unknown>);
  return typeof title === 'string' ? title : typeof $id === 'string' ? $id : '';
}
