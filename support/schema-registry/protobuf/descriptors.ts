import type { FileDescriptor } from './file-descriptor';
import { fileText } from './proto-text';

/**
 * A schema in the language of Protobuf. Confluent's clients for Python and JavaScript register the descriptor of a file, in
 * Base64: of that, its text.
 */
export async function protoText(text: string): Promise<string> {
  const bytes = descriptorBytes(text);
  if (bytes === undefined) return text;
  const { FileDescriptorProto } = await descriptors();
  return fileText(FileDescriptorProto.decode(bytes) as unknown as FileDescriptor);
}

/** A descriptor in Base64, as those clients want it. */
export async function encodedDescriptor(file: FileDescriptor): Promise<string> {
  const { FileDescriptorProto } = await descriptors();
  const bytes = FileDescriptorProto.encode(FileDescriptorProto.fromObject(file)).finish();
  return Buffer.from(bytes).toString('base64');
}

async function descriptors() {
  return (await import('protobufjs/ext/descriptor.js')).default;
}

/** The language has braces, quotes and semicolons; Base64 has none of them. */
function descriptorBytes(text: string): Buffer | undefined {
  const compact = text.trim();
  return compact !== '' && /^[\w+/=]+$/.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}
