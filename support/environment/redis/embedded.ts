import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BrineError } from '../../errors';
import { assertPortIsFree } from '../ports';
import { whyNotRun } from '../program-fault';
import type { Availability, Provider, Started } from '../provider';
import type { RedisFacts } from './facts';

export interface EmbeddedRedisSettings {
  /** Path of a redis-server program; js-redis-server runs in the process unless given. */
  readonly binary?: string | undefined;
  /** Fixed port, for lane 0; lane n takes the n-th after it. */
  readonly port?: number | undefined;
}

/**
 * Redis without Docker. Each lane starts a server of its own (see `openCacheLane`), so `start()` only finds
 * out what that will be.
 */
export function redisEmbedded(settings: EmbeddedRedisSettings): Provider<RedisFacts> {
  return {
    service: 'redis',
    name: 'embedded',
    check: () =>
      settings.binary === undefined ? packageAvailability() : binaryAvailability(settings.binary),
    start: async (): Promise<Started<RedisFacts>> => {
      if (settings.port !== undefined) await assertPortIsFree(settings.port, 'redis', 'redis.port');
      return {
        facts: { provider: 'embedded', version: await versionOf(settings), firstDatabase: 0, mayReset: true },
        [Symbol.asyncDispose]: async () => {},
      };
    },
  };
}

async function packageAvailability(): Promise<Availability> {
  return { available: true, reason: `js-redis-server ${packageVersion()} in the process` };
}

async function binaryAvailability(binary: string): Promise<Availability> {
  try {
    await access(binary, constants.X_OK);
    return { available: true, reason: await binaryVersion(binary) };
  } catch (error) {
    return { available: false, reason: `redis.binary ${binary} cannot be run: ${whyNotRun(binary, error)}` };
  }
}

async function versionOf(settings: EmbeddedRedisSettings): Promise<string> {
  return settings.binary === undefined
    ? `js-redis-server ${packageVersion()}`
    : binaryVersion(settings.binary);
}

/** The package does not export its description, so it is read beside its entry. */
function packageVersion(): string {
  const file = join(dirname(require.resolve('js-redis-server')), '..', 'package.json');
  const description: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return description.version;
}

/** `Redis 7.0.15`, from `redis-server --version`. */
function binaryVersion(binary: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'], timeout: 5_000 });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', () => {
      const version = /v=(\S+)/.exec(output)?.[1];
      if (version !== undefined) return resolve(`Redis ${version}`);
      reject(
        new BrineError('BRINE_ENV_002', {
          owner: 'redis',
          reason: `${binary} --version did not tell a version`,
          log: output === '' ? '' : `\n  it printed: ${output.trim()}`,
          advice: 'redis.binary must be the path of a redis-server program',
        }),
      );
    });
  });
}
