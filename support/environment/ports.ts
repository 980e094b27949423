import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { BrineError } from '../errors';
import { loopback } from '../loopback/server';

/** Below the ports from which the systems take those of outgoing connections. */
const steadyPorts = { first: 15_000, last: 32_000 };

/** Where a container engine listens for what it maps. */
export const anyAddress = '0.0.0.0';

/**
 * A port that nothing listens on, and that nobody else is given, neither before its owner listens nor while that is
 * restarted: no outgoing connection, and no other lane or run until this thread ends.
 * @param host the address it is to be free at
 */
export async function freePort(host = loopback): Promise<number> {
  const { first, last } = steadyPorts;
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first));
    const claim = await claimPort(port);
    if (claim === undefined) continue;
    if (await isFree(port, host)) {
      claims.add(claim);
      return port;
    }
    claim.close();
  }
}

/**
 * Between the choice of a port and the moment at which a service listens on it lie seconds, in which everybody finds it
 * free. So its number is taken as a UDP port, too, which services do not use: the system gives that to one alone, and
 * takes it back whatever becomes of this thread.
 * @returns undefined when somebody has it
 */
function claimPort(port: number): Promise<Claim | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4').unref();
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(error.code === 'EADDRINUSE' ? undefined : unclaimed); // where there is no UDP, it goes without
    });
    socket.bind({ port, address: loopback, exclusive: true }, () => resolve(socket));
  });
}

/** They last as long as this thread. */
const claims = new Set<Claim>();

interface Claim {
  close(): unknown;
}

const unclaimed: Claim = { close() {} };

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

/** @param host the address at which somebody wants to listen */
export async function isFree(port: number, host = loopback): Promise<boolean> {
  try {
    await listenOnce(port, host);
    return true;
  } catch {
    return false;
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

function listenOnce(port: number, host = loopback): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve()));
  });
}

/**
 * `node (process 4711)`, where /proc tells who has a port; undefined elsewhere. A connection can have it too: the
 * system gives each outgoing one a port of a range of its own.
 */
export function holderOf(port: number): string | undefined {
  try {
    const listener = inodeOf(port, isListening);
    if (listener !== undefined) return processWithSocket(listener);
    const connection = inodeOf(port, (state) => !isListening(state));
    const owner = connection === undefined ? undefined : processWithSocket(connection);
    return owner === undefined ? undefined : `a connection of ${owner}${rangeOfConnections(port)}`;
  } catch {
    return undefined;
  }
}

/** https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html, "ip_local_port_range" */
function rangeOfConnections(port: number): string {
  const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/);
  const [first = 0, last = 0] = range.map(Number);
  return port < first || port > last
    ? ''
    : `; the system gives outgoing ones the ports from ${first} to ${last}`;
}

/** Of the states of /proc/net/tcp, LISTEN. */
function isListening(state: string | undefined): boolean {
  return state === '0A';
}

/** The socket's inode from /proc/net/tcp and tcp6; 0 is that of a connection that has ended. */
function inodeOf(port: number, isWanted: (state: string | undefined) => boolean): string | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(wanted) && isWanted(fields[3]) && fields[9] !== '0') return fields[9];
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
