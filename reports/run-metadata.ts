import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** One fact about a run, as reports show it. */
export interface Metadatum {
  readonly label: string;
  readonly value: string;
}

/** Where to look. */
export interface RunMetadataOptions {
  /** The project's folder, absolute. */
  readonly directory: string;
  /** Packages whose versions matter; the runner by default. */
  readonly packages?: readonly string[];
}

const gitLimitMs = 2_000;

/**
 * What a reader of the report wants to know of where the run took place: the commit (absent outside a
 * repository), the machine, Node and the versions of packages. What cannot be found out is left out; never throws.
 */
export async function runMetadata({ directory, packages }: RunMetadataOptions): Promise<Metadatum[]> {
  const wanted = packages ?? ['@cucumber/cucumber'];
  const found = await Promise.all([
    datum('Commit', () => commitOf(directory)),
    datum('Machine', machine),
    datum('Node', () => process.version),
    datum('brine', () => versionAbove(__dirname)),
    ...wanted.map((name) => datum(name, () => versionOf(name, directory))),
  ]);
  return found.filter((one) => one !== undefined);
}

async function datum(
  label: string,
  find: () => string | undefined | Promise<string | undefined>,
): Promise<Metadatum | undefined> {
  try {
    const value = await find();
    return value === undefined || value === '' ? undefined : { label, value };
  } catch {
    return undefined;
  }
}

/** `1a2b3c4d5e6f on main, with local changes`. */
async function commitOf(directory: string): Promise<string> {
  const [commit, branch, changes] = await Promise.all([
    git(directory, 'rev-parse', '--short=12', 'HEAD'),
    git(directory, 'branch', '--show-current'),
    git(directory, 'status', '--porcelain', '--untracked-files=no'),
  ]);
  return `${commit}${branch === '' ? '' : ` on ${branch}`}${changes === '' ? '' : ', with local changes'}`;
}

async function git(directory: string, ...args: readonly string[]): Promise<string> {
  // Without the lock, a report never gets in the way of the user's own git.
  const options = { cwd: directory, timeout: gitLimitMs, env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' } };
  const { stdout } = await promisify(execFile)('git', args, options);
  return stdout.trim();
}

function machine(): string {
  const cpus = os.cpus();
  const model = cpus[0]?.model.replace(/\s+/g, ' ').trim();
  const cores = `${cpus.length} ${cpus.length === 1 ? 'core' : 'cores'}${model ? ` (${model})` : ''}`;
  return `${os.type()} ${os.release()} ${os.arch()}, ${cores}, ${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`;
}

async function versionOf(name: string, directory: string): Promise<string | undefined> {
  return versionIn(createRequire(join(directory, 'package.json')).resolve(`${name}/package.json`));
}

async function versionIn(file: string): Promise<string | undefined> {
  const content: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof content !== 'object' || content === null || !('version' in content)) return undefined;
  return String(content.version);
}

/** The version in the nearest package.json at or above the folder: compiled code lies deeper than its source. */
async function versionAbove(folder: string): Promise<string | undefined> {
  try {
    return await versionIn(join(folder, 'package.json'));
  } catch (error) {
    if (dirname(folder) === folder) throw error;
    return versionAbove(dirname(folder));
  }
}
