import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { openEventsLane } from '../../support/environment/kafka/lane';
import { startInProcessRedis } from '../../support/environment/redis/in-process-server';
import { listenOnLoopback } from '../../support/loopback/server';

const name = { testPrefix: 'brine_', runId: 'r1', index: 0 };
const facts = { provider: 'embedded', version: 'any' } as const;

describe('the embedded Kafka of a lane', () => {
  it('has its topics before the first of many clients is served, and keeps what each sends', async () => {
    const prepared: string[] = [];
    await using lane = await openEventsLane(facts, {}, name, (broker) => {
      broker.createTopic('audit', { partitions: 3 });
      prepared.push(broker.address);
    });
    assert.equal(lane.broker?.isActive, false);
    const values = Array.from({ length: 20 }, (_, index) => `client ${index}`);
    await Promise.all(values.map((value) => sendAlone(lane.facts.brokers, value)));
    assert.deepEqual(prepared, lane.facts.brokers);
    const broker = lane.broker!.activate();
    const kept = broker.records('audit').map(({ value }) => String(value));
    assert.deepEqual(kept.sort(), values.sort());
    assert.equal(broker.partitions('audit').length, 3);
  });

  it('is a whole broker: it can be stopped, and started at the same port', async () => {
    await using lane = await openEventsLane(facts, {}, name);
    const broker = lane.broker!.activate();
    assert.equal(broker.address, lane.facts.brokers[0]);
    await broker.stopBroker(1);
    await assert.rejects(sendAlone(lane.facts.brokers, 'lost'), /ECONNREFUSED|Connection error/);
    await broker.startBroker(1);
    await sendAlone(lane.facts.brokers, 'kept');
    assert.equal(broker.records('audit').length, 1);
  });

  it('says whose port is taken, and by which setting', async () => {
    const server = createServer();
    const port = await listenOnLoopback(server, 0);
    await assert.rejects(openEventsLane(facts, { port: port - 1 }, { ...name, index: 1 }), {
      code: 'BRINE_ENV_003',
      message: new RegExp(
        `^kafka of lane 1 cannot listen on 127\\.0\\.0\\.1:${port}: .*\\(kafka\\.port\\)`,
        's',
      ),
    });
    server.close();
  });
});

describe('the embedded Redis of a lane', () => {
  it('serves many clients that come at once, each in the order of its commands', async () => {
    const server = await startInProcessRedis(0);
    assert.equal(server.isActive, false);
    const clients = Array.from({ length: 20 }, () => new Redis(server.port, server.host));
    const lists = await Promise.all(
      clients.map(async (client, index) => {
        const pushes = Array.from({ length: 50 }, (_, item) => client.rpush(`list ${index}`, item));
        await Promise.all(pushes);
        return client.lrange(`list ${index}`, 0, -1);
      }),
    );
    const inOrder = Array.from({ length: 50 }, (_, item) => String(item));
    for (const list of lists) assert.deepEqual(list, inOrder);
    for (const client of clients) client.disconnect();
    await server.close();
  });
});

async function sendAlone(brokers: readonly string[], value: string): Promise<void> {
  const retry = { retries: 0 };
  const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry }).producer();
  await producer.connect();
  await producer.send({ topic: 'audit', messages: [{ value }] });
  await producer.disconnect();
}
