import { EventEmitter } from 'node:events';
import { Pool, type PoolClient, type PoolConfig, type QueryResult } from 'pg';
import { BrineError } from '../errors';
import { bounded, formatDuration } from '../time';

/** What one nested transaction waits at most for another that is under way. */
const turnLimitMs = 5_000;
/** What a rollback waits at most for a statement that is under way; then the connection is cut, which undoes as much. */
const rollbackLimitMs = 5_000;

/** The SQL has begun another transaction after it had ended the scenario's. */
const unknownSavepoint = '3B001';

export type Connected = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release: () => void,
) => void;

/**
 * A pool that, while a scenario's transaction runs, gives everybody a session inside it instead of a connection:
 * repositories, `dataSource.transaction()` and query runners take part without knowing.
 */
export class ScenarioPool extends Pool {
  private scenario: ScenarioTransaction | undefined;
  /** Connections on which SQL of steps has run, with the SQL that left a transaction open there, if any has. */
  private readonly touched = new Map<PoolClient, string | undefined>();

  constructor(options?: PoolConfig) {
    super(options);
    this.on('remove', (client) => this.touched.delete(client));
  }

  /**
   * Runs SQL of a step, which may leave anything behind in its session: settings, locks, temporary tables, an open
   * transaction. {@link restoreSessions} takes that back.
   */
  async runLeaving<T>(sql: string, run: () => Promise<T>): Promise<T> {
    const used = new Set<PoolClient>();
    const note = (client: PoolClient) => {
      used.add(client);
      this.touched.set(client, this.touched.get(client));
    };
    if (this.scenario !== undefined) note(this.scenario.client);
    this.on('acquire', note);
    try {
      return await run();
    } catch (error) {
      await Promise.all([...used].map(statusKnown));
      throw error;
    } finally {
      this.off('acquire', note);
      for (const client of used) {
        if (this.touched.has(client)) this.touched.set(client, this.openedBy(client, sql)); // else it has broken
      }
    }
  }

  private openedBy(client: PoolClient, sql: string): string | undefined {
    if (client === this.scenario?.client || client.getTransactionStatus() === 'I') return undefined;
    return this.touched.get(client) ?? sql;
  }

  /**
   * Makes the sessions as new in which SQL of steps has run; costs nothing when none has.
   * @returns the SQL that left a transaction open, for each that was; it has been rolled back
   */
  async restoreSessions(): Promise<string[]> {
    if (this.touched.size === 0) return [];
    const idle = await Promise.all(Array.from({ length: this.idleCount }, () => this.heldClient()));
    const open: Array<string | undefined> = [];
    await Promise.all(
      idle.map(async (client) => {
        const restored = !this.touched.has(client) || (await isRestored(client));
        open.push(this.touched.get(client));
        this.touched.delete(client);
        client.off('error', ignore);
        client.release(!restored);
      }),
    );
    return open.filter((sql) => sql !== undefined);
  }

  /** A connection that may break while it is held: its next statement tells. */
  private async heldClient(): Promise<PoolClient> {
    const client = await super.connect();
    client.on('error', ignore);
    return client;
  }

  get inTransaction(): boolean {
    return this.scenario !== undefined;
  }

  /** Begins the scenario's transaction, unless it has begun. */
  async begin(): Promise<void> {
    if (this.scenario !== undefined) return;
    this.scenario = await ScenarioTransaction.begin(await super.connect());
  }

  /** Undoes the scenario's transaction, with all that is under way in it; harmless without one. */
  async rollback(): Promise<void> {
    const scenario = this.scenario;
    this.scenario = undefined;
    await scenario?.rollback();
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | undefined {
    if (this.scenario === undefined) {
      if (callback === undefined) return super.connect();
      super.connect(callback);
      return undefined;
    }
    // of a client it has what TypeORM uses: query(), release() and the events of an emitter
    const session = new NestedSession(this.scenario) as unknown as PoolClient;
    if (callback === undefined) return Promise.resolve(session);
    callback(undefined, session, () => session.release());
    return undefined;
  }
}

/** The server tells the state of the transaction after the error: a query that does nothing ends later than that. */
async function statusKnown(client: PoolClient): Promise<void> {
  await client.query('').catch(ignore);
}

/** @returns false when the connection is of no more use */
async function isRestored(client: PoolClient): Promise<boolean> {
  try {
    if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK');
    await client.query('DISCARD ALL');
    return true;
  } catch {
    return false;
  }
}

/** One connection with an open transaction, shared by sessions that take turns. */
class ScenarioTransaction {
  private last: Promise<void> = Promise.resolve();
  private savepoints = new Set<string>();
  private count = 0;
  private over = false;

