import type { Redis } from 'ioredis';
import { bounded, formatDuration } from '../../time';

/** A Redis server as it describes itself. */
export interface RedisDescription {
  /** `Redis 7.2.4`. */
  readonly version: string;
  /** How many logical databases it has. */
  readonly databases: number;
}

/** What a Redis server has unless its configuration says otherwise. */
const usualDatabases = 16;

/**
 * Asks a Redis server who it is: PING, INFO and CONFIG GET, in the URL's logical database. A server that does not let
 * its configuration be read is taken to have 16 databases.
 * @param url complete, with password and database number where there are such
 * @throws Error with the reason: refused, not authorised, no such database, no answer in time
 */
export async function describeRedis(url: string, limitMs: number): Promise<RedisDescription> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: limitMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: false,
  });
  let problem: Error | undefined;
  client.on('error', (error: Error) => {
    problem ??= error;
  });
  const ask = async (): Promise<RedisDescription> => {
    try {
      await client.connect();
      await client.ping();
      const info = await client.info('server');
      if (problem !== undefined) throw problem; // the database number is selected in the background
      return { version: serverName(info), databases: await databasesOf(client) };
    } catch (error) {
      throw problem ?? error;
    }
  };
  try {
    return await bounded(ask(), limitMs, () => new Error(`no answer within ${formatDuration(limitMs)}`));
  } finally {
    client.disconnect();
  }
}

async function databasesOf(client: Redis): Promise<number> {
  const [, told] = (await client.config('GET', 'databases').catch(() => [])) as string[];
  return Number(told) || usualDatabases;
}

function serverName(info: string): string {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const valkey = field('valkey_version');
  return valkey === undefined
    ? `Redis ${field('redis_version') ?? '(version not told)'}`
    : `Valkey ${valkey}`;
}
