import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { CacheClient } from '../../support/clients';
import { readEntry } from '../../support/clients/cache-entry';
import { freePort } from '../../support/environment/ports';
import { startInProcessRedis } from '../../support/environment/redis/in-process-server';
import { eventually } from '../../support/time';

const binary = '/usr/bin/redis-server';

interface Server {
  readonly url: string;
  close(): Promise<void>;
}

async function embedded(): Promise<Server> {
  const server = await startInProcessRedis(0);
  return { url: `redis://${server.host}:${server.port}`, close: () => server.close() };
}

async function real(): Promise<Server> {
  const port = await freePort();
  const child = spawn(binary, ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', '/tmp']);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `redis://127.0.0.1:${port}`;
  await eventually(async () => void (await (await CacheClient.connect(`${url}/0`))[Symbol.asyncDispose]()), {
    withinMs: 5_000,
  });
  return {
    url,
    close: () => {
      child.kill();
      return ended;
    },
  };
}

const servers = [['the embedded server', embedded] as const, ['a real Redis', real] as const];

for (const [name, start] of servers) {
  describe(`the cache client with ${name}`, { skip: start === real && !existsSync(binary) }, () => {
    let server: Server;
    let cache: CacheClient;
    let service: Redis;

    before(async () => {
      server = await start();
      cache = await CacheClient.connect(`${server.url}/2`);
      service = new Redis(`${server.url}/2`);
    });

    after(async () => {
      service?.disconnect();
      await cache?.[Symbol.asyncDispose]();
      await server?.close();
    });

    test('bytes that are no text are lost nowhere', async () => {
      const bytes = Buffer.from([0, 255, 10]);
      await service.rpush('list', bytes, 'text');
      await service.hset('hash', 'field', bytes);
      assert.deepEqual((await cache.read('list')).value, [bytes, 'text']);
      assert.deepEqual((await cache.read('hash')).parts, [{ field: 'field', value: bytes }]);
    });

    test('infinite scores are read', async () => {
      await cache.add('board', {
        type: 'zset',
        members: [
          ['a', '-inf'],
          ['b', '1.5'],
          ['c', '+inf'],
        ],
      });
      const scores = (await cache.read('board')).parts.map(({ score }) => score);
      assert.deepEqual(scores, ['-inf', 1.5, 'inf']);
    });

    test('adding to a key of another type is refused with what it is', async () => {
      await cache.write('string', 'x');
      await assert.rejects(cache.add('string', { type: 'list', values: ['a'] }), {
        message:
          /cache key "string": it holds a string already, to which this cannot be added\n.*Given cache key "string" is removed/,
      });
    });

    test('how far a group is, is told of entries not delivered and of those not acknowledged', async () => {
      await cache.createGroup('stream', 'g');
      await cache.createGroup('stream', 'g');
      await cache.add('stream', { type: 'stream', entries: [[['n', '1']], [['n', '2']], [['n', '3']]] });
      await service.xreadgroup('GROUP', 'g', 'me', 'COUNT', 1, 'STREAMS', 'stream', '>');
      assert.deepEqual(await cache.groups('stream'), [{ name: 'g', lag: 2, pending: 1 }]);
    });

    test('a hit, a miss, and reads of keys with odd names are told', async () => {
      await cache.startWatch();
      const odd = 'a "key" with \\ spaces\n and ключ';
      await service.get(odd);
      assert.equal(await cache.watch.lastRead(odd, false, false), 'miss');
      assert.equal(await cache.watch.lastRead(odd, false, true), 'perhaps expired since');
      await service.set(odd, 'x');
      assert.equal(await cache.watch.lastRead(odd, true, false), 'miss');
      await service.mget('other', odd);
      assert.equal(await cache.watch.lastRead(odd, true, false), 'hit');
      await cache.read(odd);
      assert.equal(await cache.watch.readsOf(odd), 2);
      await service.del(odd);
      assert.equal(await cache.watch.lastRead(odd, false, false), 'removed since');
      assert.equal(await cache.watch.lastRead('unknown', false, false), 'never read');
    });

    test('channels like a pattern are heard, but not those of another prefix', async () => {
      const one = await CacheClient.connect(`${server.url}/3`, { channelPrefix: 'lane[1]*_' });
      const other = await CacheClient.connect(`${server.url}/3`, { channelPrefix: 'lane1x_' });
      await assert.rejects(one.channels.messagesLike('c*'), /Given channels like "c\*" are listened to/);
      await one.channels.listenLike('c*');
      await one.channels.listenLike('*');
      await one.channels.listen('c1');
      await other.channels.publish('c1', 'theirs');
      await one.channels.publish('c1', 'first');
      await one.channels.publish('d', 'another');
      await one.channels.publish('c2', 'second');
      const first = { channel: 'c1', message: 'first' };
      const second = { channel: 'c2', message: 'second' };
      assert.deepEqual(await one.channels.messagesLike('c*'), [first, second]);
      assert.deepEqual(await one.channels.messagesLike('*'), [
        first,
        { channel: 'd', message: 'another' },
        second,
      ]);
      assert.deepEqual(await one.channels.messages('c1'), [first]);
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
    });

    test('messages are there at once, and channels of another prefix are not heard', async () => {
      const other = await CacheClient.connect(`${server.url}/3`, { channelPrefix: 'lane_1_' });
      await assert.rejects(cache.channels.messages('c'), /Given channel "c" is listened to/);
      await cache.channels.listen('c');
      await other.channels.listen('c');
      await other.channels.publish('c', 'theirs');
      await cache.channels.publish('c', 'ours');
      assert.deepEqual(await cache.channels.messages('c'), [{ channel: 'c', message: 'ours' }]);
      assert.deepEqual(await other.channels.messages('c'), [{ channel: 'c', message: 'theirs' }]);
      await other[Symbol.asyncDispose]();
    });

    test('lanes that would hear one another are not let listen', async () => {
      const lane = await CacheClient.connect(`${server.url}/3`, { channelsAreShared: true });
      await assert.rejects(lane.channels.listen('c'), /\{\{redis\.channelPrefix\}\}/);
      await lane[Symbol.asyncDispose]();
    });

    test('a key in another logical database is found', async () => {
      const other = new Redis(`${server.url}/5`);
      await other.set('astray', 'x');
      assert.equal(await cache.databaseWith('astray'), 5);
      assert.equal(await cache.databaseWith('nowhere'), undefined);
      other.disconnect();
    });
  });
}

describe('a key that expires while it is read', () => {
  /** Answers as a server does to which the key was lost after so many commands. */
  function losing(after: number): Redis {
    const replies = [
      ['string', 'none'],
      [1, -2],
      [Buffer.from('v'), null],
    ].map(([there, gone], asked) => [null, asked < after ? there : gone]);
    const pipeline = {
      type: () => pipeline,
      pttl: () => pipeline,
      getBuffer: () => pipeline,
      exec: async () => replies,
    };
    return { pipeline: () => pipeline } as unknown as Redis;
  }

  for (const after of [0, 1, 2]) {
    test(`is absent, if it is lost after ${after} commands`, async () => {
      assert.deepEqual(await readEntry(losing(after), 'k'), {
        key: 'k',
        type: 'none',
        value: undefined,
        parts: [],
        expiresInMs: undefined,
      });
    });
  }

  test('is there, if it is lost afterwards', async () => {
    assert.equal((await readEntry(losing(3), 'k')).expiresInMs, 1);
  });
});
