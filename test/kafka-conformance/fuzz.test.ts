import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import type { KafkaBroker } from '../../support/kafka-broker';
import { contextOf } from '../../support/kafka-broker/wire/api-definition';
import { fetchApi } from '../../support/kafka-broker/wire/messages/fetch';
import { metadataApi } from '../../support/kafka-broker/wire/messages/metadata';
import { produceApi } from '../../support/kafka-broker/wire/messages/produce';
import { WireWriter } from '../../support/kafka-broker/wire/writer';
import { startBroker } from '../kafka-broker/harness';
import { anything, type Definition, type Draw, definitions, valuesOf } from '../kafka-broker/message-values';
import { RawClient } from '../kafka-broker/raw-client';
import { sampleBatch } from '../kafka-broker/sample-batch';
import { fetchRequest, produceRequest } from './requests';

/** Every seed that has found a fault stays; a few more are for the breadth. */
const seeds = [4, 1789, 20_261_122];
/** What may be wrong with a request; anything else would be a fault of the broker. */
const reasons = [
  /^\d+ bytes wanted, \d+ left$/,
  /^an array of -?\d+ elements$/,
  /^a length of -\d+$/,
  /^a variable-length (integer|long) is longer/,
  /^null where the protocol wants/,
  /^no such API or version is offered$/,
  /^a produce request with acks 0 failed with error \d+$/,
];
const logLine =
  /^kafka-broker: connection of 127\.0\.0\.1:\d+ ended \(.+?( from client ".*")?\): (?<reason>.+)$/s;

interface Mutation {
  readonly at: number;
  readonly value: number;
  readonly kind: 'cut' | 'flip' | 'insert' | 'huge';
}

const mutations = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    value: fc.nat({ max: 255 }),
    kind: fc.constantFrom<Mutation['kind']>('cut', 'flip', 'insert', 'huge'),
  }),
  { maxLength: 3 },
);

/** What exists, among what may not, so that requests come far. */
const plausible: Draw = {
  string: fc.oneof(
    fc.constantFrom('witness', 'group', 'consumer', 'range', 'retention.ms', '1'),
    anything.string,
  ),
  int8: fc.oneof(fc.constantFrom(0, 1, 2, 4), anything.int8),
  int16: fc.oneof(fc.constantFrom(-1, 0, 1), anything.int16),
  int32: fc.oneof(fc.constantFrom(-1, 0, 1, 2, 10_000, 30_000), anything.int32),
  int64: fc.oneof(fc.constantFrom(-2n, -1n, 0n, 1n, 1000n, 1001n), anything.int64),
  bytes: fc.oneof(
    fc.constantFrom(
      sampleBatch({ values: ['a', 'b'] }),
      sampleBatch({ values: ['a'], producerId: 1000n, producerEpoch: 0, baseSequence: 0, attributes: 0x10 }),
    ),
    anything.bytes,
  ),
  uuid: anything.uuid,
};

/** Requests that make sense, those that nearly do, and noise. */
const requests: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...definitions).chain(requestsOf) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
);

function requestsOf(api: Definition): fc.Arbitrary<Buffer> {
  const [lowest, highest] = api.versions;
  return fc
    .integer({ min: lowest, max: highest + 1 })
    .chain((version) =>
      fc
        .record({ value: valuesOf(api.request, version, plausible), changes: mutations })
        .map(({ value, changes }) => changes.reduce(mutate, encode(api, version, value))),
    );
}

function encode(api: Definition, version: number, value: unknown): Buffer {
  const context = contextOf(api, version);
  const writer = new WireWriter();
  writer.int16(api.key);
  writer.int16(version);
  writer.int32(7);
  writer.int16(4);
  writer.raw(Buffer.from('fuzz'));
  if (context.flexible) writer.int8(0);
  api.request.write(writer, value as never, context);
  return writer.toBuffer();
}

