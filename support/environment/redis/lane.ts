import { createConnection } from 'node:net';
import { join } from 'node:path';
import { BrineError } from '../../errors';
import { loopback } from '../../loopback/server';
import { eventually, formatDuration } from '../../time';
import { type EndingServer, KeptServer } from '../kept-server';
import { assertPortIsFree, freePort } from '../ports';
import type { RunContext, Started } from '../provider';
import { ServiceLog } from '../services/log';
import { ManagedProcess } from '../services/managed-process';
import { claimDatabase } from './claim';
import type { EmbeddedRedisSettings } from './embedded';
import type { LaneCacheFacts, RedisFacts } from './facts';
import { type InProcessRedis, startInProcessRedis } from './in-process-server';

const startLimitMs = 5_000;

type LaneContext = Pick<RunContext, 'runId' | 'directory' | 'ledger' | 'projectDirectory'>;

/** The cache of a lane, and the server itself where it is one in this process. */
export interface CacheLane extends Started<LaneCacheFacts> {
  readonly inProcess?: Pick<InProcessRedis, 'isActive' | 'activate'>;
}

export interface CacheLaneSettings extends EmbeddedRedisSettings {
  /** Services that run already know their database by its number: the lane can have no other. */
  readonly isKnownByNumber?: boolean;
}

/**
 * The cache of one lane: a server of its own where Redis is embedded, else a logical database of the run's server.
 * @throws BrineError when the server has no database left for the lane
 */
export async function openCacheLane(
  facts: RedisFacts,
  settings: CacheLaneSettings,
  lane: number,
  context: LaneContext,
): Promise<CacheLane> {
  if (facts.url !== undefined) return databaseOf(facts.url, facts, settings, lane, context);
  const fixed = settings.port === undefined ? undefined : settings.port + lane;
  if (fixed !== undefined) await assertPortIsFree(fixed, `redis of lane ${lane}`, 'redis.port');
  if (settings.binary === undefined) return inProcess(fixed ?? 0);
  return ownProcess(settings.binary, fixed ?? (await freePort()), lane, context);
}

/** Of a server that other runs may use at the same time, one that none of them has. */
async function databaseOf(
  url: string,
  facts: RedisFacts,
  settings: CacheLaneSettings,
  lane: number,
  context: LaneContext,
): Promise<Started<LaneCacheFacts>> {
  const { provider, outlivesRun = provider === 'external', mayReset } = facts;
  const database = numberOf(facts, lane);
  const asUsual = { facts: laneFacts(url, database, mayReset), [Symbol.asyncDispose]: async () => {} };
  if (!outlivesRun || !mayReset) return asUsual;
  const others = settings.isKnownByNumber === true ? [] : otherNumbers(facts, database);
  const wanted = { url: bare(url), runId: context.runId, preferred: database, others };
  const claim = await claimDatabase({ ...wanted, isOurs: provider === 'container' });
  if (claim === undefined) return asUsual;
  return {
    facts: laneFacts(url, claim.facts, mayReset),
    [Symbol.asyncDispose]: () => claim[Symbol.asyncDispose](),
  };
}

function numberOf({ firstDatabase, databases = 1 }: RedisFacts, lane: number): number {
  const database = firstDatabase + lane;
  if (database < databases) return database;
  throw new BrineError('BRINE_ENV_002', {
    owner: `the cache of lane ${lane}`,
    reason: `Redis has ${databases} logical databases, and this lane would need number ${database}`,
    log: '',
    advice: 'run fewer lanes in parallel, or begin at a lower database in redis.url',
  });
}

/** The ones after it, then those before it; never one below the first, which is somebody's. */
function otherNumbers({ firstDatabase, databases = 1 }: RedisFacts, database: number): number[] {
  const all = Array.from({ length: databases - firstDatabase }, (_, index) => firstDatabase + index);
  return [...all.filter((number) => number > database), ...all.filter((number) => number < database)];
}

function laneFacts(server: string, database: number, mayReset: boolean): LaneCacheFacts {
  return { url: `${bare(server)}/${database}`, mayReset };
}

function bare(server: string): string {
  return server.replace(/\/\d*$/, '');
}

async function inProcess(port: number): Promise<CacheLane> {
  const server = await startInProcessRedis(port);
  return {
    inProcess: server,
    facts: { url: `redis://${server.host}:${server.port}/0`, mayReset: true, ownsServer: true },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function ownProcess(
  binary: string,
  port: number,
  lane: number,
  context: LaneContext,
): Promise<Started<LaneCacheFacts>> {
  const start = () => RedisProcess.start({ binary, port, lane }, context);
  const kept = new KeptServer(await start(), {
    service: 'redis',
    owner: `Redis of lane ${lane} (embedded)`,
    lane,
    runDirectory: context.directory,
    again: async (ended) => {
      await ended.stop();
      return start();
    },
    end: (last) => last.stop(),
  });
  const url = `redis://${loopback}:${port}/0`;
  return {
    facts: { url, mayReset: true, ownsServer: true },
    [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
  };
}

interface RedisPlan {
  readonly binary: string;
  readonly port: number;
  readonly lane: number;
}

/** A redis-server program that answers, until it is stopped. */
class RedisProcess implements EndingServer {
  private constructor(private readonly process: ManagedProcess) {}

  /** @throws BrineError BRINE_ENV_002 with the end of its log */
  static async start({ binary, port, lane }: RedisPlan, context: LaneContext): Promise<RedisProcess> {
    const server = new ManagedProcess(
      {
        name: `redis of lane ${lane}`,
        command: `exec "${binary}" --bind ${loopback} --port ${port} --save "" --appendonly no --dir "${context.directory}"`,
        cwd: context.directory,
        env: {},
        projectDirectory: context.projectDirectory,
      },
      new ServiceLog(join(context.directory, `redis-${lane}.log`)),
      context.ledger,
    );
    try {
      const giveUp = () => (server.ended === undefined ? undefined : new Error(`it ${server.ended}`));
      await eventually(() => answers(port, server), { withinMs: startLimitMs, giveUp });
    } catch (error) {
      const how = server.ended ?? `does not answer within ${formatDuration(startLimitMs)}`;
      await server.stop();
      throw new BrineError(
        'BRINE_ENV_002',
        {
          owner: `redis of lane ${lane}`,
          reason: `${binary} ${how}`,
          log: server.log.end(),
          advice: 'see the end of its log; redis.binary must be the path of a redis-server program',
        },
        { cause: error },
      );
    }
    return new RedisProcess(server);
  }

  get endedByItself(): Promise<string> {
    return this.process.exited;
  }

  endOfLog(): string {
    return this.process.log.end();
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}

function answers(port: number, server: ManagedProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    if (server.ended !== undefined) return reject(new Error(`it ${server.ended}`));
    const socket = createConnection({ host: loopback, port });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
