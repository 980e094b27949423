import type { Client } from 'pg';
import { BrineError, messageOf } from '../../errors';
import { eventually, formatDuration, WaitError } from '../../time';
import {
  type Connection,
  connect,
  disconnect,
  majorVersion,
  serverVersion,
  sqlState,
  withoutPassword,
} from './connection';
import type { LaneDatabaseFacts } from './facts';
import { refusal } from './lane';
import { schemaMark, trackingSql, untrackSql } from './tracking';

/** What a reset did. */
export interface ResetReport {
  /** The tables (`schema.table`) whose rows were restored; a partitioned table by its own name. */
  readonly restored: readonly string[];
  /** Tables that appeared since the last reset; they are emptied, then and from now on, but stay. */
  readonly created: readonly string[];
  /**
   * Of a clone only: what was changed that no reset brings back (`table public.users was dropped`). The clone is
   * to be made anew then.
   */
  readonly changed: readonly string[];
}

const mostShown = 5;
const attempts = 4;
const lockWait = '750ms';
/** Others who begin at the same time may make the baseline of a large database. */
const baselineWait = '30s';
const retryable = new Set(['55P03', '40P01', '40001', '23505']);
/** A server that a scenario has restarted needs this long at most. */
const restartLimitMs = 5_000;
const insufficientPrivilege = '42501';
const noSuchDatabase = '3D000';
/** A server that is full, ends, or is in trouble; locks. Whatever else it says of a reset means a damaged clone. */
const notOfTheClone = /^(08|40|53|55|57|58|XX)/;
/** A restored row leaves a dead one behind, past which every later reset must read: so many of them until a vacuum. */
const resetsPerVacuum = 200;

/**
 * Brings one database back, between scenarios, to the state that it has when this is opened: rows of the tables
 * that anybody has written since, and sequences. Open it once, before the first scenario, when the services run:
 * what they wrote while they started belongs to the baseline.
 *
 * What cannot be restored in place (a table that was dropped or altered, a view, a function, ...) is noticed, and told.
 *
 * Not restored: what large objects hold, roles, sequence numbers that sessions hold in advance (CACHE), and two things
 * that no trigger tells of and that would be slow to look for: the sequence of a table whose numbers were drawn by hand
 * while nothing was written to the table, and `setval(.., false)` of a sequence that had never been drawn from.
 */
export class DatabaseReset implements AsyncDisposable {
  private seen = 0;
  private count = 0;
  /** Restored since the last vacuum. */
  private readonly unclean = new Set<string>();
  private readonly none: ResetReport = { restored: [], created: [], changed: [] };

  private constructor(
    private readonly database: LaneDatabaseFacts,
    private session: ResetSession | undefined,
  ) {}

  /**
   * Connects, and begins to track; for a database that may not be reset it does neither.
   * @throws BrineError BRINE_DB_002 when the role may not track what is written to somebody's own database
   */
  static async open(database: LaneDatabaseFacts): Promise<DatabaseReset> {
    if (!database.mayReset) return new DatabaseReset(database, undefined);
    const session = await ResetSession.open(database);
    const reset = new DatabaseReset(database, session);
    try {
      reset.seen = await session.setBaseline();
    } catch (error) {
      await session.close();
      throw database.isClone === true ? error : cannotTrack(database, error);
    }
    return reset;
  }

  /**
   * One round trip. The work is proportional to the tables that were written.
   * @throws BrineError BRINE_ENV_006 when it may not be reset; BRINE_DB_002 when it cannot, naming who is in the way;
   *   BRINE_DB_003, once, when definitions were changed in a database that is no clone: then they are its baseline
   */
  async reset(): Promise<ResetReport> {
    if (!this.database.mayReset) throw refusal(this.database);
    const begin = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt();
      } catch (error) {
        const again =
          !(error instanceof WaitError) && attempt < attempts && sqlState(error) !== noSuchDatabase;
        if (again && (retryable.has(sqlState(error)) || this.session?.broken)) continue;
        const damage = this.damage(error);
        if (damage !== undefined) return { ...this.none, changed: [damage] };
        throw await this.failure(error, performance.now() - begin);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.session;
    this.session = undefined;
    await session?.leave();
  }

  private async attempt(): Promise<ResetReport> {
    const session = await this.connected();
    const { writes, restored, appeared, changed } = await session.reset(this.seen);
    this.seen = writes;
    if (changed !== null && this.database.isClone !== true) throw this.adopted(changed);
    if (restored.length > 0) await this.clearAway(session, restored);
    if (restored.length + appeared.length === 0 && changed === null) return this.none;
    return { restored, created: appeared, changed: changed ?? [] };
  }

