import { type DatabaseClient, describeLag, type EventClient, type GroupProgress } from '../support/clients';
import { BrineError, messageOf } from '../support/errors';
import { type Clock, eventually, systemClock, WaitError } from '../support/time';

/** What must come to rest before a lane is reset. */
export interface SettleOptions {
  /** Absent when the run has no Kafka. */
  readonly events: EventClient | undefined;
  /** Queries that give no rows once a service has nothing left to do; see `databases.<name>.settledWhenNoRows`. */
  readonly queries: ReadonlyArray<{ readonly client: DatabaseClient; readonly sql: string }>;
  /** Calls of outside services that have not been answered, as messages say them. */
  readonly calls?: () => readonly string[];
  readonly withinMs: number;
  /** Whether there are services under test, which may publish while one looks; true unless given. */
  readonly mayPublish?: boolean;
}

/** How long a group is waited for that has not moved since it was waited for in vain. */
const brieflyMs = 250;

/** Nothing is to be waited for but groups that have not moved. */
class StillStuck extends Error {}

/** What comes to rest between the scenarios of one lane, and what never did. */
export class Settling {
  /** How far groups had come that were behind when the time was over, by group, topic and partition. */
  private stuck: ReadonlyMap<string, bigint> = new Map();
  private lags: readonly GroupProgress[] = [];
  private before: string | undefined;

  constructor(private readonly clock: Clock = systemClock) {}

  /**
   * Waits until the services under test have come to rest, so that a late event of this scenario cannot leak into
   * the next: no service means to publish anything or waits for an outside service, and every consumer group has read everything. All must hold
   * twice with no event in between, for a consumer may publish while the first look is under way. A group that has not
   * moved since it was waited for in vain is waited for only briefly.
   * @returns what did not come to rest in time, for the report; undefined when all is quiet
   */
  async settle(options: SettleOptions): Promise<string | undefined> {
    const { events, queries, calls = () => [] } = options;
    if (events === undefined && queries.length === 0 && calls().length === 0) return undefined;
    this.before = undefined;
    this.lags = [];
    const briefly = this.clock.monotonic() + brieflyMs;
    const giveUp = (failure: unknown) =>
      failure instanceof StillStuck && this.clock.monotonic() > briefly ? failure : wrongQuery(failure);
    try {
      await eventually(() => this.look(options), { withinMs: options.withinMs, giveUp, clock: this.clock });
      this.stuck = new Map();
      return undefined;
    } catch (error) {
      if (error instanceof BrineError) throw error;
      this.stuck = new Map(this.lags.map((lag) => [placeOf(lag), lag.committed]));
      const cause = error instanceof WaitError ? error.cause : error;
      return `the services did not come to rest: ${messageOf(cause)}`;
    }
  }

  private async look(options: SettleOptions): Promise<void> {
    const ends = asText((await options.events?.ends()) ?? new Map());
    const pending = await pendingIn(options);
    this.lags = (await options.events?.lags()) ?? [];
    const moving = this.lags.filter((lag) => this.stuck.get(placeOf(lag)) !== lag.committed);
    const mayEnd = pending.length === 0 && moving.length === 0;
    const quiet = mayEnd && (ends === this.before || options.mayPublish === false);
    this.before = mayEnd ? ends : undefined;
    if (quiet && this.lags.length === 0) return;
    const behind = this.lags.map((lag) => `group "${lag.group}" is behind: ${describeLag(lag)}`);
    const unrest = [...pending, ...behind].join('; ') || 'events are still arriving';
    throw quiet ? new StillStuck(unrest) : new Error(unrest);
  }
}

function placeOf({ group, topic, partition }: GroupProgress): string {
  return JSON.stringify([group, topic, partition]);
}

function asText(ends: ReadonlyMap<string, bigint>): string {
  return [...ends]
    .map(([place, end]) => `${place}=${end}`)
    .sort()
    .join(' ');
}

/** A query that PostgreSQL refuses (class 42 of its error codes) will be refused each time. */
function wrongQuery(failure: unknown): BrineError | undefined {
  return failure instanceof BrineError ? failure : undefined;
}

async function rowsOf(client: DatabaseClient, sql: string): Promise<number> {
  try {
    return (await client.ask(sql)).length;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('42'))) throw error;
    const key = `databases.${client.name}.settledWhenNoRows`;
    const parameters = { key, source: 'brine({...})', value: sql, reason: error.message, suggestion: '' };
    throw new BrineError(
      'BRINE_CONFIG_002',
      { ...parameters, expected: 'a query that the database can run' },
      { cause: error },
    );
  }
}

async function pendingIn({ queries, calls = () => [] }: SettleOptions): Promise<string[]> {
  const counts = await Promise.all(queries.map(({ client, sql }) => rowsOf(client, sql)));
  const unfinished = queries.flatMap(({ client, sql }, index) => {
    const rows = counts[index] ?? 0;
    return rows === 0 ? [] : [`database "${client.name}" still has rows (${rows}) for: ${sql}`];
  });
  return [...unfinished, ...calls()];
}
