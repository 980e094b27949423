import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { registry } from '../../support/kafka-broker/registry';
import { contextOf } from '../../support/kafka-broker/wire/api-definition';
import { FrameSplitter } from '../../support/kafka-broker/wire/frame-splitter';
import { MalformedError } from '../../support/kafka-broker/wire/malformed-error';
import { WireReader } from '../../support/kafka-broker/wire/reader';
import type { WireContext } from '../../support/kafka-broker/wire/types';
import { WireWriter } from '../../support/kafka-broker/wire/writer';
import { type AnyType, definitions, rewritable, valuesOf } from './message-values';

function write(type: AnyType, value: unknown, context: WireContext): Buffer {
  const writer = new WireWriter(16);
  type.write(writer, value, context);
  const { length } = writer;
  const bytes = writer.toBuffer();
  assert.equal(bytes.length, length);
  return bytes;
}

/** Without the fields that the version does not carry, which read as their defaults. */
function only(read: unknown, written: unknown): unknown {
  if (Buffer.isBuffer(written) || read === null || typeof read !== 'object') return read;
  if (Array.isArray(read)) return read.map((item, index) => only(item, (written as unknown[])[index]));
  const fields = Object.entries(written as object);
  return Object.fromEntries(
    fields.map(([name, field]) => [name, only((read as Record<string, unknown>)[name], field)]),
  );
}

/** Bytes as text; records, written as a list of buffers and read as one, the same. */
function comparable(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return [value.toString('hex')];
  if (Array.isArray(value))
    return value.map((item) => (Buffer.isBuffer(item) ? item.toString('hex') : comparable(item)));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, comparable(field)]));
}

test('every message of every version, flexible ones too, is read as it was written', () => {
  assert.ok(definitions.length >= 26);
  for (const api of definitions) {
    // One version more than is offered shows the flexible encoding of the layout.
    const versions = [...range(...api.versions), api.flexibleSince];
    for (const version of versions) {
      const context = contextOf(api, version);
      for (const type of [api.request, api.response]) {
        const property = fc.property(valuesOf(type, version), (value) => {
          const bytes = write(type, value, context);
          const reader = new WireReader(bytes);
          const read = type.read(reader, context);
          assert.equal(reader.remaining, 0);
          assert.deepEqual(write(type, rewritable(type, read), context), bytes);
          assert.deepEqual(only(comparable(read), value), comparable(value));
        });
        fc.assert(property, { numRuns: 15, seed: 4 });
      }
    }
  }
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test('bytes that are no message are refused, and never read beyond their end', () => {
  const property = fc.property(
    fc.constantFrom(...definitions),
    fc.nat({ max: 12 }),
    fc.uint8Array({ maxLength: 60 }),
    (api, version, bytes) => {
      try {
        api.request.read(new WireReader(Buffer.from(bytes)), contextOf(api, version));
      } catch (error) {
        assert.ok(error instanceof MalformedError, String(error));
      }
    },
  );
  fc.assert(property, { numRuns: 3_000, seed: 4 });
});

test('each definition is served, in the versions it describes, and each key once', () => {
  assert.equal(registry.size, definitions.length);
  for (const { key, name, versions } of definitions) {
    assert.equal(registry.get(key)?.name, name);
    assert.deepEqual(registry.get(key)?.versions, versions);
  }
});

test('variable-length integers have the bytes of the protocol', () => {
  const written = (write: (writer: WireWriter) => void) => {
    const writer = new WireWriter();
    write(writer);
    return writer.toBuffer().toString('hex');
  };
  assert.equal(
    written((writer) => writer.unsignedVarint(300)),
    'ac02',
  );
  assert.equal(
    written((writer) => writer.unsignedVarint(0xffffffff)),
    'ffffffff0f',
  );
  assert.equal(
    written((writer) => writer.varint(-1)),
    '01',
  );
  assert.equal(
    written((writer) => writer.varint(0x7fffffff)),
    'feffffff0f',
  );
  assert.equal(
    written((writer) => writer.varlong(-(1n << 63n))),
    'ffffffffffffffffff01',
  );
  for (const value of [0, 1, -1, 63, -64, 64, 0x7fffffff, -0x80000000]) {
    const writer = new WireWriter();
    writer.varint(value);
    assert.equal(new WireReader(writer.toBuffer()).varint(), value);
  }
  for (const value of [0n, -1n, 1n << 40n, (1n << 63n) - 1n, -(1n << 63n)]) {
    const writer = new WireWriter();
    writer.varlong(value);
    assert.equal(new WireReader(writer.toBuffer()).varlong(), value);
  }
  assert.throws(() => new WireReader(Buffer.alloc(6, 0xff)).unsignedVarint(), MalformedError);
  assert.throws(() => new WireReader(Buffer.alloc(11, 0xff)).varlong(), MalformedError);
});

test('an array that claims more elements than there are bytes is refused before memory is taken', () => {
  const metadata = definitions.find(({ name }) => name === 'Metadata')!;
  const lie = Buffer.from('7fffffff0001', 'hex');
  assert.throws(
    () => metadata.request.read(new WireReader(lie), contextOf(metadata, 1)),
    /an array of 2147483647/,
  );
});

test('frames are cut from the stream however it arrives', () => {
  const stream = Buffer.from('00000003616263000000000000000178', 'hex');
  for (const size of [1, 2, 3, 5, 16]) {
    const splitter = new FrameSplitter(10);
    const frames: string[] = [];
    for (let start = 0; start < stream.length; start += size) {
      splitter.push(stream.subarray(start, start + size));
      for (let frame = splitter.next(); frame; frame = splitter.next()) frames.push(frame.toString());
    }
    assert.deepEqual(frames, ['abc', '', 'x']);
    assert.equal(splitter.buffered, 0);
  }
});

test('a frame longer than the limit is refused by its length alone', () => {
  for (const prefix of ['0000000b', 'ffffffff']) {
    const splitter = new FrameSplitter(10);
    splitter.push(Buffer.from(prefix, 'hex'));
    assert.throws(() => splitter.next(), MalformedError);
  }
});
