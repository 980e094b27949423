import { Socket } from 'node:net';
import { Client } from 'pg';
import { bounded, formatDuration } from '../../time';

const defaultLimitMs = 5_000;

/** A client that can be cut off from a server that does not answer. */
export class Connection extends Client {
  constructor(
    url: string,
    purpose: string,
    private readonly socket = new Socket(),
  ) {
    super({ connectionString: url, application_name: `brine ${purpose}`, stream: () => socket });
    // A connection that breaks while idle would otherwise end the process; the next query reports it.
    this.on('error', () => {});
  }

  cut(): void {
    this.socket.destroy();
  }
}

/**
 * A connection under the name `brine <purpose>`, so that it can be told from the services'.
 * @throws the server's or the socket's error, or a time-out after `limitMs`
 */
export async function connect(url: string, purpose: string, limitMs = defaultLimitMs): Promise<Connection> {
  const client = new Connection(url, purpose);
  const connected = client.connect();
  try {
    await bounded(connected, limitMs, () => new Error(`no answer within ${formatDuration(limitMs)}`));
  } catch (error) {
    connected.catch(() => {});
    client.cut();
    throw error;
  }
  return client;
}

/** Ends a connection; at most a second is given to say goodbye. */
export async function disconnect(client: Connection): Promise<void> {
  await bounded(client.end(), 1_000, () => new Error('no goodbye')).catch(() => client.cut());
}

/** Does the work on a connection of its own. */
export async function withConnection<T>(
  url: string,
  purpose: string,
  work: (client: Client) => Promise<T>,
  limitMs = defaultLimitMs,
): Promise<T> {
  const client = await connect(url, purpose, limitMs);
  try {
    return await work(client);
  } finally {
    await disconnect(client);
  }
}

/** The same server's URL for another of its databases. */
export function urlOfDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

/** The database that a URL names; '' when it names none. */
export function databaseOfUrl(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

/** A URL as it may be shown. */
export function withoutPassword(url: string): string {
  try {
    const shown = new URL(url);
    if (shown.password !== '') shown.password = '***';
    return shown.href;
  } catch {
    return 'a URL that cannot be parsed';
  }
}

/** The five characters by which the server classifies an error; '' for other errors. */
export function sqlState(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** `PostgreSQL 18.4`, as the server says itself. */
export async function serverVersion(client: Client): Promise<string> {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  return `PostgreSQL ${(rows[0]?.server_version ?? '').split(' ')[0]}`;
}

/** 18 of `PostgreSQL 18.4`. */
export function majorVersion(version: string): number {
  return Number(/\d+/.exec(version)?.[0] ?? 0);
}

/** The oldest that has all that Brine asks a server for (`pg_terminate_backend` that waits). */
const oldestMajor = 14;

/** Why a server of this version is of no use; undefined when it is. */
export function whyTooOld(version: string): string | undefined {
  return majorVersion(version) < oldestMajor
    ? `${version} is too old: PostgreSQL ${oldestMajor} or newer is needed`
    : undefined;
}
