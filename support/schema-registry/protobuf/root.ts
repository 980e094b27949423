import type { Enum, Namespace, ReflectionObject, Root, Type } from 'protobufjs';
import { messageOf } from '../../errors';
import { invalidSchema, type SchemaText } from '../codec';
import { protoText } from './descriptors';
import { asEnum, asMessage } from './fields';

type Protobuf = typeof import('protobufjs');

/** A file's messages, and where each is among them. */
export interface ProtobufSchema {
  /** The file with all that it imports. */
  readonly root: Root;
  readonly own: ProtobufFile;
  /** The messages of the file, nested ones included, by their full names; those at the top in their order first. */
  readonly messages: ReadonlyMap<string, ProtobufMessage>;
}

export interface ProtobufMessage {
  readonly type: Type;
  /** Of the message among those of its file, or of its outer message, from the outside in. */
  readonly indexes: readonly number[];
}

/**
 * Reads a schema: a file in the language of Protobuf, or (as Confluent's clients for Python and JavaScript register it) the
 * file's descriptor in Base64.
 * @throws BrineError BRINE_SCHEMA_001 naming the line, where the text is wrong in itself
 */
export async function protobufSchema(schema: SchemaText, place: string): Promise<ProtobufSchema> {
  const { default: protobuf } = await import('protobufjs');
  try {
    const texts = [...schema.references.map(({ text }) => text), schema.text];
    const files = await Promise.all(texts.map(async (text) => fileOf(protobuf, await protoText(text))));
    const own = files.at(-1) ?? fileOf(protobuf, '');
    const root = assembled(files, schema, protobuf);
    const { messages, enums } = own;
    if (messages.length + enums.length === 0) throw new Error('it has no message');
    const all = [...messages.entries()].flatMap(([index, type]) => entriesOf(type, [index], root));
    return { root, messages: new Map(all), own };
  } catch (error) {
    throw invalidSchema('PROTOBUF', place, messageOf(error), error);
  }
}

/** One file by itself: its types are not resolved yet. */
export interface ProtobufFile {
  readonly root: Root;
  readonly package: string;
  readonly imports: readonly string[];
  /** Those at the top, in their order. */
  readonly messages: readonly Type[];
  readonly enums: readonly Enum[];
}

function fileOf(protobuf: Protobuf, text: string): ProtobufFile {
  const parsed = protobuf.parse(text, new protobuf.Root(), { keepCase: true });
  const { root, package: name = '', imports = [] } = parsed;
  const top = namespacesOf(root).flatMap(({ nestedArray }) => nestedArray);
  return {
    root,
    package: name,
    imports,
    messages: top.flatMap((one) => asMessage(one) ?? []),
    enums: top.flatMap((one) => asEnum(one) ?? []),
  };
}

/** All files in one root, with those of Google's that come with the library. */
function assembled(files: readonly ProtobufFile[], schema: SchemaText, protobuf: Protobuf): Root {
  const root = new protobuf.Root();
  const known = new Set(schema.references.map(({ name }) => name));
  for (const name of new Set(files.flatMap(({ imports }) => imports))) {
    const common = protobuf.common.get(name);
    if (common !== null && !known.has(name)) root.addJSON(common.nested ?? {});
    else if (!known.has(name)) throw new Error(`it imports "${name}", which is not among its references`);
  }
  for (const file of files) root.addJSON(file.root.toJSON({ keepComments: false }).nested ?? {});
  root.resolveAll();
  return root;
}

function entriesOf(type: Type, indexes: readonly number[], root: Root): Array<[string, ProtobufMessage]> {
  const name = type.fullName.slice(1);
  const inner = typesIn(type).flatMap((nested, index) => entriesOf(nested, [...indexes, index], root));
  return [[name, { type: root.lookupType(name), indexes }], ...inner];
}

function typesIn(namespace: Namespace): Type[] {
  return namespace.nestedArray.flatMap((one) => asMessage(one) ?? []);
}

/** The packages, as opposed to messages and services, which are namespaces to the library, too. */
function namespacesOf(namespace: Namespace): Namespace[] {
  return [namespace, ...namespace.nestedArray.filter(isPackage).flatMap(namespacesOf)];
}

function isPackage(one: ReflectionObject): one is Namespace {
  return 'nestedArray' in one && asMessage(one) === undefined && !('methodsArray' in one);
}
