import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import Redis from 'ioredis';
import { kafkaExternal } from '../../support/environment/kafka/external';
import { redisExternal } from '../../support/environment/redis/external';
import { startInProcessRedis } from '../../support/environment/redis/in-process-server';
import { openCacheLane } from '../../support/environment/redis/lane';
import { KafkaBroker } from '../../support/kafka-broker/broker';
import { testRun } from './containers';

describe('external Redis', () => {
  it('answers with its version; its database number is the first that lanes use', async (t) => {
    const server = await startInProcessRedis(0);
    t.after(() => server.close());
    const provider = redisExternal({ url: `redis://127.0.0.1:${server.port}/3`, mayReset: false });
    const { available, reason } = await provider.check();
    assert.equal(available, true, reason);
    assert.match(reason, /^Redis \d+.* answers at redis:\/\/127\.0\.0\.1:\d+\/3$/);
    const started = await provider.start(testRun(t));
    assert.deepEqual(
      { ...started.facts, version: '' },
      {
        provider: 'external',
        version: '',
        url: `redis://127.0.0.1:${server.port}`,
        databases: 16,
        firstDatabase: 3,
        mayReset: false,
      },
    );
    await started[Symbol.asyncDispose]();
    assert.equal(await ping(started.facts.url ?? ''), 'PONG'); // still runs: it is somebody else's
  });

  it('may be reset only when the configuration says so', async (t) => {
    const server = await startInProcessRedis(0);
    t.after(() => server.close());
    const url = `redis://127.0.0.1:${server.port}`;
    const { facts } = await redisExternal({ url, mayReset: true }).start(testRun(t));
    assert.equal(facts.mayReset, true);
    assert.equal(facts.firstDatabase, 0);
  });

  it('gives each lane of each run a database of its own, and those of a run that ends to others', async (t) => {
    const server = await startInProcessRedis(0);
    t.after(() => server.close());
    const url = `redis://127.0.0.1:${server.port}`;
    const somebody = new Redis(`${url}/4`);
    t.after(() => somebody.disconnect());
    await somebody.set('theirs', '1');
    const [one, two] = [testRun(t), testRun(t)];
    const { facts } = await redisExternal({ url: `${url}/3`, mayReset: true }).start(one);
    const lanes = await Promise.all([one, two].map((run) => openCacheLane(facts, {}, 0, run)));
    const urls = lanes.map((lane) => lane.facts.url).sort();
    assert.deepEqual(urls, [`${url}/3`, `${url}/5`], 'the fourth holds keys');
    await assert.rejects(openCacheLane(facts, { isKnownByNumber: true }, 0, two), {
      message:
        /^the cache of a lane did not start: Redis has no logical database left for it \(services that run already know no other\): number 3 is used by run t\w+ \(connected from 127\.0\.0\.1:\d+\)/,
    });
    const last = { ...facts, firstDatabase: 15 };
    lanes.push(await openCacheLane(last, {}, 0, one));
    await assert.rejects(openCacheLane(last, {}, 0, two), { message: /number 15 is used by run t/ });
    for (const lane of lanes) await lane[Symbol.asyncDispose]();
    const again = await openCacheLane(facts, { isKnownByNumber: true }, 0, two);
    assert.equal(again.facts.url, `${url}/3`);
    assert.equal(await somebody.get('theirs'), '1');
    await again[Symbol.asyncDispose]();
  });

  it('whose user may not list connections gives lanes their databases by number', async (t) => {
    const binary = '/usr/bin/redis-server';
    if (!existsSync(binary)) return t.skip('there is no redis-server program');
    const embedded = { provider: 'embedded', version: '', firstDatabase: 0, mayReset: true } as const;
    const server = await openCacheLane(embedded, { binary }, 0, testRun(t));
    t.after(() => server[Symbol.asyncDispose]());
    const admin = new Redis(server.facts.url);
    t.after(() => admin.disconnect());
    await admin.acl('SETUSER', 'somebody', 'on', '>pw', '~*', '&*', '+@all', '-client|list');
    const url = server.facts.url.replace('//', '//somebody:pw@').replace('/0', '/3');
    const { facts } = await redisExternal({ url, mayReset: true }).start(testRun(t));
    const lane = await openCacheLane(facts, {}, 1, testRun(t));
    assert.match(lane.facts.url, /\/4$/);
  });

  it('has no such database number', async (t) => {
    const server = await startInProcessRedis(0);
    t.after(() => server.close());
    const url = `redis://127.0.0.1:${server.port}/99`;
    const { available, reason } = await redisExternal({ url, mayReset: false }).check();
    assert.equal(available, false);
    assert.match(reason, /index is out of range/);
  });

  it('cannot be reached: the reason is told, without the password', async (t) => {
    const url = 'redis://:secret@127.0.0.1:1';
    const provider = redisExternal({ url, mayReset: false });
    const { available, reason } = await provider.check();
    assert.equal(available, false);
    assert.match(reason, /^no Redis can be used at redis:\/\/:\*\*\*@127\.0\.0\.1:1.*ECONNREFUSED/);
    await assert.rejects(provider.start(testRun(t)), (error: Error) => {
      assert.match(
        error.message,
        /^Redis at redis:\/\/:\*\*\*@127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/,
      );
      assert.match(error.message, /REDIS_URL/);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });

  it('does not answer in time: it is told', async (t) => {
    const port = await silentServer(t);
    const begun = performance.now();
    const { available, reason } = await redisExternal({
      url: `redis://127.0.0.1:${port}`,
      mayReset: false,
    }).check();
    assert.equal(available, false);
    assert.match(reason, /no answer within 3 s/);
    assert.ok(performance.now() - begun < 5_000);
  });

  for (const [url, complaint] of [
    ['localhost:6379', /"localhost:6379": localhost:\/\/ is not how Redis is spoken to/],
    ['nonsense', /"nonsense": it is not a URL/],
    ['http://localhost:6379', /"http:\/\/localhost:6379\/": http:\/\/ is not how/],
    ['redis://localhost/orders', /"redis:\/\/localhost\/orders": "orders" is not the number of a database/],
    ['redis://', /it names no host|it is not a URL/],
  ] as const) {
    it(`refuses the URL "${url}"`, async (t) => {
      const provider = redisExternal({ url, mayReset: false });
      const { available, reason } = await provider.check();
      assert.equal(available, false);
      assert.match(reason, /redis\.url/);
      await assert.rejects(provider.start(testRun(t)), { code: 'BRINE_CONFIG_002', message: complaint });
    });
  }
});

describe('external Kafka', () => {
  it('answers; its brokers are the facts', async (t) => {
    const broker = await KafkaBroker.start();
    t.after(() => broker[Symbol.asyncDispose]());
    const provider = kafkaExternal({ brokers: [broker.address] });
    const { available, reason } = await provider.check();
    assert.equal(available, true, reason);
    assert.equal(reason, `Kafka at ${broker.address} (1 broker) answers`);
    const started = await provider.start(testRun(t));
    assert.deepEqual(started.facts.brokers, [broker.address]);
    assert.equal(started.facts.provider, 'external');
    await started[Symbol.asyncDispose]();
    assert.equal((await provider.check()).available, true); // still runs: it is somebody else's
  });

  it('cannot be reached: the reason is told', async (t) => {
    const provider = kafkaExternal({ brokers: ['127.0.0.1:1'] });
    const { available, reason } = await provider.check();
    assert.equal(available, false);
    assert.match(reason, /^no Kafka can be used at 127\.0\.0\.1:1: .*ECONNREFUSED/);
    await assert.rejects(provider.start(testRun(t)), {
      code: 'BRINE_ENV_008',
      message: /^Kafka at 127\.0\.0\.1:1 cannot be used: /,
    });
  });

  it('does not answer in time: it is told', async (t) => {
    const port = await silentServer(t);
    const begun = performance.now();
    const { available } = await kafkaExternal({ brokers: [`127.0.0.1:${port}`] }).check();
    assert.equal(available, false);
    assert.ok(performance.now() - begun < 8_000);
  });

  for (const [broker, complaint] of [
    ['localhost', /kafka\.brokers.*"localhost": it is not host:port/],
    ['kafka://localhost:9092', /"kafka:\/\/localhost:9092": an address of Kafka has no scheme/],
    ['localhost:99999', /"localhost:99999": 99999 is not a port/],
    ['local host:9092', /"local host:9092": it is not host:port/],
  ] as const) {
    it(`refuses the address "${broker}"`, async (t) => {
      const provider = kafkaExternal({ brokers: ['localhost:9092', broker] });
      const { available, reason } = await provider.check();
      assert.equal(available, false);
      assert.match(reason, complaint);
      await assert.rejects(provider.start(testRun(t)), { code: 'BRINE_CONFIG_002', message: complaint });
    });
  }

  it('refuses an empty list', async (t) => {
    await assert.rejects(kafkaExternal({ brokers: [] }).start(testRun(t)), { code: 'BRINE_CONFIG_002' });
  });
});

/** Accepts connections and says nothing. */
async function silentServer(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function ping(url: string): Promise<string> {
  const client = new Redis(url);
  try {
    return await client.ping();
  } finally {
    client.disconnect();
  }
}
