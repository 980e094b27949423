import type { Type } from 'avsc';
import { type SchemaCodec, type SchemaText, UnfitValue, type ValueFault } from '../codec';
import { Place } from '../faults';
import { fromJson, toJson } from './json-values';
import { nameOf } from './named-types';
import { avroType } from './schema-types';

/** Avro's binary encoding, by the library avsc. Its payload is the value alone. */
export async function avroCodec(schema: SchemaText, place: string): Promise<SchemaCodec> {
  const type = await avroType(schema, place, 'with logical types');
  const name = nameOf(type);
  return {
    type: 'AVRO',
    names: [name],
    decode: (payload) => ({ name, value: toJson(type, type.fromBuffer(payload)) }),
    encode: (value) => type.toBuffer(fitting(type, value)),
    faults: (value) => faultsOf(type, value),
  };
}

function fitting(type: Type, value: unknown): unknown {
  const place = Place.root();
  const encodable = fromJson(type, value, place);
  if (place.found.length > 0) throw new UnfitValue(place.found);
  return encodable;
}

function faultsOf(type: Type, value: unknown): readonly ValueFault[] {
  const place = Place.root();
  fromJson(type, value, place);
  return place.found;
}
