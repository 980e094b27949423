import { DatabaseClient, type Ownership } from '../support/clients';
import type { Ledger } from '../support/environment/leftovers/ledger';
import type { LaneDatabaseFacts } from '../support/environment/postgres/facts';
import { type DatabaseLane, openDatabaseLane } from '../support/environment/postgres/lane';
import { DatabaseReset, listed } from '../support/environment/postgres/reset';
import { databaseDeclarations, postgresSettings } from '../support/environment/postgres/settings';
import type { RunFacts } from '../support/environment/run-facts';
import { allSettled, BrineError } from '../support/errors';
import type { Watch } from '../support/time';

/** One database of the lane: the world's own connection, and how it is brought back between scenarios. */
export interface LaneDatabase {
  readonly facts: LaneDatabaseFacts;
  readonly client: DatabaseClient;
  readonly reset: DatabaseReset;
}

/** What stands between the clones of a lane and a clone made anew: those who are connected to it. */
export interface Users {
  /** Ends them. */
  end(): Promise<void>;
  /** Starts them again, when the clone is there. */
  start(): Promise<void>;
}

/**
 * The databases of one lane. Where a scenario has changed what no reset brings back (a table was dropped or altered,
 * a view, a function, ...), the clone is made anew from its template, and so are those who were connected to it.
 */
export class LaneDatabases implements AsyncDisposable {
  /** By the name that the configuration gives them; complete once {@link openResets} is done. */
  readonly open = new Map<string, LaneDatabase>();
  private readonly clients = new Map<string, DatabaseClient>();
  private connecting: Promise<void> | undefined;
  /** Clones that are to be made anew, and why. */
  private readonly spoilt = new Map<string, readonly string[]>();

  private constructor(private readonly lane: DatabaseLane | undefined) {}

  /** Makes the clones; connects to nothing yet. */
  static async make(run: RunFacts, index: number, ledger: Ledger): Promise<LaneDatabases> {
    const { postgres, configuration, runId } = run;
    if (postgres === undefined) return new LaneDatabases(undefined);
    const lane = await openDatabaseLane(
      postgres,
      databaseDeclarations(configuration),
      { runId, index, ledger },
      postgresSettings(configuration),
    );
    return new LaneDatabases(lane);
  }

  get facts(): readonly LaneDatabaseFacts[] {
    return this.lane?.facts ?? [];
  }

  /** The world's own connections, which take a while to load; once, however often it is called. */
  connect(): Promise<void> {
    this.connecting ??= this.connectToAll();
    return this.connecting;
  }

  /** By the name that the configuration gives the databases; complete once {@link connect} is done. */
  get connections(): ReadonlyMap<string, DatabaseClient> {
    return this.clients;
  }

  private async connectToAll(): Promise<void> {
    await allSettled(this.facts.map((facts) => this.connectTo(facts)));
    this.sort(this.clients);
  }

  private async connectTo({ database, url, mayReset }: LaneDatabaseFacts): Promise<void> {
    this.clients.set(database, await DatabaseClient.connect(database, url, ownership(mayReset)));
  }

  /** What the services wrote while they started belongs to the baseline, so this comes after them. */
  async openResets(): Promise<void> {
    await allSettled(this.facts.map((facts) => this.openReset(facts)));
    this.sort(this.open);
  }

  /** As the configuration has them: the first one is meant where none is named. */
  private sort<T>(databases: Map<string, T>): void {
    const sorted = this.facts.flatMap(({ database }) => {
      const one = databases.get(database);
      return one === undefined ? [] : [[database, one] as const];
    });
    databases.clear();
    for (const [database, one] of sorted) databases.set(database, one);
  }

  private async openReset(facts: LaneDatabaseFacts): Promise<void> {
    const client = this.clients.get(facts.database);
    if (client === undefined) throw new BrineError('BRINE_ENV_007', { reason: 'the lane is not open' });
    this.open.set(facts.database, { facts, client, reset: await DatabaseReset.open(facts) });
  }

  /** Begins a transaction in each of them; see {@link rollback}. */
  async begin(): Promise<void> {
    await allSettled([...this.open.values()].map(({ client }) => client.begin()));
  }

  /** Undoes what has been done in the transactions; harmless without one. */
  async rollback(): Promise<void> {
    await allSettled([...this.open.values()].map(({ client }) => client.rollback()));
  }

  /** Begins to watch for writes to any of them; nothing while the world itself is in a transaction. */
  async watch(): Promise<Watch | undefined> {
    const open = [...this.open.values()];
    if (open.length === 0 || open.some(({ client }) => client.inTransaction)) return undefined;
    const ofEachServer = new Map(open.map(({ facts, client }) => [new URL(facts.url).host, client]));
    const watches = await Promise.all([...ofEachServer.values()].map((client) => client.watch()));
    return { changed: (ms) => Promise.race(watches.map((watch) => watch.changed(ms))) };
  }

  /**
   * Brings back every database; of one that is not ours, what the scenario created through the world.
   * @param users who is connected to the clones; they are ended and started again when one must be made anew
   * @returns what the report should say: what is left in databases of others; what was made anew, and why
   */
  async reset(
    users: Users,
  ): Promise<{ readonly left: readonly string[]; readonly renewed: readonly string[] }> {
    const left = await Promise.all([...this.open.values()].map((database) => this.resetOne(database)));
    return { left: left.flat(), renewed: await this.renew(users) };
  }

  private async resetOne({ facts, client, reset }: LaneDatabase): Promise<string[]> {
    if (!facts.mayReset) return client.removeCreated();
    if (this.spoilt.has(facts.database)) return [];
    const { changed } = await reset.reset();
    if (changed.length > 0) this.spoilt.set(facts.database, changed);
    return [];
  }

  /** One that fails is tried again by the next reset. */
  private async renew(users: Users): Promise<string[]> {
    if (this.spoilt.size === 0) return [];
    const notes = [...this.spoilt].map(([name, changed]) => madeAnew(name, changed));
    const facts = this.facts.filter(({ database }) => this.spoilt.has(database));
    await users.end();
    await allSettled(facts.map((database) => this.renewOne(database)));
    this.sort(this.clients);
    await users.start();
    await allSettled(facts.map((database) => this.openReset(database)));
    this.spoilt.clear();
    return notes;
  }

  private async renewOne(facts: LaneDatabaseFacts): Promise<void> {
    await this.close(facts.database).catch(() => {}); // what is left of them ends with the clone
    await this.lane?.makeAnew(facts.database);
    await this.connectTo(facts);
  }

  private async close(name: string): Promise<void> {
    const reset = this.open.get(name)?.reset;
    const client = this.clients.get(name);
    this.clients.delete(name);
    await allSettled([
      reset?.[Symbol.asyncDispose]() ?? Promise.resolve(),
      client?.[Symbol.asyncDispose]() ?? Promise.resolve(),
    ]);
  }

  /** Ends the connections and drops the clones; every step is attempted. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await allSettled(this.facts.map(({ database }) => this.close(database)));
    } finally {
      await this.lane?.[Symbol.asyncDispose]();
    }
  }
}

function madeAnew(name: string, changed: readonly string[]): string {
  return `database "${name}" was made anew from its template, and the services of the lane were started again, as this scenario has changed what no reset brings back:${listed(changed)}`;
}

function ownership(mayReset: boolean): Ownership {
  return mayReset ? 'own' : 'foreign';
}
