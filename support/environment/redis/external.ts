import { BrineError, messageOf } from '../../errors';
import type { Availability, Provider, Started } from '../provider';
import type { RedisFacts } from './facts';
import { describeRedis, type RedisDescription } from './probe';

/** Somebody's Redis server. */
export interface ExternalRedisSettings {
  /** `redis://` or `rediss://`; a database number in it becomes the first that lanes use. */
  readonly url: string;
  /** The configuration's word that Brine may flush the databases that it uses there. */
  readonly mayReset: boolean;
}

const answerLimitMs = 3_000;

/** A Redis server that runs already. Nothing is started, and nothing is ended. */
export function redisExternal(settings: ExternalRedisSettings): Provider<RedisFacts> {
  return {
    service: 'redis',
    name: 'external',
    check: () => check(settings.url),
    start: () => start(settings),
  };
}

async function check(url: string): Promise<Availability> {
  try {
    const server = serverOf(url);
    const { version } = await describeRedis(server.complete, answerLimitMs);
    return { available: true, reason: `${version} answers at ${server.shown}` };
  } catch (error) {
    return { available: false, reason: reasonOf(url, error) };
  }
}

async function start({ url, mayReset }: ExternalRedisSettings): Promise<Started<RedisFacts>> {
  const server = serverOf(url);
  let description: RedisDescription;
  try {
    description = await describeRedis(server.complete, answerLimitMs);
  } catch (error) {
    throw new BrineError(
      'BRINE_ENV_008',
      {
        service: 'Redis',
        address: server.shown,
        reason: messageOf(error),
        advice: 'start it, or correct REDIS_URL (or redis.url)',
      },
      { cause: error },
    );
  }
  const { url: bare, firstDatabase } = server;
  return {
    facts: { provider: 'external', ...description, url: bare, firstDatabase, mayReset },
    [Symbol.asyncDispose]: async () => {},
  };
}

function reasonOf(url: string, error: unknown): string {
  if (error instanceof BrineError) return error.message;
  return `no Redis can be used at ${serverOf(url).shown}: ${messageOf(error)}`;
}

interface RedisServer {
  /** Without a database number. */
  readonly url: string;
  /** With its database number. */
  readonly complete: string;
  readonly firstDatabase: number;
  /** Without a password, for people. */
  readonly shown: string;
}

/** @throws BrineError BRINE_CONFIG_002 when it is not the URL of a Redis server */
function serverOf(text: string): RedisServer {
  if (!URL.canParse(text)) throw badUrl(text, 'it is not a URL');
  const url = new URL(text);
  const shown = withoutPassword(url);
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    throw badUrl(shown, `${url.protocol}// is not how Redis is spoken to`);
  }
  if (url.hostname === '') throw badUrl(shown, 'it names no host');
  const database = url.pathname.replace(/^\//, '');
  if (!/^\d*$/.test(database)) throw badUrl(shown, `"${database}" is not the number of a database`);
  const firstDatabase = Number(database);
  url.pathname = '';
  const bare = url.href.replace(/\/$/, '');
  url.pathname = `/${firstDatabase}`;
  return { url: bare, complete: url.href, firstDatabase, shown };
}

function withoutPassword(url: URL): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}

function badUrl(value: string, reason: string): BrineError {
  return new BrineError('BRINE_CONFIG_002', {
    key: 'redis.url',
    source: 'the configuration or the environment (REDIS_URL)',
    value: `"${value}"`,
    reason,
    suggestion: '',
    expected: 'redis://host:port, or redis://:password@host:port/1 with a password and the first database',
  });
}
