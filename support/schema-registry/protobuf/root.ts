import type { Enum, Namespace, ReflectionObject, Root, Type } from 'protobufjs';
import { messageOf } from '../../errors';
import { invalidSchema, type SchemaText } from '../codec';

type Protobuf = typeof import('protobufjs');
type Descriptor = typeof import('protobufjs/ext/descriptor');

/** A file's messages, and where each is among them. */
export interface ProtobufSchema {
  readonly protobuf: Protobuf;
  /** The file with all that it imports. */
  readonly root: Root;
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
  const { default: descriptor } = await import('protobufjs/ext/descriptor.js');
  const libraries = { protobuf, descriptor };
  try {
    const files = [...schema.references.map(({ text }) => text), schema.text];
    const root = assembled(
      files.map((text) => fileOf(libraries, text)),
      schema,
      libraries,
    );
    const own = topMessages(fileOf(libraries, schema.text).root);
    if (own.length === 0) throw new Error('it has no message');
    const messages = new Map([...own.entries()].flatMap(([index, type]) => entriesOf(type, [index], root)));
    return { protobuf, root, messages };
  } catch (error) {
    throw invalidSchema('PROTOBUF', place, messageOf(error), error);
  }
}

interface Libraries {
  readonly protobuf: Protobuf;
  readonly descriptor: Descriptor;
}

/** One file by itself: its types are not resolved yet. */
interface ProtobufFile {
  readonly root: Root;
  readonly imports: readonly string[];
}

function fileOf(libraries: Libraries, text: string): ProtobufFile {
  const bytes = descriptorBytes(text);
  if (bytes === undefined) {
    const { protobuf } = libraries;
    const { root, imports = [] } = protobuf.parse(text, new protobuf.Root(), { keepCase: true });
    return { root, imports };
  }
  return describedFile(libraries, bytes);
}

/** What of a descriptor is looked at. */
interface FileDescriptor {
  readonly package: string;
  readonly syntax: string;
  readonly dependency: readonly string[];
  readonly messageType: readonly unknown[];
  readonly enumType: readonly unknown[];
}

/** The descriptors' part of the library, whose types it does not declare. */
interface FromDescriptor<T> {
  fromDescriptor(descriptor: unknown, edition: string): T;
}

/** The library's own way would resolve the types at once, those of other files included. */
function describedFile({ protobuf, descriptor }: Libraries, bytes: Buffer): ProtobufFile {
  const file = descriptor.FileDescriptorProto.decode(bytes) as unknown as FileDescriptor;
  const root = new protobuf.Root();
  const place = file.package === '' ? root : root.define(file.package);
  const types = protobuf.Type as unknown as FromDescriptor<Type>;
  const enums = protobuf.Enum as unknown as FromDescriptor<Enum>;
  const edition = file.syntax === '' ? 'proto2' : file.syntax;
  for (const message of file.messageType) place.add(types.fromDescriptor(message, edition));
  for (const one of file.enumType) place.add(enums.fromDescriptor(one, edition));
  return { root, imports: file.dependency };
}

/** The language has braces, quotes and semicolons; Base64 has none of them. */
function descriptorBytes(text: string): Buffer | undefined {
  const compact = text.trim();
  return compact !== '' && /^[\w+/=]+$/.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}

/** All files in one root, with those of Google's that come with the library. */
function assembled(files: readonly ProtobufFile[], schema: SchemaText, { protobuf }: Libraries): Root {
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

function topMessages(namespace: Namespace): Type[] {
  const nested = namespace.nestedArray;
  return [...typesIn(namespace), ...nested.filter(isPlainNamespace).flatMap(topMessages)];
}

function typesIn(namespace: Namespace): Type[] {
  return namespace.nestedArray.filter(isMessage);
}

function isMessage(one: ReflectionObject): one is Type {
  return 'fieldsArray' in one;
}

/** A package, as opposed to a message or service, which are namespaces to the library, too. */
function isPlainNamespace(one: ReflectionObject): one is Namespace {
  return 'nestedArray' in one && !isMessage(one) && !('methodsArray' in one);
}
