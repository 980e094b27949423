import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { processIdentity } from './remove.js';

/** Who made something on a server that others use, too. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** What tells the process from a later one with its number. */
  readonly identity: string;
}

/** A run tells this often that it is alive, where its process cannot be looked at. */
export const signOfLifeMs = 5 * 60_000;
/** What has given no sign of life for this long, from another machine, is dead. */
export const deadAfterMs = 60 * 60_000;

/** This process. */
export function thisOwner(): Owner {
  return { host: hostMark(), pid: process.pid, identity: processIdentity(process.pid) };
}

/**
 * Whether the owner's process has ended; undefined for another machine's, which cannot be looked at.
 * @param form what was done to host and identity before they were written down
 */
export function hasEnded(
  { host, pid, identity }: Owner,
  form: (text: string) => string = (text) => text,
): boolean | undefined {
  if (host !== form(hostMark())) return undefined;
  const now = processIdentity(pid);
  return now === '' || form(now) !== identity;
}

/** Does it every few minutes until disposed. What fails is tried again the next time. */
export function giveSignsOfLife(tell: () => Promise<unknown>, everyMs = signOfLifeMs): Disposable {
  const timer = setInterval(() => void tell().catch(() => {}), everyMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Two containers may share a name and a server, but not each other's process numbers. */
function hostMark(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
