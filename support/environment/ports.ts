import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { BrineError } from '../errors';
import { loopback } from '../loopback/server';

/** A port of the loopback interface that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

/** Below the ports from which the systems take those of outgoing connections. */
const steadyPorts = { first: 15_000, last: 32_000 };
const anyAddress = '0.0.0.0';

/**
 * A port that nothing listens on, for something that gives it up for a moment when it is restarted: no connection is
 * given it meanwhile.
 */
export async function steadyPort(random: () => number = Math.random): Promise<number> {
  const { first, last } = steadyPorts;
  for (;;) {
    const port = first + Math.floor(random() * (last - first));
    try {
      return await listenOnce(port, anyAddress);
    } catch {
      // somebody has it
    }
  }
}

/**
 * Makes sure that a configured port is free.
 * @param owner who wants it, for the message: `service "orders"`
 * @param setting the configuration key that says so: `services.orders.port`
 * @throws BrineError BRINE_ENV_003 naming the port and, where the system tells, who holds it
 */
export async function assertPortIsFree(port: number, owner: string, setting: string): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    throw portInUse(port, owner, setting, error);
  }
}

/** The error for a port that something else listens on. */
export function portInUse(port: number, owner: string, setting: string, cause?: unknown): BrineError {
  const holder = holderOf(port);
  return new BrineError(
    'BRINE_ENV_003',
    { owner, address: `${loopback}:${port}`, setting, holder: holder === undefined ? '' : ` (by ${holder})` },
    { cause },
  );
}

function listenOnce(port: number, host = loopback): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

/** `node (process 4711)`, where /proc tells who listens on a port; undefined elsewhere. */
export function holderOf(port: number): string | undefined {
  try {
    const inode = listeningInode(port);
    return inode === undefined ? undefined : processWithSocket(inode);
  } catch {
    return undefined;
  }
}

/** The socket's inode from /proc/net/tcp and tcp6 (state 0A is LISTEN). */
function listeningInode(port: number): string | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(wanted) && fields[3] === '0A') return fields[9];
    }
  }
  return undefined;
}

function processWithSocket(inode: string): string | undefined {
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    if (!holdsSocket(pid, inode)) continue;
    return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`;
  }
  return undefined;
}

function holdsSocket(pid: string, inode: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => readlinkSync(`${folder}/${fd}`) === `socket:[${inode}]`);
  } catch {
    return false; // another user's process, or one that has just ended
  }
}
