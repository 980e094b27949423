import { BrineError, didYouMean } from '../errors';

const types = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const;

/** A contract in plain words: the fields there must be, and the names of their types. */
export interface PlainContract {
  readonly required: readonly string[];
  /** By name; `string|null` is either. A field may be missing unless it is required. */
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * The JSON Schema that says the same.
 * @throws BrineError BRINE_STEP_002 for another form, or a type there is not, with the nearest
 */
export function schemaOfContract(contract: unknown, place: string): object {
  const { required, properties } = contractFrom(contract, place);
  const fields = Object.entries(properties).map(([name, type]) => [
    name,
    { type: typesOf(name, type, place) },
  ]);
  return { type: 'object', required, properties: Object.fromEntries(fields) };
}

function contractFrom(contract: unknown, place: string): PlainContract {
  const { required = [], properties = {}, ...others } = Object(contract);
  const [odd] = Object.keys(others);
  if (odd !== undefined) throw wrongContract(place, `it has "${odd}"`);
  if (!Array.isArray(required) || !required.every((name) => typeof name === 'string'))
    throw wrongContract(place, '"required" is no list of names');
  if (!Object.values(Object(properties)).every((type) => typeof type === 'string'))
    throw wrongContract(place, '"properties" does not give the name of a type to each field');
  if (required.length + Object.keys(properties).length === 0)
    throw wrongContract(place, 'it demands nothing');
  return { required, properties };
}

function typesOf(name: string, written: string, place: string): string[] {
  const names = written.split('|').map((type) => type.trim());
  const unknown = names.find((type) => !types.includes(type as (typeof types)[number]));
  if (unknown === undefined) return names;
  throw new BrineError('BRINE_STEP_002', {
    place,
    reason: `the type "${unknown}" of "${name}" is unknown`,
    advice: `${didYouMean(unknown, types)}known: ${types.join(', ')}; two of them with | between: string|null`,
  });
}

function wrongContract(place: string, reason: string): BrineError {
  const advice =
    'write it like this: { "required": ["id"], "properties": { "id": "string", "price": "number" } }';
  return new BrineError('BRINE_STEP_002', { place, reason, advice });
}
