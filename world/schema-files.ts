import { dirname, join } from 'node:path';
import { BrineError, didYouMean } from '../support/errors';
import type { SchemaCodec, SchemaDraft, SchemaText, SchemaType } from '../support/schema-registry';
import type { AcceptanceWorld } from './acceptance-world';
import { schemaLibrary } from './schema-library';

/** A schema that a step names: a file, and where it has several messages, one of them. */
export interface SchemaFile {
  readonly type: SchemaType;
  readonly text: string;
  /** As it was written after `#`. */
  readonly message: string | undefined;
  /** What it is, for messages: `schema "order.proto"`. */
  readonly place: string;
  /** What it imports, those first that others import, each with what it imports itself. */
  readonly imports: readonly ImportedFile[];
}

export interface ImportedFile {
  /** As it is named in the import. */
  readonly name: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const types: ReadonlyArray<readonly [ending: string, type: SchemaType]> = [
  ['.avsc', 'AVRO'],
  ['.proto', 'PROTOBUF'],
  ['.json', 'JSON'],
];

/**
 * Reads a schema from the test data folder, with what it imports from there.
 * @param named `order.avsc`, `order.proto#shop.Order`
 * @throws BrineError BRINE_STEP_002 when there is no such file, or it is of no known kind
 */
export function schemaFile(world: AcceptanceWorld, named: string): SchemaFile {
  const [file = '', message] = named.split('#');
  const type = types.find(([ending]) => file.endsWith(ending))?.[1];
  if (type === undefined) throw unknownKind(file);
  const text = world.testData(file);
  const imports = type === 'PROTOBUF' ? importsOf(world, file, text) : [];
  return { type, text, message, place: `schema "${file}"`, imports };
}

function unknownKind(file: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `schema "${file}"`,
    reason: 'its name does not say what it is',
    advice: 'files with schemas end in .avsc (Avro), .proto (Protobuf) or .json (JSON Schema)',
  });
}

const importPattern = /(?<=^|;)\s*import\s+(?:public\s+|weak\s+)?["']([^"']+)["']\s*;/gm;
const comments = /\/\*[\s\S]*?\*\/|\/\/.*/g;

function namesImported(text: string): string[] {
  const imports = text.replace(comments, '').matchAll(importPattern);
  return Array.from(imports, ([, name = '']) => name).filter(
    (name) => !name.startsWith('google/protobuf/'), // those come with the library, and with every registry
  );
}

function importsOf(world: AcceptanceWorld, file: string, text: string): ImportedFile[] {
  const found = new Map<string, ImportedFile>();
  const follow = (from: string, content: string): void => {
    for (const name of namesImported(content)) {
      if (found.has(name)) continue;
      const place = placeOf(world, from, name);
      const imported = { name, text: world.testData(place), imports: [] as string[] };
      found.set(name, imported);
      follow(place, imported.text);
      found.delete(name); // after those that it imports
      found.set(name, { ...imported, imports: namesImported(imported.text) });
    }
  };
  follow(file, text);
  return [...found.values()];
}

/** Imports are relative to the test data folder, or else to the file that has them. */
function placeOf(world: AcceptanceWorld, from: string, name: string): string {
  try {
    world.assertTestData(name);
    return name;
  } catch {
    return join(dirname(from), name);
  }
}

/** The schema with all that it imports, without a registry. */
export function schemaText({ type, text, imports }: SchemaFile): SchemaText {
  return { type, text, references: imports.map(({ name, text: of }) => ({ name, text: of })) };
}

/** @throws BrineError BRINE_SCHEMA_001 or BRINE_JSON_001 when it is no schema */
export function codecOfFile(file: SchemaFile): Promise<SchemaCodec> {
  return schemaLibrary().codecOf(schemaText(file), file.place);
}

/**
 * The schema as the registry is to have it. What it imports is registered under the names of the imports, as Confluent's
 * clients do.
 */
export async function draftOf(world: AcceptanceWorld, file: SchemaFile): Promise<SchemaDraft> {
  await codecOfFile(file);
  const versions = new Map<string, number>();
  const references = (names: readonly string[]) =>
    names.map((name) => ({ name, subject: name, version: versions.get(name) ?? 1 }));
  for (const { name, text, imports } of file.imports) {
    const draft = { type: file.type, text, references: references(imports) };
    versions.set(name, (await world.schemas.register(name, draft)).version);
  }
  const direct = file.type === 'PROTOBUF' ? namesImported(file.text) : [];
  return { type: file.type, text: file.text, references: references(direct) };
}

/**
 * The message of a schema that a step means: by its full name, or by the end of it where that is clear.
 * @returns undefined where the step names none
 * @throws BrineError BRINE_STEP_001 with the nearest name
 */
export function messageIn(codec: SchemaCodec, { message, place }: Pick<SchemaFile, 'message' | 'place'>) {
  if (message === undefined || codec.names.includes(message)) return message;
  const [only, ...others] = codec.names.filter((name) => name.endsWith(`.${message}`));
  if (only !== undefined && others.length === 0) return only;
  throw new BrineError('BRINE_STEP_001', {
    kind: `message of ${place}`,
    name: message,
    suggestion: didYouMean(message, [...codec.names, ...codec.names.map(lastPart)]),
    known: codec.names.join(', '),
  });
}

/** `Order` of `shop.Order`. */
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
