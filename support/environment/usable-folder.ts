import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes the folder, unless it is there, and writes to it.
 * @throws the file system's error
 */
export function useFolder(folder: string, mode = 0o777): void {
  makeFolder(folder, mode);
  const probe = join(folder, `.brine-${process.pid}`);
  writeFileSync(probe, '');
  rmSync(probe, { force: true });
}

/** One after the other: Node's recursive mkdir never ends where the file system denies the existence of what it refuses (/proc). */
function makeFolder(folder: string, mode: number): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another run has made it
  }
}
