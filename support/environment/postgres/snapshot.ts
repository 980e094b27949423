import { execFile } from 'node:child_process';
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../errors';
import { unusableCache } from '../cache-folder';
import type { RunContext } from '../provider';
import { useFolder } from '../usable-folder';

const run = promisify(execFile);
const kept = 5;
/** They hold the clusters' passwords. */
const ownersOnly = 0o700;
const extension = '.tar';

/**
 * Prepared clusters between runs, each a file named by what it was made from. A file appears under its name
 * complete or not at all, so that runs at the same time need no lock.
 *
 * Archives, as a cluster is a thousand files: one is written ten times as fast on a disk, and unpacked twice as
 * fast as a folder is copied.
 */
export class SnapshotStore {
  private readonly root: string;

  /** @throws BrineError BRINE_CONFIG_004 when the user has named a folder that cannot be used */
  constructor(private readonly context: RunContext) {
    this.root = join(context.cacheDirectory, 'postgres');
    try {
      if (context.cacheIsNamed === true) useFolder(this.root, ownersOnly);
    } catch (error) {
      throw unusableCache(context.cacheDirectory, error);
    }
  }

  /** Unpacks the snapshot to the path that it was taken of; false when there is none (any more). */
  async restore(key: string, home: string): Promise<boolean> {
    const now = new Date();
    try {
      await utimes(this.file(key), now, now);
      await run('tar', ['-xpf', this.file(key), '-C', dirname(home)]);
      return true;
    } catch {
      await rm(home, { recursive: true, force: true });
      return false;
    }
  }

  /** Keeps a cleanly stopped cluster's folder, in place of what another run has kept meanwhile. */
  async save(key: string, home: string): Promise<void> {
    const unfinished = this.file(`unfinished-${key}-${this.context.runId}`);
    this.context.ledger.directory(unfinished);
    useFolder(this.root, ownersOnly);
    await archive(unfinished, home);
    await rename(unfinished, this.file(key));
    await this.prune();
  }

  /** For a snapshot that turned out to be unusable. */
  async discard(key: string): Promise<void> {
    await rm(this.file(key), { force: true });
  }

  private async prune(): Promise<void> {
    const files = (await readdir(this.root)).filter((name) => !name.startsWith('unfinished-'));
    const used = await Promise.all(
      files.map(async (name) => ({ name, at: await lastUse(join(this.root, name)) })),
    );
    used.sort((a, b) => b.at - a.at);
    const old = used.slice(kept).map(({ name }) => join(this.root, name));
    for (const path of old) await rm(path, { recursive: true, force: true });
  }

  private file(key: string): string {
    return join(this.root, `${key}${extension}`);
  }
}

/** @throws Error with what tar says first: the rest is the command line */
async function archive(file: string, folder: string): Promise<void> {
  try {
    await run('tar', ['-cf', file, '-C', dirname(folder), basename(folder)]);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(stderr.split('\n')[0] || messageOf(error), { cause: error });
  }
}

async function lastUse(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