  private constructor(readonly client: PoolClient) {}

  static async begin(client: PoolClient): Promise<ScenarioTransaction> {
    client.on('error', ignore); // the next statement tells
    try {
      await client.query('BEGIN');
      return new ScenarioTransaction(client);
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /**
   * Waits until no other session has its turn.
   * @returns what ends the turn
   * @throws BrineError BRINE_STEP_002 when the other's does not end: most likely it waits for this one
   */
  async turn(): Promise<() => void> {
    const before = this.last;
    let end = ignore;
    this.last = new Promise((ended) => {
      end = ended;
    });
    try {
      await bounded(before, turnLimitMs, stuck);
    } catch (error) {
      before.then(end);
      throw error;
    }
    return end;
  }

  get failed(): boolean {
    return this.client.getTransactionStatus() === 'E';
  }

  /** @throws what PostgreSQL says; BrineError BRINE_STEP_002 when the SQL has ended the scenario's transaction */
  async run(sql: unknown, parameters?: readonly unknown[]): Promise<QueryResult> {
    if (this.over) throw misused('the transaction of its scenario has been rolled back');
    const running = this.client.query(sql as string, parameters as unknown[] | undefined);
    await running.catch(() => statusKnown(this.client));
    if (this.client.getTransactionStatus() === 'I') await this.beginAnew();
    return running;
  }

  async newSavepoint(): Promise<string> {
    const name = `brine_${this.count++}`;
    await this.run(`SAVEPOINT ${name}`);
    this.savepoints.add(name);
    return name;
  }

  /** Ends a nested transaction; harmless when it has been lost with the scenario's. */
  async endSavepoint(name: string, outcome: 'kept' | 'undone'): Promise<void> {
    if (!this.savepoints.delete(name)) return;
    try {
      await (outcome === 'kept' ? this.keep(name) : this.undo(name));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === unknownSavepoint)
        await this.beginAnew();
      throw error;
    }
  }

  /** Deferred constraints are checked as a COMMIT does; what is undone of that makes them deferred again. */
  private async keep(name: string): Promise<void> {
    try {
      await this.run(
        'SAVEPOINT brine_check; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK TO SAVEPOINT brine_check',
      );
    } catch (error) {
      await this.undo(name);
      throw error;
    }
    await this.run(`RELEASE SAVEPOINT ${name}`);
  }

  private async undo(name: string): Promise<void> {
    await this.run(`ROLLBACK TO SAVEPOINT ${name}`);
    await this.run(`RELEASE SAVEPOINT ${name}`);
  }

  /** What follows shall not outlive the scenario either. */
  private async beginAnew(): Promise<never> {
    this.savepoints.clear();
    await this.client.query('ROLLBACK; BEGIN');
    throw misused('its COMMIT or ROLLBACK has ended the transaction of the scenario');
  }

  async rollback(): Promise<void> {
    this.over = true;
    const rolledBack = this.client.query('ROLLBACK').then(() => true);
    const late = () => new Error('the connection is cut');
    const clean = await bounded(rolledBack, rollbackLimitMs, late).catch(() => false);
    this.client.off('error', ignore);
    this.client.release(!clean);
  }
}

/**
 * What behaves as a connection of its own inside the scenario's transaction. Its transactions are savepoints; a
 * statement outside of one is undone alone when it fails, as one on a real connection is.
 */
class NestedSession extends EventEmitter {
  private nested: { readonly savepoint: string; readonly endTurn: () => void } | undefined;

  constructor(private readonly scenario: ScenarioTransaction) {
    super();
  }

  /**
   * As `pg` has it: a text or an object with one, values, and a callback or a promise.
   * @throws BrineError BRINE_STEP_002 for a cursor or a stream, which would need the connection for itself
   */
  query(sql: unknown, values?: unknown, callback?: Answered): Promise<QueryResult> | undefined {
    if (isSubmittable(sql)) throw noCursors();
    const answered = typeof values === 'function' ? (values as Answered) : callback;
    const result = this.ask(sql, typeof values === 'function' ? undefined : (values as readonly unknown[]));
    if (answered === undefined) return result;
    result.then(
      (rows) => answered(undefined, rows),
      (error: Error) => answered(error, undefined),
    );
    return undefined;
  }