  /** What the server says of a clone whose tables or tracking are not what they were. */
  private damage(thrown: unknown): string | undefined {
    const error = thrown instanceof WaitError ? thrown.cause : thrown;
    const state = sqlState(error);
    if (this.database.isClone !== true || state === '' || notOfTheClone.test(state)) return undefined;
    return messageOf(error);
  }

  private adopted(changed: readonly string[]): BrineError {
    return new BrineError('BRINE_DB_003', { database: this.database.database, changes: listed(changed) });
  }

  private async clearAway(session: ResetSession, restored: readonly string[]): Promise<void> {
    for (const name of restored) this.unclean.add(name);
    if (++this.count % resetsPerVacuum !== 0) return;
    const names = [...this.unclean];
    this.unclean.clear();
    await session.vacuum(names).catch(() => {}); // a table that was dropped meanwhile; the reset itself is done
  }

  /** A server that was restarted by a scenario has ended the connection. */
  private async connected(): Promise<ResetSession> {
    if (this.session !== undefined && !this.session.broken) return this.session;
    const reopened = await eventually(() => ResetSession.open(this.database), {
      withinMs: restartLimitMs,
      giveUp: (error) => (error instanceof Error && sqlState(error) === noSuchDatabase ? error : undefined),
    });
    this.session = reopened.value;
    return this.session;
  }

  private async failure(thrown: unknown, tookMs: number): Promise<BrineError> {
    if (thrown instanceof BrineError) return thrown;
    const error = thrown instanceof WaitError ? thrown.cause : thrown;
    const waited = sqlState(error) === '55P03';
    const holders = waited ? await this.session?.lockHolders().catch(() => '') : '';
    const reason = waited
      ? `another connection holds locks on its rows (waited ${formatDuration(tookMs)})${holders}`
      : detailed(error);
    const advice = waited
      ? 'end the transaction before the scenario ends: a service that keeps one open blocks the reset'
      : 'see the cause';
    return new BrineError(
      'BRINE_DB_002',
      { database: this.database.database, reason, advice },
      { cause: error },
    );
  }
}

function cannotTrack({ database, url }: LaneDatabaseFacts, error: unknown): BrineError {
  const reason = `Brine cannot watch what is written to it (${withoutPassword(url)}): ${detailed(error)}`;
  const advice = 'name a role in its URL that owns its tables and may create a schema there, or a superuser';
  return new BrineError('BRINE_DB_002', { database, reason, advice }, { cause: error });
}

/** A few of what was changed; an error's line each. */
export function listed(changed: readonly string[]): string {
  const shown = changed.slice(0, mostShown).map((change) => `\n  - ${change}`);
  const rest = changed.length - shown.length;
  return `${shown.join('')}${rest > 0 ? `\n  and ${rest} more` : ''}`;
}

function detailed(error: unknown): string {
  const detail =
    error instanceof Error && 'detail' in error && typeof error.detail === 'string' ? error.detail : '';
  return detail === '' ? messageOf(error) : `${messageOf(error)} (${detail})`;
}

/** Serialises Brine's own work on the tracking schema; shared by those who rely on the baseline. */
const baselineLock = `hashtextextended('brine baseline', 0)`;

/** What `brine.reset` gives. */
interface ResetResult {
  readonly writes: number;
  readonly restored: readonly string[];
  readonly appeared: readonly string[];
  readonly changed: readonly string[] | null;
}

/** The connection that resets. */
class ResetSession {
  broken = false;
  private ddl = true;

  private constructor(
    private readonly client: Connection,
    private readonly inOrder: boolean,
  ) {
    client.on('error', () => this.break());
    client.on('end', () => this.break());
  }

  static async open({ url }: LaneDatabaseFacts): Promise<ResetSession> {
    const client = await connect(url, 'reset');
    try {
      await client.query(
        `SET lock_timeout = '${lockWait}'; SET statement_timeout = '60s'; SET jit = off; SET synchronous_commit = off;
         SET client_min_messages = warning; SET plan_cache_mode = force_generic_plan; SET brine.resetting = 'on'`,
      );
      const session = new ResetSession(client, !(await mayIgnoreTriggers(client)));
      session.ddl = !(await hasEventTrigger(client));
      return session;
    } catch (error) {
      await disconnect(client);
      throw error;
    }
  }

