import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';
import { KafkaBroker } from '../../support/kafka-broker';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { registry } from '../../support/kafka-broker/registry';
import { apiVersionsApi } from '../../support/kafka-broker/wire/messages/api-versions';
import { fetchApi } from '../../support/kafka-broker/wire/messages/fetch';
import { initProducerIdApi } from '../../support/kafka-broker/wire/messages/init-producer-id';
import { metadataApi } from '../../support/kafka-broker/wire/messages/metadata';
import { produceApi } from '../../support/kafka-broker/wire/messages/produce';
import { connected, kafkaFor, startBroker } from './harness';
import { RawClient } from './raw-client';
import { sampleBatch } from './sample-batch';

test('ApiVersions lists exactly what is registered, in each of its versions', async (t) => {
  const broker = await startBroker(t);
  using client = await RawClient.connect(broker.address);
  const expected = [...registry.values()].map(({ key, versions: [minVersion, maxVersion] }) => {
    return { apiKey: key, minVersion, maxVersion };
  });
  for (const version of [0, 1, 2, 3]) {
    const { errorCode, apiKeys } = await client.send(apiVersionsApi, version, {
      clientSoftwareName: 'test',
      clientSoftwareVersion: '1',
    });
    assert.equal(errorCode, ErrorCode.none);
    assert.deepEqual(apiKeys, expected);
  }
});

test('a version of ApiVersions that is too new gets error 35, the list, and the layout of version 0', async (t) => {
  const broker = await startBroker(t);
  using client = await RawClient.connect(broker.address);
  const answer = await client.exchange(18, 99, Buffer.from([1, 1, 0]), true);
  assert.equal(answer.readInt16BE(0), ErrorCode.unsupportedVersion);
  assert.equal(answer.readInt32BE(2), registry.size);
  assert.equal(answer.length, 2 + 4 + 6 * registry.size);
  await client.send(metadataApi, 1, { topics: [] });
});

const garbage: ReadonlyArray<readonly [what: string, bytes: Buffer]> = [
  ['a web browser', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a negative length', Buffer.from('ffffffff', 'hex')],
  ['an empty frame', Buffer.from('00000000', 'hex')],
  ['an unknown API', frame('7ffe0000000000010000')],
  ['a version that is not offered', frame('00030063000000010000')],
  ['a request cut short', frame('0003000100000001000000000005')],
  ['an array of two thousand millions', frame('00030001000000010000' + '7fffffff00')],
];

function frame(hex: string): Buffer {
  const body = Buffer.from(hex, 'hex');
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

for (const [what, bytes] of garbage) {
  test(`${what} ends its own connection, with a line in the log, and leaves the others working`, async (t) => {
    const log: string[] = [];
    const broker = await startBroker(t, { log: (line) => log.push(line) });
    using other = await RawClient.connect(broker.address);
    using bad = await RawClient.connect(broker.address);
    const { localPort } = bad.socket;
    bad.socket.write(bytes);
    await bad.ended();
    assert.equal(log.length, 1);
    assert.match(log[0]!, new RegExp(`^kafka-broker: connection of 127\\.0\\.0\\.1:${localPort} ended`));
    const { brokers } = await other.send(metadataApi, 1, { topics: [] });
    assert.equal(brokers.length, 1);
  });
}

test('answers come in the order of the requests, also behind a fetch that waits', async (t) => {
  const broker = await startBroker(t);
  broker.createTopic('quiet');
  using client = await RawClient.connect(broker.address);
  const sent = [
    client.post(fetchApi.key, 4, encodeFetchV4('quiet', 50)),
    client.post(metadataApi.key, 0, Buffer.alloc(4)),
  ];
  const answered = [await client.nextAnswer(), await client.nextAnswer()].map((answer) =>
    answer.readInt32BE(0),
  );
  assert.deepEqual(answered, sent);
});

function fetchOf(topic: string, fetchOffset: bigint, maxWaitMs = 100) {
  return {
    replicaId: -1,
    maxWaitMs,
    minBytes: 1,
    topics: [{ topic, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1 << 26 }] }],
  };
}

test('a fetch tells at once of what is wrong with a partition', async (t) => {
  const broker = await startBroker(t, { maxFetchWaitMs: 60_000 });
  broker.createTopic('here');
  using client = await RawClient.connect(broker.address);
  const errorOf = async (topic: string, offset: bigint) => {
    const { responses } = await client.send(fetchApi, 11, fetchOf(topic, offset, 60_000));
    return responses[0]!.partitions[0]!.errorCode;
  };
  assert.equal(await errorOf('nowhere', 0n), ErrorCode.unknownTopicOrPartition);
  assert.equal(await errorOf('here', 1n), ErrorCode.offsetOutOfRange);
  const waiting = errorOf('here', 0n);
  broker.deleteTopic('here');
  assert.equal(await waiting, ErrorCode.unknownTopicOrPartition);
  const session = await client.send(fetchApi, 11, { ...fetchOf('here', 0n), sessionId: 5, sessionEpoch: 1 });
  assert.equal(session.errorCode, ErrorCode.fetchSessionIdNotFound);
});

