import type { Redis } from 'ioredis';
import { BrineError } from '../../errors';
import type { Started } from '../provider';

/** A server may end connections that say nothing (`timeout`), and a firewall those that look dead. */
const signOfLifeMs = 30_000;
const connectLimitMs = 5_000;
const mostShown = 3;
const claimName = /\bname=brine-database-(\d+)-of-([a-z\d]+)\b/;

/** What a lane would have of a server that other runs use, too. */
export interface Claim {
  /** `redis://host:port`, without a database number. */
  readonly url: string;
  readonly runId: string;
  /** The logical database that it should be. */
  readonly preferred: number;
  /** Those that it may be instead; none when whoever uses it knows its number already. */
  readonly others: readonly number[];
  /**
   * Whether the server is Brine's own: then a database is emptied when it is given back. On somebody's server the others
   * are taken only while they are empty: what they hold may be somebody's.
   */
  readonly isOurs: boolean;
}

/**
 * A logical database of a server that several runs may use at the same time: no two lanes of any of them have the same.
 *
 * The claim is the name of a connection that is held until this is disposed, so it ends with a run that is killed, and
 * leaves no key. Naming it and looking at the others' names is one transaction: of two that want the same, the
 * second sees the first.
 * @returns the number; undefined when the server does not let connections be named and listed
 * @throws BrineError BRINE_ENV_002 when it is taken and there is no other
 */
export async function claimDatabase(claim: Claim): Promise<Started<number> | undefined> {
  const { Redis } = await import('ioredis');
  const client = new Redis(claim.url, { maxRetriesPerRequest: 2, connectTimeout: connectLimitMs });
  client.on('error', () => {}); // a server that is restarted: the connection comes back with its name
  try {
    const database = await firstFree(client, claim);
    if (database !== undefined) return held(client, claim, database);
    client.disconnect();
    return undefined;
  } catch (error) {
    client.disconnect();
    throw error;
  }
}

function held(client: Redis, claim: Claim, database: number): Started<number> {
  client.options.connectionName = nameOf(database, claim.runId);
  const sign = setInterval(() => void client.ping().catch(() => {}), signOfLifeMs).unref();
  return {
    facts: database,
    [Symbol.asyncDispose]: async () => {
      clearInterval(sign);
      try {
        if (claim.isOurs) await empty(client, database);
      } finally {
        client.disconnect();
      }
    },
  };
}

async function empty(client: Redis, database: number): Promise<void> {
  await client.select(database);
  await client.flushdb();
}

async function firstFree(client: Redis, claim: Claim): Promise<number | undefined> {
  const why: string[] = [];
  for (const database of [claim.preferred, ...claim.others]) {
    const list = await nameAndList(client, nameOf(database, claim.runId));
    if (list === undefined) return undefined;
    const holder = holdersIn(list, await client.client('ID')).get(database);
    const mayBeLost = claim.isOurs || database === claim.preferred;
    if (holder === undefined && (mayBeLost || (await isEmpty(client, database)))) return database;
    why.push(`number ${database} ${holder === undefined ? 'holds keys' : `is used by ${holder}`}`);
  }
  throw taken(claim, why);
}

async function isEmpty(client: Redis, database: number): Promise<boolean> {
  await client.select(database);
  return (await client.dbsize()) === 0;
}

/** @returns the connections as the server lists them; undefined when this user may not name or list them */
async function nameAndList(client: Redis, name: string): Promise<string | undefined> {
  try {
    const replies = await client.multi().client('SETNAME', name).client('LIST').exec();
    const [, [refused, list] = []] = replies ?? [];
    return refused instanceof Error ? undefined : String(list);
  } catch (error) {
    // EXECABORT: a command of the transaction was refused
    if (error instanceof Error && error.name === 'ReplyError') return undefined;
    throw error;
  }
}

/** Who holds which database, as users read it; but for one connection. */
function holdersIn(list: string, own: number): Map<number, string> {
  const lines = list.split('\n').filter((line) => !line.startsWith(`id=${own} `));
  return new Map(
    lines.flatMap((line) => {
      const [, database, run] = claimName.exec(line) ?? [];
      if (database === undefined) return [];
      return [[Number(database), `run ${run} (connected from ${/\baddr=(\S+)/.exec(line)?.[1]})`] as const];
    }),
  );
}

function nameOf(database: number, runId: string): string {
  return `brine-database-${database}-of-${runId}`;
}

function taken({ others, isOurs }: Claim, why: readonly string[]): BrineError {
  const rule =
    others.length === 0
      ? 'services that run already know no other'
      : `of the others only ${isOurs ? 'a free one' : 'a free and empty one'} is taken`;
  const shown = why.slice(0, mostShown).join(', ');
  const more = why.length > mostShown ? `, and ${why.length - mostShown} more` : '';
  return new BrineError('BRINE_ENV_002', {
    owner: 'the cache of a lane',
    reason: `Redis has no logical database left for it (${rule}): ${shown}${more}`,
    log: '',
    advice:
      'let the other run end, run fewer lanes at the same time, or give this run another server (redis.url)',
  });
}
