import { dirname, join } from 'node:path';
import { BrineError, didYouMean } from '../support/errors';
import type { SchemaCodec, SchemaDraft, SchemaText, SchemaType } from '../support/schema-registry';
import type { AcceptanceWorld } from './acceptance-world';
import { importsIn, type SchemaImport } from './schema-imports';
import { schemaLibrary } from './schema-library';

/** A schema that a step names: a file, and where it has several messages, one of them. */
export interface SchemaFile {
  readonly type: SchemaType;
  readonly text: string;
  /** As it was written after `#`. */
  readonly message: string | undefined;
  /** What it is, for messages: `schema "order.proto"`. */
  readonly place: string;
  /** What it refers to in other files, those first that others refer to, each with what it refers to itself. */
  readonly imports: readonly ImportedFile[];
  /** The names of those that it refers to itself. */
  readonly direct: readonly string[];
}

export interface ImportedFile {
  /** As it is named where it is referred to. */
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
 * Reads a schema from the test data folder, with what it refers to there.
 * @param named `order.avsc`, `order.proto#shop.Order`
 * @throws BrineError BRINE_STEP_002 when there is no such file, or it is of no known kind
 */
export function schemaFile(world: AcceptanceWorld, named: string): SchemaFile {
  const [file = '', message] = named.split('#');
  const type = types.find(([ending]) => file.endsWith(ending))?.[1];
  if (type === undefined) throw unknownKind(file);
  const text = world.testData(file);
  return { type, text, message, place: `schema "${file}"`, ...importsOf(world, type, file, text) };
}

function unknownKind(file: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `schema "${file}"`,
    reason: 'its name does not say what it is',
    advice: 'files with schemas end in .avsc (Avro), .proto (Protobuf) or .json (JSON Schema)',
  });
}

/** Everything that a schema refers to, and what that refers to. */
function importsOf(
  world: AcceptanceWorld,
  type: SchemaType,
  file: string,
  text: string,
): Pick<SchemaFile, 'imports' | 'direct'> {
  const found = new Map<string, ImportedFile>();
  const begun = new Set<string>();
  const follow = (from: string, content: string): string[] => {
    const names: string[] = [];
    for (const one of importsIn(type, content)) {
      const place = placeOf(world, from, one);
      if (place === undefined) continue;
      names.push(one.name);
      if (begun.has(one.name)) continue;
      begun.add(one.name);
      const imported = world.testData(place);
      const imports = follow(place, imported); // first those that it refers to itself
      found.set(one.name, { name: one.name, text: imported, imports });
    }
    return names;
  };
  const direct = follow(file, text);
  return { imports: [...found.values()], direct };
}

/** Files are looked for in the test data folder, or else beside the one that refers to them. */
function placeOf(world: AcceptanceWorld, from: string, { files, isFile }: SchemaImport): string | undefined {
  const places = [...files, ...files.map((file) => join(dirname(from), file))];
  const found = places.find((place) => exists(world, place));
  return found ?? (isFile ? places[0] : undefined);
}

function exists(world: AcceptanceWorld, file: string): boolean {
  try {
    world.assertTestData(file);
    return true;
  } catch {
    return false;
  }
}

/** The schema with all that it refers to, without a registry. */
export function schemaText({ type, text, imports }: SchemaFile): SchemaText {
  return { type, text, references: imports.map(({ name, text: of }) => ({ name, text: of })) };
}

/** @throws BrineError BRINE_SCHEMA_001 or BRINE_JSON_001 when it is no schema */
export function codecOfFile(file: SchemaFile): Promise<SchemaCodec> {
  return schemaLibrary().codecOf(schemaText(file), file.place);
}

/**
 * The schema as the registry is to have it. What it refers to is registered under the names that it uses, as Confluent's clients
 * do.
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
  return { type: file.type, text: file.text, references: references(file.direct) };
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
