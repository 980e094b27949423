import { bounded, formatDuration } from '../../time';

/**
 * Asks a Redis server who it is: PING and INFO, in the URL's logical database.
 * @param url complete, with password and database number where there are such
 * @returns `Redis 7.2.4`, as the server says itself
 * @throws Error with the reason: refused, not authorised, no such database, no answer in time
 */
export async function redisVersion(url: string, limitMs: number): Promise<string> {
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
  const ask = async (): Promise<string> => {
    try {
      await client.connect();
      await client.ping();
      const info = await client.info('server');
      if (problem !== undefined) throw problem; // the database number is selected in the background
      return serverName(info);
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

function serverName(info: string): string {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const valkey = field('valkey_version');
  return valkey === undefined
    ? `Redis ${field('redis_version') ?? '(version not told)'}`
    : `Valkey ${valkey}`;
}
