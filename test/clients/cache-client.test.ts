import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CacheClient } from '../../support/clients';
import { type InProcessRedis, startInProcessRedis } from '../../support/environment/redis/in-process-server';

let server: InProcessRedis;
let cache: CacheClient;

before(async () => {
  server = await startInProcessRedis(0);
  cache = await CacheClient.connect(`redis://${server.host}:${server.port}/2`);
});

after(async () => {
  await cache[Symbol.asyncDispose]();
  await server.close();
});

test('every type of key is read as what it is', async () => {
  await cache.redis.set('text', 'hello', 'PX', 60_000);
  await cache.redis.hset('hash', { a: '1' });
  await cache.redis.rpush('list', 'x', 'y');
  await cache.redis.sadd('set', 'b', 'a');
  await cache.redis.zadd('sorted', 2, 'second', 1, 'first');
  const read = async (key: string) => {
    const { type, value } = await cache.read(key);
    return [type, value];
  };
  assert.deepEqual(await read('text'), ['string', 'hello']);
  assert.deepEqual(await read('hash'), ['hash', { a: '1' }]);
  assert.deepEqual(await read('list'), ['list', ['x', 'y']]);
  assert.deepEqual(await read('set'), ['set', ['a', 'b']]);
  assert.deepEqual(await read('sorted'), ['zset', ['first', 'second']]);
  assert.deepEqual(await read('nothing'), ['none', undefined]);
});

test('it is known when a key expires, and that one never does', async () => {
  await cache.write('short', 'x', 60_000);
  await cache.write('long', 'x');
  const { expiresInMs = 0 } = await cache.read('short');
  assert.ok(expiresInMs > 50_000 && expiresInMs <= 60_000);
  assert.equal((await cache.read('long')).expiresInMs, undefined);
});

test('keys are found by pattern, however many there are', async () => {
  const pipeline = cache.redis.pipeline();
  for (let count = 0; count < 2_000; count++) pipeline.set(`order:${count}`, 'x');
  await pipeline.exec();
  assert.equal((await cache.keys('order:*')).length, 2_000);
  assert.deepEqual(await cache.keys('order:17'), ['order:17']);
});

test('clearing empties the own logical database and no other, or the whole server', async () => {
  const other = await CacheClient.connect(`redis://${server.host}:${server.port}/3`);
  await other.write('kept', 'x');
  await cache.write('gone', 'x');
  await cache.clear();
  assert.deepEqual(await cache.keys(), []);
  assert.deepEqual(await other.keys(), ['kept']);
  await cache.clear('server');
  assert.deepEqual(await other.keys(), []);
  await other[Symbol.asyncDispose]();
});

test('an in-process server closes with clients connected', async () => {
  const another = await startInProcessRedis(0);
  const client = await CacheClient.connect(`redis://${another.host}:${another.port}/0`);
  await another.close();
  await client[Symbol.asyncDispose]();
});
