import { avroIncompatibilities } from './avro/compatibility';
import type { SchemaText } from './codec';
import { jsonIncompatibilities } from './json/compatibility';
import { protobufIncompatibilities } from './protobuf/compatibility';

/** BACKWARD: the new schema reads what the old one wrote; FORWARD: the other way round; FULL: both. */
export const directions = ['NONE', 'BACKWARD', 'FORWARD', 'FULL'] as const;
export type Direction = (typeof directions)[number];

/**
 * Why a new schema is not compatible with an existing one; nothing when it is.
 * @throws NotComparable for JSON Schemas of which it cannot be told
 */
export async function incompatibilities(
  direction: Direction,
  candidate: SchemaText,
  existing: SchemaText,
): Promise<string[]> {
  if (direction === 'NONE') return [];
  if (candidate.type !== existing.type)
    return [`the type of the schema has changed from ${existing.type} to ${candidate.type}`];
  const backward = direction === 'FORWARD' ? [] : await unreadable(candidate, existing);
  const forward = direction === 'BACKWARD' ? [] : await unreadable(existing, candidate);
  const both = direction === 'FULL';
  return [
    ...backward.map((fault) => (both ? `the new schema cannot read the old: ${fault}` : fault)),
    ...forward.map((fault) => (both ? `the old schema cannot read the new: ${fault}` : fault)),
  ];
}

async function unreadable(reader: SchemaText, writer: SchemaText): Promise<string[]> {
  switch (reader.type) {
    case 'AVRO':
      return avroIncompatibilities(reader, writer);
    case 'PROTOBUF':
      return protobufIncompatibilities(reader, writer);
    case 'JSON':
      return jsonIncompatibilities(reader, writer);
  }
}

export { NotComparable } from './json/schema-documents';
