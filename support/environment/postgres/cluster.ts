import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OsUser } from './os-user';
import type { ServerPrograms } from './programs';

const run = promisify(execFile);
const initTimeoutMs = 60_000;

/** The role that owns an embedded cluster. */
export const clusterRole = 'postgres';

/** A cluster on disk: its data and, beside it, the password of its role, readable by the owner alone. */
export interface Cluster {
  readonly home: string;
  readonly data: string;
  readonly password: string;
}

/** The cluster that was made in the folder before. */
export async function readCluster(home: string): Promise<Cluster> {
  const password = (await readFile(passwordFile(home), 'utf8')).trim();
  return { home, data: join(home, 'data'), password };
}

/** Makes a cluster in a folder that does not exist yet; it belongs to the user, if given. */
export async function initialiseCluster(
  programs: ServerPrograms,
  major: number,
  home: string,
  user: OsUser | undefined,
): Promise<Cluster> {
  const password = randomBytes(18).toString('base64url');
  await mkdir(home, { mode: 0o700 });
  await writeFile(passwordFile(home), `${password}\n`, { mode: 0o600 });
  if (user !== undefined) await giveTo(user, home, passwordFile(home));
  await run(programs.initdb, initArguments(major, home), { cwd: home, timeout: initTimeoutMs, ...user });
  return { home, data: join(home, 'data'), password };
}

function initArguments(major: number, home: string): string[] {
  // From 17 on the server brings C.UTF-8 itself; before, the machine must have it.
  const locale =
    major >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : ['--locale=C.UTF-8'];
  const checksums = major >= 18 ? ['--no-data-checksums'] : [];
  // One that ends in the middle leaves nothing outside of the folder.
  const memory = major >= 16 ? ['--set', 'dynamic_shared_memory_type=mmap'] : [];
  return [
    `--pgdata=${join(home, 'data')}`,
    `--username=${clusterRole}`,
    `--pwfile=${passwordFile(home)}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-sync',
    '--no-instructions',
    '--wal-segsize=1', // a cluster that is copied should be small
    ...locale,
    ...checksums,
    ...memory,
  ];
}

async function giveTo(user: OsUser, ...paths: string[]): Promise<void> {
  for (const path of paths) {
    await chmod(path, path === paths[0] ? 0o700 : 0o600);
    await chown(path, user.uid, user.gid);
  }
}

function passwordFile(home: string): string {
  return join(home, 'password');
}