  /**
   * Installs the tracking where there is none, and declares the present state the baseline, unless somebody else
   * relies on the one there is.
   * @returns what the first reset has seen
   */
  async setBaseline(): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const seen = (await this.makeBaseline()) ?? (await this.joinBaseline());
      this.ddl = !(await hasEventTrigger(this.client));
      if (seen !== undefined) return Number(seen);
      if (attempt === attempts)
        throw new Error('its tracking was taken out by others while it was looked for');
    }
  }

  /** Gives undefined when somebody else makes one, or relies on the one there is. */
  private async makeBaseline(): Promise<string | undefined> {
    if (!(await this.value<boolean>(`SELECT pg_try_advisory_lock(${baselineLock})`))) return undefined;
    try {
      await this.install();
      return await this.value<string>(`SELECT brine.set_baseline(${this.inOrder}, ${this.ddl})`);
    } finally {
      await this.client.query(`SELECT pg_advisory_lock_shared(${baselineLock})`);
      await this.client.query(`SELECT pg_advisory_unlock(${baselineLock})`);
    }
  }

  /** Waits for who makes one; gives undefined when there is none then: the last one who relied on it has taken it out. */
  private async joinBaseline(): Promise<string | undefined> {
    await this.client.query(
      `BEGIN; SET LOCAL lock_timeout = '${baselineWait}'; SELECT pg_advisory_lock_shared(${baselineLock}); COMMIT`,
    );
    if (await this.value<boolean>(`SELECT to_regclass('brine.writes') IS NOT NULL`))
      return this.value<string>('SELECT last_value FROM brine.writes');
    await this.client.query(`SELECT pg_advisory_unlock_shared(${baselineLock})`);
    return undefined;
  }

  async reset(seen: number): Promise<ResetResult> {
    const { rows } = await this.client.query<{ result: ResetResult }>({
      name: 'brine_reset',
      text: 'SELECT to_json(brine.reset($1, $2, $3)) AS result', // a scan of the function takes longer
      values: [seen, this.inOrder, this.ddl],
    });
    const [row] = rows;
    if (row === undefined) throw new Error('brine.reset gave nothing');
    return row.result;
  }

  /** Waits for nobody, and takes no lock that a service would wait for. */
  async vacuum(names: readonly string[]): Promise<void> {
    await this.client.query(`VACUUM (SKIP_LOCKED, TRUNCATE false) ${['brine.dirty', ...names].join(', ')}`);
  }

  /** Who has written to tracked tables in a transaction that is still open, the oldest first. */
  async lockHolders(): Promise<string> {
    const { rows } = await this.client.query<{ pid: number; name: string; state: string; query: string }>(
      `SELECT a.pid, a.application_name AS name, a.state, left(a.query, 120) AS query
       FROM pg_stat_activity a
       WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND EXISTS (
         SELECT FROM pg_locks l JOIN brine.tracked t ON t.relid = l.relation
         WHERE l.pid = a.pid AND l.granted AND l.mode IN ('RowShareLock', 'RowExclusiveLock',
           'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
       ORDER BY a.xact_start LIMIT 3`,
    );
    return rows
      .map(({ pid, name, state, query }) => `\n  | process ${pid} "${name}" (${state}): ${query}`)
      .join('');
  }

  /** Takes the tracking out of somebody's database with the last one that relied on it. */
  async leave(): Promise<void> {
    try {
      await this.client.query(`SELECT pg_advisory_unlock_shared(${baselineLock})`);
      const shared = await this.value<boolean>(`SELECT kind = 'shared' FROM brine.about`);
      if (shared && (await this.value<boolean>(`SELECT pg_try_advisory_lock(${baselineLock})`))) {
        await this.client.query(untrackSql);
      }
    } catch {
      // the server has ended before, or the database is gone: nothing to take out
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await disconnect(this.client);
  }

  /** The tracking of an earlier run in somebody's database may be out of date: it is made anew. */
  private async install(): Promise<void> {
    const comment = await this.value<string | null>(
      `SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = 'brine'`,
    );
    if (comment === undefined) return this.make();
    if (!comment?.startsWith(schemaMark)) throw new Error('it has a schema "brine" that is not Brine\'s');
    if ((await this.value<string>('SELECT kind FROM brine.about')) !== 'shared') return;
    await this.client.query(untrackSql);
    await this.make();
  }

  private async make(): Promise<void> {
    const version = await serverVersion(this.client);
    await this.client.query(trackingSql('shared', majorVersion(version)));
  }

  private async value<T>(sql: string): Promise<T | undefined> {
    const { rows } = await this.client.query<[T]>({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  }

  private break(): void {
    this.broken = true;
  }
}

/** Foreign keys and triggers out of the way: for superusers, or by GRANT SET ON PARAMETER. */
async function mayIgnoreTriggers(client: Client): Promise<boolean> {
  try {
    await client.query('SET session_replication_role = replica');
    return true;
  } catch (error) {
    if (sqlState(error) === insufficientPrivilege) return false;
    throw error;
  }
}

async function hasEventTrigger(client: Client): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT FROM pg_event_trigger WHERE evtname = 'brine_ddl'`);
  return rowCount === 1;
}
