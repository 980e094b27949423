import { didYouMean } from '../../errors';
import { type DecodedValue, type SchemaCodec, type SchemaText, UnfitValue } from '../codec';
import { Place } from '../faults';
import { messageFrom } from './from-json';
import { readIndexes, writeIndexes } from './message-indexes';
import { type ProtobufMessage, type ProtobufSchema, protobufSchema } from './root';
import { toJson } from './to-json';

/** Protobuf's binary encoding, by the library protobufjs. Its payload begins with which message of the file it is. */
export async function protobufCodec(schema: SchemaText, place: string): Promise<SchemaCodec> {
  const { messages } = await protobufSchema(schema, place);
  return {
    type: 'PROTOBUF',
    names: [...messages.keys()],
    decode: (payload) => decoded(messages, payload),
    encode(value, name) {
      const { type, indexes } = named(messages, name);
      const at = Place.root();
      const message = messageFrom(type, value, at);
      if (at.found.length > 0) throw new UnfitValue(at.found);
      return Buffer.concat([writeIndexes(indexes), type.encode(message as object).finish()]);
    },
    faults(value, name) {
      const at = Place.root();
      messageFrom(named(messages, name).type, value, at);
      return at.found;
    },
  };
}

function decoded(messages: ProtobufSchema['messages'], payload: Buffer): DecodedValue {
  const [first] = messages;
  if (first !== undefined && isWithoutIndexes(messages, payload)) return read(first, payload);
  const { indexes, length } = readIndexes(payload);
  const found = messageAt(messages, indexes);
  if (found === undefined) throw new Error(`it has no message at ${indexes.join('/')}`);
  return read(found, payload.subarray(length));
}

type Entry = readonly [name: string, message: ProtobufMessage];

function read([name, { type }]: Entry, bytes: Buffer): DecodedValue {
  return { name, value: toJson(type, type.decode(bytes)) };
}

function messageAt(messages: ProtobufSchema['messages'], indexes: readonly number[]): Entry | undefined {
  const wanted = indexes.join('/');
  return [...messages].find(([, message]) => message.indexes.join('/') === wanted);
}

/** The least first byte of a message: the tag of its field 1. Of indexes, it says that there are four or more. */
const leastTag = 8;

/** kafkajs's client of the registry leaves the indexes out and means the first message. */
function isWithoutIndexes(messages: ProtobufSchema['messages'], payload: Buffer): boolean {
  const [byte = leastTag] = payload;
  if (byte < leastTag) return false;
  try {
    return messageAt(messages, readIndexes(payload).indexes) === undefined;
  } catch {
    return true;
  }
}

function named(messages: ProtobufSchema['messages'], name?: string): ProtobufMessage {
  const names = [...messages.keys()];
  const wanted = name ?? names[0] ?? '';
  const message = messages.get(wanted);
  if (message !== undefined) return message;
  throw new Error(
    `it has no message "${wanted}": ${didYouMean(wanted, names)}its messages: ${names.join(', ')}`,
  );
}
