import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { CacheClient } from '../../support/clients';
import { type InProcessRedis, startInProcessRedis } from '../../support/environment/redis/in-process-server';
import { eventually } from '../../support/time';

let server: InProcessRedis;
let cache: CacheClient;
/** Somebody else's connection. */
let other: Redis;

before(async () => {
  server = await startInProcessRedis(0);
  const url = `redis://${server.host}:${server.port}/2`;
  cache = await CacheClient.connect(url, 'foreign');
  other = new Redis(url);
});

after(async () => {
  other.disconnect();
  await cache[Symbol.asyncDispose]();
  await server.close();
});

afterEach(() => other.flushdb());

test('keys that were written are gone again, or what they were; those of others stay', async () => {
  await other.mset('theirs', 'x', 'changed', 'old', 'removed', 'old');
  await cache.write('new', '1');
  await cache.write('new', '2');
  await cache.write('changed', 'a');
  await cache.write('changed', 'b');
  await cache.remove('removed');
  await cache.remove('never there');
  assert.deepEqual(await cache.putBack(), []);
  assert.deepEqual(await cache.keys(), ['changed', 'removed', 'theirs']);
  assert.deepEqual(await other.mget('changed', 'removed', 'theirs'), ['old', 'old', 'x']);
});

test('they are forgotten then', async () => {
  await cache.write('key', '1');
  await cache.putBack();
  await other.set('key', 'theirs');
  await cache.putBack();
  assert.equal(await other.get('key'), 'theirs');
});

test('bytes that are no text come back as they were', async () => {
  const bytes = Buffer.from([0, 255, 128, 10]);
  await other.set('bytes', bytes);
  await cache.write('bytes', 'x');
  await cache.putBack();
  assert.deepEqual(await other.getBuffer('bytes'), bytes);
});

test('a key that would expire still does, and one that would have expired by now is gone', async () => {
  await other.set('long', 'old', 'PX', 60_000);
  await other.set('short', 'old', 'PX', 40);
  await cache.write('long', 'new');
  await cache.write('short', 'new');
  await other.set('as short', 'x', 'PX', 40);
  await eventually(async () => assert.equal(await other.exists('as short'), 0), { withinMs: 5_000 });
  await cache.putBack();
  const left = await other.pttl('long');
  assert.ok(left > 50_000 && left <= 59_960, `${left} ms`);
  assert.equal(await other.exists('short'), 0);
});

test('a key that holds more than a string is neither written nor removed', async () => {
  await other.rpush('list', 'a');
  for (const change of [() => cache.write('list', 'x'), () => cache.remove('list')]) {
    await assert.rejects(change(), {
      code: 'BRINE_STEP_002',
      message: /cache key "list": it holds a list of somebody else, .*\n.*redis\.mayReset/,
    });
  }
  assert.deepEqual(await cache.putBack(), []);
  assert.deepEqual(await other.lrange('list', 0, -1), ['a']);
});

test('what cannot be put back is told, and the rest is put back', async () => {
  const url = `redis://${server.host}:${server.port}/3`;
  const cut = await CacheClient.connect(url, 'foreign');
  await cut.write('key', '1');
  cut.redis.disconnect();
  const [note] = await cut.putBack();
  assert.match(note ?? '', /^cache key "key" could not be put back to what it held before: .*closed/);
});
