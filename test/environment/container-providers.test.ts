import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import Redis from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { serviceLabel } from '../../support/environment/container-labels';
import { kafkaContainer } from '../../support/environment/kafka/container';
import { postgresContainer } from '../../support/environment/postgres/container';
import type { Provider, Started } from '../../support/environment/provider';
import { redisContainer } from '../../support/environment/redis/container';
import {
  containersOf,
  dockerHas,
  engine,
  images,
  ledgerRuns,
  testRun,
  volumeExists,
  volumesOf,
} from './containers';

const startTimeoutMs = 120_000;
const testPrefix = 'brine_';

/** Starts it, checks its labels and the ledger; disposes it at the end and looks that nothing is left. */
async function runs<Facts>(provider: Provider<Facts>, t: TestContext): Promise<Started<Facts>> {
  const run = testRun(t);
  const started = await provider.start(run);
  const containers = await containersOf(run.runId);
  const mounted = (await Promise.all(containers.map(({ Id }) => volumesOf(Id)))).flat();
  t.after(async () => {
    await started[Symbol.asyncDispose]();
    await started[Symbol.asyncDispose](); // twice is harmless
    assert.deepEqual(await containersOf(run.runId), []);
    for (const volume of mounted) assert.equal(await volumeExists(volume), false, `volume ${volume} is left`);
  });
  const services = containers.map(({ Labels }) => Labels[serviceLabel]);
  assert.deepEqual(services, [provider.service]);
  assert.deepEqual(ledgerRuns(run), [run.runId]);
  return started;
}

describe('PostgreSQL in a container', () => {
  it('serves SQL through its facts, with fast settings and room for many connections', async (t) => {
    if (!(await dockerHas(images.postgres, t))) return;
    const provider = postgresContainer({ image: images.postgres, startTimeoutMs, testPrefix }, engine);
    assert.match((await provider.check()).reason, /^Docker [\d.]+ answers at \S+.* and has /);
    const { facts } = await runs(provider, t);
    assert.equal(facts.provider, 'container');
    assert.match(facts.version, /^PostgreSQL \d+/);
    const client = new Client({ connectionString: facts.url });
    await client.connect();
    try {
      const { rows } = await client.query(`SELECT current_setting('fsync') AS fsync,
        current_setting('synchronous_commit') AS commit, current_setting('full_page_writes') AS pages,
        current_setting('max_connections')::int AS connections`);
      assert.deepEqual(rows, [{ fsync: 'off', commit: 'off', pages: 'off', connections: 200 }]);
      await client.query('CREATE DATABASE brine_a'); // its role may
    } finally {
      await client.end();
    }
  });
});

describe('Redis in a container', () => {
  it('serves commands through its facts and has a database for each of many lanes', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const { facts } = await runs(
      redisContainer({ image: images.redis, startTimeoutMs, testPrefix }, engine),
      t,
    );
    assert.match(facts.version, /^(Redis|Valkey) \d+/);
    assert.equal(facts.firstDatabase, 0);
    assert.equal(facts.mayReset, true);
    assert.equal(facts.databases, 128);
    const client = new Redis(`${facts.url}/64`);
    try {
      await client.set('a', '1');
      assert.equal(await client.get('a'), '1');
      await client.flushdb();
      assert.equal(await client.dbsize(), 0);
    } finally {
      client.disconnect();
    }
  });
});

describe('Kafka in a container', () => {
  it('serves producers, groups and transactions through its facts', async (t) => {
    if (!(await dockerHas(images.kafka, t))) return;
    const { facts } = await runs(
      kafkaContainer({ image: images.kafka, startTimeoutMs, testPrefix }, engine),
      t,
    );
    assert.match(facts.version, /^Kafka \d+\.\d+/);
    const kafka = new Kafka({ brokers: [...(facts.brokers ?? [])], logLevel: logLevel.NOTHING });
    await createTopic(kafka, 'orders');
    await sendInTransaction(kafka, 'orders', ['first', 'second']);
    const begun = performance.now();
    assert.deepEqual(await consume(kafka, 'orders', 2), ['first', 'second']);
    assert.ok(performance.now() - begun < 15_000, 'the group waited for more members');
  });
});

describe('containers of one run', () => {
  it('start together and are removed together', async (t) => {
    for (const image of Object.values(images)) if (!(await dockerHas(image, t))) return;
    const run = testRun(t);
    const started = await Promise.all<AsyncDisposable>([
      postgresContainer({ image: images.postgres, startTimeoutMs, testPrefix }, engine).start(run),
      redisContainer({ image: images.redis, startTimeoutMs, testPrefix }, engine).start(run),
      kafkaContainer({ image: images.kafka, startTimeoutMs, testPrefix }, engine).start(run),
    ]);
    assert.equal((await containersOf(run.runId)).length, 3);
    await Promise.all(started.map((one) => one[Symbol.asyncDispose]()));
    assert.deepEqual(await containersOf(run.runId), []);
  });
});

async function createTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
}

async function sendInTransaction(kafka: Kafka, topic: string, values: string[]): Promise<void> {
  const producer = kafka.producer({ transactionalId: 'tx', idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: values.map((value) => ({ value })) });
  await transaction.commit();
  await producer.disconnect();
}

async function consume(kafka: Kafka, topic: string, count: number): Promise<string[]> {
  const consumer = kafka.consumer({ groupId: 'readers', maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      if (values.push(String(message.value)) === count) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return values;
}
