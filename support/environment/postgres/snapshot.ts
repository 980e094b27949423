import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '../provider';
import { copyTree } from './copy-tree';

const kept = 5;
const marker = 'complete';

/**
 * Prepared clusters between runs, each in a folder named by what it was made from. A folder appears under its
 * name complete or not at all, so that runs at the same time need no lock.
 */
export class SnapshotStore {
  private readonly root: string;

  constructor(private readonly context: RunContext) {
    this.root = join(context.cacheDirectory, 'postgres');
  }

  /** Copies the snapshot to a path that does not exist yet; false when there is none (any more). */
  async restore(key: string, to: string): Promise<boolean> {
    const snapshot = join(this.root, key);
    if (!existsSync(join(snapshot, marker))) return false;
    try {
      const now = new Date();
      await utimes(join(snapshot, marker), now, now);
      await copyTree(join(snapshot, 'cluster'), to);
      return true;
    } catch {
      // another run has pruned it meanwhile
      await rm(to, { recursive: true, force: true });
      return false;
    }
  }

  /** Keeps a copy of a cleanly stopped cluster's folder, unless another run has done so meanwhile. */
  async save(key: string, home: string): Promise<void> {
    const unfinished = join(this.root, `unfinished-${key}-${this.context.runId}`);
    this.context.ledger.directory(unfinished);
    await mkdir(unfinished, { recursive: true });
    await copyTree(home, join(unfinished, 'cluster'));
    await writeFile(join(unfinished, marker), '');
    await rename(unfinished, join(this.root, key)).catch(() => {}); // the other run's is as good
    await rm(unfinished, { recursive: true, force: true });
    await this.prune();
  }

  /** For a snapshot that turned out to be unusable. */
  async discard(key: string): Promise<void> {
    const doomed = join(this.root, `unfinished-${key}-${this.context.runId}-discarded`);
    this.context.ledger.directory(doomed);
    await rename(join(this.root, key), doomed).catch(() => {});
    await rm(doomed, { recursive: true, force: true });
  }

  private async prune(): Promise<void> {
    const keys = (await readdir(this.root)).filter((name) => !name.startsWith('unfinished-'));
    const used = await Promise.all(keys.map(async (key) => ({ key, at: await this.lastUse(key) })));
    used.sort((a, b) => b.at - a.at);
    for (const { key } of used.slice(kept)) await this.discard(key);
  }

  private async lastUse(key: string): Promise<number> {
    return stat(join(this.root, key, marker)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  }
}
