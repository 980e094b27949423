import { spawn } from 'node:child_process';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/environment/ports';
import { initialiseCluster } from '../../support/environment/postgres/cluster';
import { majorVersion } from '../../support/environment/postgres/connection';
import { serverUser } from '../../support/environment/postgres/os-user';
import {
  locatePrograms,
  programVersion,
  reachablePrograms,
} from '../../support/environment/postgres/programs';
import { eventually } from '../../support/time';
import { query } from '../environment/postgres';

/** A server that runs already, as far as Brine knows. */
export interface SomebodysServer extends AsyncDisposable {
  readonly url: string;
}

/** PostgreSQL as it comes: the embedded one's programs with the settings of initdb. */
export async function somebodysPostgres(): Promise<SomebodysServer> {
  const user = serverUser();
  const folder = await mkdtemp(join(tmpdir(), 'brine-conformance-'));
  await chmod(folder, 0o711);
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  const found = locatePrograms();
  const programs = user === undefined ? found : await reachablePrograms(found, user, folder);
  const major = majorVersion(await programVersion(programs));
  const cluster = await initialiseCluster(programs, major, join(folder, 'postgres'), user);
  const port = await freePort();
  const settings = [
    '-c',
    `port=${port}`,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
  ];
  const url = `postgres://postgres:${cluster.password}@127.0.0.1:${port}/postgres`;
  return serve(
    programs.postgres,
    ['-D', cluster.data, ...settings],
    folder,
    url,
    () => query(url, 'SELECT 1'),
    user,
  );
}

/** Redis as the distribution brings it, with its defaults. Rejects where there is no such program. */
export async function somebodysRedis(program = 'redis-server'): Promise<SomebodysServer> {
  const folder = await mkdtemp(join(tmpdir(), 'brine-conformance-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const answers = async () => {
    const { Redis } = await import('ioredis');
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.ping();
    } finally {
      client.disconnect();
    }
  };
  return serve(program, ['--port', String(port), '--bind', '127.0.0.1'], folder, url, answers);
}

async function serve(
  program: string,
  args: readonly string[],
  folder: string,
  url: string,
  answers: () => Promise<unknown>,
  user?: { uid: number; gid: number },
): Promise<SomebodysServer> {
  const child = spawn(program, args, { cwd: folder, stdio: 'ignore', ...user });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const end = async () => {
    child.kill('SIGINT');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const gone = ended.then(() => Promise.reject(new Error(`${program} did not start`)));
  gone.catch(() => {});
  try {
    await Promise.race([eventually(async () => void (await answers()), { withinMs: 15_000 }), gone]);
  } catch (error) {
    await end();
    throw error;
  }
  return { url, [Symbol.asyncDispose]: end };
}