/** The key and version stay, so that the request reaches its handler. */
function mutate(bytes: Buffer, { at, value, kind }: Mutation): Buffer {
  const index = Math.min(bytes.length, 4 + Math.floor(at * (bytes.length - 4)));
  const [before, after] = [bytes.subarray(0, index), bytes.subarray(index)];
  if (kind === 'cut') return before;
  if (kind === 'insert') return Buffer.concat([before, Buffer.from([value]), after]);
  if (kind === 'flip') return Buffer.concat([before, Buffer.from([value]), after.subarray(1)]);
  return Buffer.concat([before, Buffer.from('7fffffff', 'hex'), after.subarray(4)]);
}

function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

async function open(broker: KafkaBroker): Promise<Socket> {
  const [host, port] = broker.address.split(':');
  const socket = connect(Number(port), host);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

for (const seed of seeds) {
  test(`requests that were damaged on the way harm no one else (seed ${seed})`, async (t) => {
    const log: string[] = [];
    const broker = await startBroker(t, { log: (line) => log.push(line) });
    broker.createTopic('witness');
    using witness = await RawClient.connect(broker.address);
    for (const group of groupsOf(fc.sample(requests, { numRuns: 1_500, seed }), 50)) {
      const sockets = await Promise.all(group.map(() => open(broker)));
      group.forEach((request, index) => {
        sockets[index]?.write(framed(request));
      });
      const answer = await witness.send(metadataApi, 1, { topics: [{ name: 'witness' }] });
      assert.equal(answer.topics[0]?.errorCode, 0);
      for (const socket of sockets) socket.destroy();
    }
    for (const line of log) {
      if (!line.includes('ended (')) continue;
      const reason = logLine.exec(line)?.groups?.reason ?? line;
      assert.ok(
        reasons.some((known) => known.test(reason)),
        line,
      );
    }
    assert.ok(log.some((line) => line.includes('from client "fuzz"')));
  });
}

function groupsOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

test('a frame that announces much and never comes takes no memory', async (t) => {
  const broker = await startBroker(t);
  using witness = await RawClient.connect(broker.address);
  const sockets = await Promise.all(Array.from({ length: 50 }, () => open(broker)));
  const before = process.memoryUsage().arrayBuffers;
  const announced = Buffer.alloc(4);
  announced.writeInt32BE(100 * 1024 * 1024);
  for (const socket of sockets) socket.write(announced);
  await witness.send(metadataApi, 1, { topics: [] });
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown < 20_000_000, `grown by ${grown} bytes`);
  for (const socket of sockets) socket.destroy();
});

test('a client that sends requests without end while one is being served is not read any further', async (t) => {
  const broker = await startBroker(t, { maxFetchWaitMs: 60_000 });
  broker.createTopic('quiet');
  using flooding = await RawClient.connect(broker.address);
  const waiting = new WireWriter();
  fetchApi.request.write(waiting, fetchRequest('quiet', { maxWaitMs: 60_000 }), {
    version: 4,
    flexible: false,
  });
  flooding.post(fetchApi.key, 4, waiting.toBuffer());
  const noise = Buffer.alloc(1 << 20);
  const request = new WireWriter();
  produceApi.request.write(request, produceRequest('quiet', noise), { version: 7, flexible: false });
  const body = request.toBuffer();
  for (let count = 0; count < 100; count++) flooding.post(produceApi.key, 7, body);
  using witness = await RawClient.connect(broker.address);
  for (let count = 0; count < 100; count++) await witness.send(metadataApi, 1, { topics: [] });
  const unsent = flooding.socket.writableLength;
  assert.ok(
    unsent > 50 << 20,
    `of 100 MB only ${unsent} bytes wait at the client: the broker has read the rest`,
  );
});

test('a thousand connections, each with a request of its own', async (t) => {
  const broker = await startBroker(t);
  await using scope = new AsyncDisposableStack();
  const clients = await Promise.all(Array.from({ length: 1_000 }, () => RawClient.connect(broker.address)));
  for (const client of clients) scope.use(client);
  const answers = await Promise.all(
    clients.map((client, index) =>
      client.send(metadataApi, 1, { topics: [{ name: `topic-${index % 10}` }] }),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ topics }) => topics[0]?.errorCode)), new Set([0]));
  assert.equal(broker.topics().length, 10);
});
