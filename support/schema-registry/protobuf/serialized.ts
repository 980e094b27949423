import type { SchemaText } from '../codec';
import { describeEnum, describeMessage } from './describe';
import { encodedDescriptor } from './descriptors';
import { asEnum, asMessage } from './fields';
import { fileOptions } from './file-descriptor';
import { protobufSchema } from './root';

/**
 * A Protobuf schema as `format=serialized` asks for it: the descriptor of its file, in Base64.
 * @throws BrineError BRINE_SCHEMA_001
 */
export async function serializedSchema(schema: SchemaText): Promise<string> {
  const { root, own } = await protobufSchema(schema, 'the schema');
  const resolved = [...own.messages, ...own.enums].map(({ fullName }) => root.lookup(fullName));
  const options = own.root.lookup(own.package)?.options ?? own.root.options ?? {};
  return encodedDescriptor({
    name: 'default',
    package: own.package,
    syntax: syntaxOf(schema.text),
    dependency: own.imports,
    messageType: resolved.flatMap((one) => asMessage(one) ?? []).map(describeMessage),
    enumType: resolved.flatMap((one) => asEnum(one) ?? []).map(describeEnum),
    options: Object.fromEntries(
      fileOptions.flatMap(([key, written]) => (written in options ? [[key, options[written]]] : [])),
    ),
  });
}

/** @throws Error for editions, whose features descriptors have and this does not */
function syntaxOf(text: string): string {
  if (/^\s*edition\s*=/m.test(text)) throw new Error('editions of Protobuf are not turned into descriptors');
  const [, syntax = 'proto2'] = /^\s*syntax\s*=\s*["'](\w+)["']/m.exec(text) ?? [];
  return syntax === 'proto2' ? '' : syntax;
}