test('a batch sent twice by an idempotent producer is stored once and answered with the same offset', async (t) => {
  const broker = await startBroker(t);
  broker.createTopic('once');
  using client = await RawClient.connect(broker.address);
  const init = { transactionalId: null, transactionTimeoutMs: 60_000 };
  const { producerId, producerEpoch } = await client.send(initProducerIdApi, 1, init);
  const produce = async (baseSequence: number) => {
    const records = [sampleBatch({ values: ['a', 'b'], producerId, producerEpoch, baseSequence })];
    const topics = [{ name: 'once', partitions: [{ index: 0, records }] }];
    const answer = await client.send(produceApi, 7, { acks: -1, timeoutMs: 1_000, topics });
    const { errorCode, baseOffset } = answer.topics[0]!.partitions[0]!;
    return { errorCode, baseOffset };
  };
  assert.deepEqual(await produce(0), { errorCode: ErrorCode.none, baseOffset: 0n });
  assert.deepEqual(await produce(2), { errorCode: ErrorCode.none, baseOffset: 2n });
  assert.deepEqual(await produce(0), { errorCode: ErrorCode.none, baseOffset: 0n });
  assert.deepEqual(await produce(6), { errorCode: ErrorCode.outOfOrderSequenceNumber, baseOffset: -1n });
  assert.equal(broker.endOffsets()[0]!.offset, 4n);
});

test('a client that does not read is not served any further, and the rest when it reads', async (t) => {
  const broker = await startBroker(t);
  broker.createTopic('big');
  using writer = await RawClient.connect(broker.address);
  const records = [sampleBatch({ values: ['x'.repeat(1_000_000)] })];
  const topics = [{ name: 'big', partitions: [{ index: 0, records }] }];
  for (let index = 0; index < 4; index++) {
    await writer.send(produceApi, 7, { acks: -1, timeoutMs: 1_000, topics });
  }
  using slow = await RawClient.connect(broker.address);
  slow.socket.pause();
  // Counts those that are served, and does nothing to them.
  const served = broker.faults.add({ api: 'Fetch', effect: { delayMs: 0 } });
  const asked = 50;
  for (let index = 0; index < asked; index++) slow.post(fetchApi.key, 4, encodeFetchV4('big'));
  // Others are served meanwhile. Two answers of 4 MB fill what the system keeps of a connection, or a few more.
  for (let index = 0; index < 200; index++) await writer.send(metadataApi, 1, { topics: [] });
  assert.ok(served.hits > 0 && served.hits < 10, `${served.hits} of ${asked} were served`);
  slow.socket.resume();
  for (let index = 0; index < asked; index++) assert.ok((await slow.nextAnswer()).length > 4_000_000);
  assert.equal(served.hits, asked);
});

function encodeFetchV4(topic: string, maxWaitMs = 0): Buffer {
  const name = Buffer.from(topic);
  const head = Buffer.from('ffffffff' + '00000000' + '00000001' + '7fffffff' + '00' + '00000001', 'hex');
  head.writeInt32BE(maxWaitMs, 4);
  const length = Buffer.alloc(2);
  length.writeInt16BE(name.length);
  const partitions = Buffer.from('00000001' + '00000000' + '0000000000000000' + '7fffffff', 'hex');
  return Buffer.concat([head, length, name, partitions]);
}

test('a port in use is an error that names the address', async (t) => {
  const broker = await startBroker(t);
  const port = Number(broker.address.split(':')[1]);
  await assert.rejects(KafkaBroker.start({ port }), (error: Error) => {
    assert.match(error.message, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE`));
    assert.ok(error.cause);
    return true;
  });
});

test('closing takes no time with clients connected, ends their connections and frees the port', async (t) => {
  const broker = await KafkaBroker.start({ maxFetchWaitMs: 60_000 });
  broker.createTopic('open');
  const producer = await connected(t, kafkaFor(broker).producer());
  await producer.send({ topic: 'open', messages: [{ value: 'x' }] });
  using waiting = await RawClient.connect(broker.address);
  const answer = waiting.send(fetchApi, 11, fetchOf('open', 1n, 60_000));
  using idle = await RawClient.connect(broker.address);
  const started = performance.now();
  await broker.close();
  const took = performance.now() - started;
  assert.ok(took < 200, `took ${took} ms`);
  await Promise.all([idle.ended(), waiting.ended(), assert.rejects(answer)]);
  await broker.close();
  const [host, port] = broker.address.split(':');
  await assert.rejects(once(connect(Number(port), host), 'connect'), /ECONNREFUSED/);
});

test('a broker is disposed of by its scope', async () => {
  let address: string;
  {
    await using broker = await KafkaBroker.start();
    address = broker.address;
  }
  await assert.rejects(RawClient.connect(address), /ECONNREFUSED/);
});

test('starting and closing many times leaves no handle behind', async () => {
  const before = process.getActiveResourcesInfo().length;
  for (let cycle = 0; cycle < 50; cycle++) {
    await using broker = await KafkaBroker.start();
    using client = await RawClient.connect(broker.address);
    await client.send(metadataApi, 1, { topics: [{ name: 'x' }] });
  }
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(process.getActiveResourcesInfo().length <= before + 1);
});
