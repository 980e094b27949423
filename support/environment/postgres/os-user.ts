import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BrineError } from '../../errors';

/** The OS user that a program is spawned as. */
export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who runs the server: nobody in particular (undefined) unless Brine is root, whom the server refuses.
 * @throws BrineError BRINE_ENV_002 when there is no such user
 */
export function serverUser(name = 'nobody'): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = fromPasswd(name) ?? fromId(name);
  if (user !== undefined && user.uid !== 0) return user;
  throw new BrineError('BRINE_ENV_002', {
    owner: 'PostgreSQL (embedded)',
    reason: `the server refuses to run as root, and ${user === undefined ? `there is no OS user "${name}"` : `"${name}" is root`}`,
    log: '',
    advice: 'run as another user, or name an OS user of this machine that may run the server',
  });
}

/** Whether every folder on the way to the path lets the user through, by owner, group and mode. */
export function isReachable(path: string, user: OsUser): boolean {
  for (let place = dirname(resolve(path)); ; place = dirname(place)) {
    const { mode, uid, gid } = statSync(place);
    const passes = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & passes) === 0) return false;
    if (place === dirname(place)) return true;
  }
}

function fromPasswd(name: string): OsUser | undefined {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
}

/** For users that a directory service knows. */
function fromId(name: string): OsUser | undefined {
  try {
    const ask = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: 'pipe', timeout: 2_000 }));
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
}
