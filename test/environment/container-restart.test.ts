import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import Redis from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { type BackingFactsByName, backingContainer } from '../../support/environment/backing-container';
import type { ContainerHandle } from '../../support/environment/container-handle';
import { kafkaContainer } from '../../support/environment/kafka/container';
import { postgresContainer } from '../../support/environment/postgres/container';
import type { BackingServiceName, Provider } from '../../support/environment/provider';
import { redisContainer } from '../../support/environment/redis/container';
import { dockerHas, engine, images, testRun } from './containers';

const settings = { startTimeoutMs: 120_000, testPrefix: 'brine_' };

/** Starts it for the test, with the handle that disturbs it. */
async function disturbed<Facts>(
  provider: Provider<Facts>,
  t: TestContext,
): Promise<{ facts: Facts; handle: ContainerHandle }> {
  const started = await provider.start(testRun(t));
  t.after(() => started[Symbol.asyncDispose]());
  const run = { [provider.service]: started.facts } as BackingFactsByName;
  const handle = backingContainer(run, provider.service, engine);
  assert.ok(handle, 'it has no container');
  return { facts: started.facts, handle };
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000, query_timeout: 1_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    client.end().catch(() => {});
  }
}

describe('a PostgreSQL container', () => {
  it('that is durable serves its rows at the same address after a restart', async (t) => {
    if (!(await dockerHas(images.postgres, t))) return;
    const provider = postgresContainer({ ...settings, image: images.postgres, durable: true }, engine);
    const { facts, handle } = await disturbed(provider, t);
    assert.deepEqual(await query(facts.url, 'SHOW fsync'), [{ fsync: 'on' }]);
    await query(facts.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    await handle.restart();
    assert.deepEqual(await query(facts.url, 'SELECT n FROM kept'), [{ n: 7 }]);
  });

  it('answers at the same address after a restart, empty', async (t) => {
    if (!(await dockerHas(images.postgres, t))) return;
    const provider = postgresContainer({ ...settings, image: images.postgres }, engine);
    const { facts, handle } = await disturbed(provider, t);
    await query(facts.url, 'CREATE TABLE gone AS SELECT 7 AS n');
    await handle.restart();
    await assert.rejects(query(facts.url, 'SELECT n FROM gone'), /"gone" does not exist/);
  });

  it('refuses connections while it is stopped, and hangs while it is paused', async (t) => {
    if (!(await dockerHas(images.postgres, t))) return;
    const provider = postgresContainer({ ...settings, image: images.postgres, durable: true }, engine);
    const { facts, handle } = await disturbed(provider, t);
    await handle.stop();
    await handle.stop(); // what is the case already is fine
    await assert.rejects(query(facts.url, 'SELECT 1'), /ECONNREFUSED/);
    await handle.start();
    assert.deepEqual(await query(facts.url, 'SELECT 1 AS n'), [{ n: 1 }]);
    await handle.pause();
    await handle.pause();
    await assert.rejects(query(facts.url, 'SELECT 1'), /timeout/);
    await handle.unpause();
    await handle.unpause();
    assert.deepEqual(await query(facts.url, 'SELECT 1 AS n'), [{ n: 1 }]);
  });
});

describe('a Redis container', () => {
  for (const durable of [true, false]) {
    it(`${durable ? 'that is durable serves its keys' : 'answers'} at the same address after a restart`, async (t) => {
      if (!(await dockerHas(images.redis, t))) return;
      const provider = redisContainer({ ...settings, image: images.redis, durable }, engine);
      const { facts, handle } = await disturbed(provider, t);
      const client = new Redis(`${facts.url}/3`);
      client.on('error', () => {});
      t.after(() => client.disconnect());
      await client.set('a', '1');
      await handle.restart();
      assert.equal(await client.get('a'), durable ? '1' : null);
    });
  }
});

describe('a Kafka container', () => {
  it('that is durable has its events and the address that it advertises after a restart', async (t) => {
    if (!(await dockerHas(images.kafka, t))) return;
    const provider = kafkaContainer({ ...settings, image: images.kafka, durable: true }, engine);
    const { facts, handle } = await disturbed(provider, t);
    const brokers = [...(facts.brokers ?? [])];
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
    await publish(kafka, 'before');
    await handle.restart();
    await publish(kafka, 'after');
    const admin = kafka.admin();
    await admin.connect();
    t.after(() => admin.disconnect());
    const { brokers: advertised } = await admin.describeCluster();
    assert.deepEqual(
      advertised.map(({ host, port }) => `${host}:${port}`),
      brokers,
    );
    const [offsets] = await admin.fetchTopicOffsets('orders');
    assert.equal(offsets?.offset, '2');
  });
});

async function publish(kafka: Kafka, value: string): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ value }] });
  await producer.disconnect();
}

describe('the handle of a container', () => {
  it('does not exist for a service that does not run in one', () => {
    for (const service of ['postgres', 'redis', 'kafka'] as BackingServiceName[]) {
      assert.equal(backingContainer({}, service, engine), undefined);
    }
  });

  it('says what could not be done, and to which container', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const redis = { provider: 'container', version: '', firstDatabase: 0, mayReset: true } as const;
    const handle = backingContainer({ redis: { ...redis, containerId: 'brine-no-such' } }, 'redis', engine);
    await assert.rejects(async () => handle?.restart(), {
      code: 'BRINE_ENV_010',
      message: /^restart of Redis \(container brine-no-suc\): No such container/,
    });
  });
});