  private async ask(sql: unknown, parameters?: readonly unknown[]): Promise<QueryResult> {
    switch (commandOf(sql)) {
      case 'begin':
        if (this.nested === undefined) await this.begin();
        return nothing('BEGIN');
      case 'commit':
        return nothing((await this.commit()) === 'kept' ? 'COMMIT' : 'ROLLBACK');
      case 'rollback':
        await this.end('undone');
        return nothing('ROLLBACK');
      case 'isolation': // it is that of the scenario's transaction, and cannot be another in the middle
        return nothing('SET');
      default:
        return this.nested === undefined ? this.alone(sql, parameters) : this.scenario.run(sql, parameters);
    }
  }

  /** As the server does, one in which a statement has failed is rolled back, and the answer says so. */
  private async commit(): Promise<'kept' | 'undone'> {
    const outcome = this.nested !== undefined && this.scenario.failed ? 'undone' : 'kept';
    await this.end(outcome);
    return outcome;
  }

  /** As a connection goes back to its pool; a transaction that was not committed is undone. */
  release(): void {
    this.end('undone').catch(ignore);
  }

  private async alone(sql: unknown, parameters?: readonly unknown[]): Promise<QueryResult> {
    await this.begin();
    try {
      const result = await this.scenario.run(sql, parameters);
      await this.end('kept');
      return result;
    } catch (error) {
      await this.end('undone').catch(ignore); // the first error is the one to tell
      throw error;
    }
  }

  private async begin(): Promise<void> {
    const endTurn = await this.scenario.turn();
    try {
      this.nested = { savepoint: await this.scenario.newSavepoint(), endTurn };
    } catch (error) {
      endTurn();
      throw error;
    }
  }

  private async end(outcome: 'kept' | 'undone'): Promise<void> {
    const { nested } = this;
    if (nested === undefined) return;
    this.nested = undefined;
    try {
      await this.scenario.endSavepoint(nested.savepoint, outcome);
    } finally {
      nested.endTurn();
    }
  }
}

type Answered = (error: Error | undefined, result: QueryResult | undefined) => void;

/** Cursors and streams of `pg` write to the connection themselves. */
function isSubmittable(sql: unknown): boolean {
  return typeof sql === 'object' && sql !== null && typeof Reflect.get(sql, 'submit') === 'function';
}

type Command = 'begin' | 'commit' | 'rollback' | 'isolation';

const commands: ReadonlyArray<readonly [RegExp, Command]> = [
  [/^\s*(BEGIN|START\s+TRANSACTION)\b[^;]*;?\s*$/i, 'begin'],
  [/^\s*(COMMIT|END)(\s+(WORK|TRANSACTION))?\s*;?\s*$/i, 'commit'],
  [/^\s*(ROLLBACK|ABORT)(\s+(WORK|TRANSACTION))?\s*;?\s*$/i, 'rollback'],
  [/^\s*SET\s+TRANSACTION\b[^;]*;?\s*$/i, 'isolation'],
];

function commandOf(sql: unknown): Command | undefined {
  const text = typeof sql === 'object' && sql !== null ? Reflect.get(sql, 'text') : sql;
  if (typeof text !== 'string') return undefined;
  return commands.find(([pattern]) => pattern.test(text))?.[1];
}

function nothing(command: string): QueryResult {
  return { command, rowCount: null, oid: 0, fields: [], rows: [] };
}

function misused(reason: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: 'this SQL in a @transactional scenario',
    reason,
    advice: 'leave out BEGIN and COMMIT, and use the step `I run SQL in one transaction:`',
  });
}

function noCursors(): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: 'this SQL in a @transactional scenario',
    reason:
      'a cursor or a stream would need the connection for itself, which the scenario shares with others',
    advice: 'read the rows at once, or leave out @transactional',
  });
}

function stuck(): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: 'this SQL in a @transactional scenario',
    reason: `another transaction in the scenario's has not ended within ${formatDuration(turnLimitMs)}`,
    advice: 'inside a transaction use its own manager; the data source would be another connection',
  });
}

function ignore(): void {}
