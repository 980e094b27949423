import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Copies a folder to a path that does not exist yet, with owners (for root) and modes.
 * By `cp`, which needs a tenth of the time that Node does for a thousand files.
 */
export async function copyTree(from: string, to: string): Promise<void> {
  if (process.platform === 'win32') return cp(from, to, { recursive: true, verbatimSymlinks: true });
  const reflink = process.platform === 'linux' ? ['--reflink=auto'] : [];
  try {
    await run('cp', ['-a', ...reflink, from, to]);
  } catch (error) {
    // busybox knows no --reflink
    if (reflink.length === 0 || !String(error).includes('reflink')) throw error;
    await run('cp', ['-a', from, to]);
  }
}
