import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { BrineError } from '../../errors';
import type { Started } from '../provider';

/** Claims are kept here, so it is nobody's. */
const registry = 0;
/** What is left of a killed run's claim. */
const leaseMs = 5 * 60_000;
const renewalMs = 30_000;

/**
 * A logical database of a server that several runs may use at the same time: no two lanes of any of them have the same.
 * Disposing empties it and gives it back.
 * @param url `redis://host:port`, without a database number
 * @throws BrineError BRINE_ENV_002 when all are taken
 */
export async function claimDatabase(url: string, databases: number): Promise<Started<number>> {
  const { Redis } = await import('ioredis');
  const client = new Redis(`${url}/${registry}`);
  client.on('error', () => {}); // a server that is restarted; the lease outlives that
  try {
    return await claimWith(client, databases);
  } catch (error) {
    client.disconnect();
    throw error;
  }
}

async function claimWith(client: Redis, databases: number): Promise<Started<number>> {
  const token = randomBytes(8).toString('hex');
  const database = await firstFree(client, databases, token);
  const renew = () => client.set(keyOf(database), token, 'PX', leaseMs).catch(() => {});
  const renewal = setInterval(renew, renewalMs).unref();
  return {
    facts: database,
    [Symbol.asyncDispose]: async () => {
      clearInterval(renewal);
      await giveBack(client, database);
    },
  };
}

async function firstFree(client: Redis, databases: number, token: string): Promise<number> {
  for (let database = registry + 1; database < databases; database++) {
    if ((await client.set(keyOf(database), token, 'PX', leaseMs, 'NX')) === 'OK') return database;
  }
  throw new BrineError('BRINE_ENV_002', {
    owner: 'the cache of a lane',
    reason: `all ${databases - 1} logical databases of the Redis container are taken`,
    log: '',
    advice: 'run fewer lanes at the same time; what a killed run held is free again after five minutes',
  });
}

async function giveBack(client: Redis, database: number): Promise<void> {
  try {
    await client.select(database);
    await client.flushdb();
    await client.select(registry);
    await client.del(keyOf(database));
  } finally {
    client.disconnect();
  }
}

function keyOf(database: number): string {
  return `brine:database:${database}`;
}
