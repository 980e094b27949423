import { once } from 'node:events';
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import type { LaneCacheFacts, RedisFacts } from '../../support/environment/redis/facts';
import { eventually } from '../../support/time';
import { type Facts, works, yesOrNo } from './facts';

/** One harmless call for each command that is not everywhere. */
const calls: ReadonlyArray<readonly [string, ...string[]]> = [
  ['ACL', 'WHOAMI'],
  ['BITFIELD', 'conformance', 'GET', 'u4', '0'],
  ['CLIENT', 'LIST'],
  ['CLUSTER', 'INFO'],
  ['COPY', 'conformance', 'conformance2'],
  ['DEBUG', 'OBJECT', 'conformance'],
  ['DUMP', 'conformance'],
  ['EVAL', 'return 1', '0'],
  ['EXPIRETIME', 'conformance'],
  ['FUNCTION', 'LIST'],
  ['GEOPOS', 'conformance-geo', 'x'],
  ['HEXPIRE', 'conformance-hash', '10', 'FIELDS', '1', 'x'],
  ['JSON.GET', 'conformance-json'],
  ['LATENCY', 'LATEST'],
  ['LMPOP', '1', 'conformance-list', 'LEFT'],
  ['MEMORY', 'USAGE', 'conformance'],
  ['MONITOR'],
  ['OBJECT', 'ENCODING', 'conformance'],
  ['PFCOUNT', 'conformance-hll'],
  ['SINTERCARD', '1', 'conformance-set'],
  ['SLOWLOG', 'LEN'],
  ['SPUBLISH', 'conformance', 'x'],
  ['WAIT', '0', '1'],
  ['XINFO', 'STREAM', 'conformance-stream'],
];

/** What a Redis is like, for the lane that uses it. */
export async function redisFacts(facts: RedisFacts, lane: LaneCacheFacts): Promise<Facts> {
  const redis = new Redis(lane.url, { lazyConnect: true });
  redis.on('error', () => {});
  await redis.connect();
  try {
    return {
      version: facts.version,
      'says that it is': /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? 'nothing',
      'a lane has': facts.url === undefined ? 'a server of its own' : 'a logical database',
      'logical databases': String(facts.databases ?? (await setting(redis, 'databases'))),
      'emptied between scenarios': lane.mayReset ? 'yes' : 'only with `redis.mayReset`',
      'RESP3 (HELLO 3)': await speaksRespThree(lane.url),
      'commands that are missing': (await missing(redis)).join(', ') || 'none of those tried',
      'keyspace events': await keyspaceEvents(redis, lane.url),
      eviction: await setting(redis, 'maxmemory-policy'),
      'memory at most': await setting(redis, 'maxmemory').then((bytes) =>
        bytes === '0' ? 'no limit' : bytes,
      ),
      'save and appendonly, as configured': `${(await setting(redis, 'save')) || 'no'}, ${await setting(redis, 'appendonly')}`,
      'keys expire by themselves': await expiry(redis),
      'transactions (MULTI, EXEC)': await works(() => redis.multi().set('conformance', '1').exec()),
    };
  } finally {
    await redis.del('conformance', 'conformance2');
    redis.disconnect();
  }
}

/** ioredis does not read it. */
async function speaksRespThree(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    socket.write('HELLO 3\r\n');
    const [answer] = await once(socket, 'data');
    return yesOrNo(String(answer).startsWith('%'));
  } finally {
    socket.destroy();
  }
}

async function setting(redis: Redis, name: string): Promise<string> {
  try {
    const [, value] = (await redis.config('GET', name)) as string[];
    return value ?? 'not told';
  } catch {
    return 'not told';
  }
}

/** On a connection of their own: one that MONITOR has taken answers nothing else. */
async function missing(redis: Redis): Promise<string[]> {
  await redis.set('conformance', '1');
  const found: string[] = [];
  for (const [command, ...args] of calls) {
    const client = redis.duplicate();
    client.on('error', () => {});
    const answer = await works(() => client.call(command, ...args));
    client.disconnect();
    if (/unknown command/i.test(answer)) found.push(`\`${command}\``);
  }
  return found;
}

async function keyspaceEvents(redis: Redis, url: string): Promise<string> {
  const before = await setting(redis, 'notify-keyspace-events');
  const listener = new Redis(url);
  const seen: string[] = [];
  listener.on('pmessage', (_pattern, channel: string) => seen.push(channel));
  try {
    await listener.psubscribe('__keyevent@*__:set');
    await redis.config('SET', 'notify-keyspace-events', 'KEA');
    await redis.set('conformance', '1');
    const arrived = async () => {
      if (seen.length === 0) throw new Error('none came');
    };
    const come = await works(() => eventually(arrived, { withinMs: 500 }));
    return come === 'yes' ? `after CONFIG SET; at first "${before}"` : 'none';
  } catch (error) {
    return `none: ${(error as Error).message}`;
  } finally {
    await redis.config('SET', 'notify-keyspace-events', before).catch(() => {});
    listener.disconnect();
  }
}

async function expiry(redis: Redis): Promise<string> {
  await redis.set('conformance2', '1', 'PX', 20);
  const gone = async () => {
    if ((await redis.exists('conformance2')) > 0) throw new Error('it is there');
  };
  return yesOrNo((await works(() => eventually(gone, { withinMs: 1_000 }))) === 'yes');
}
