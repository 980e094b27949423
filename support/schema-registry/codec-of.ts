import { avroCodec } from './avro/codec';
import type { SchemaCodec, SchemaText } from './codec';
import { jsonCodec } from './json/codec';
import { protobufCodec } from './protobuf/codec';

const codecs = { AVRO: avroCodec, PROTOBUF: protobufCodec, JSON: jsonCodec } as const;

/**
 * The codec of a schema; the library of its type is loaded with the first.
 * @param place what the schema is, for errors: `schema "order.avsc"`
 * @throws BrineError BRINE_SCHEMA_001 when it is no schema of its type, BRINE_JSON_001 when it is no JSON
 */
export function codecOf(schema: SchemaText, place: string): Promise<SchemaCodec> {
  return codecs[schema.type](schema, place);
}
