import { type DatabaseClient, describeLag, type EventClient } from '../support/clients';
import { BrineError, messageOf } from '../support/errors';
import { eventually, WaitError } from '../support/time';

/** What must come to rest before a lane is reset. */
export interface SettleOptions {
  /** Absent when the run has no Kafka. */
  readonly events: EventClient | undefined;
  /** Queries that give no rows once a service has nothing left to do; see `databases.<name>.settledWhenNoRows`. */
  readonly queries: ReadonlyArray<{ readonly client: DatabaseClient; readonly sql: string }>;
  readonly withinMs: number;
}

/**
 * Waits until the services under test have come to rest, so that a late event of this scenario cannot leak into
 * the next: no service means to publish anything, and every consumer group has read everything. Both must hold
 * twice with no event in between, for a consumer may publish while the first look is under way.
 * @returns what did not come to rest in time, for the report; undefined when all is quiet
 */
export async function settle(options: SettleOptions): Promise<string | undefined> {
  if (options.events === undefined && options.queries.length === 0) return undefined;
  let before: string | undefined;
  const look = async () => {
    const ends = asText((await options.events?.ends()) ?? new Map());
    const unrest = await unrestIn(options);
    const quiet = unrest.length === 0 && ends === before;
    before = unrest.length === 0 ? ends : undefined;
    if (!quiet) throw new Error(unrest.join('; ') || 'events are still arriving');
  };
  try {
    await eventually(look, { withinMs: options.withinMs, giveUp: wrongQuery });
    return undefined;
  } catch (error) {
    if (error instanceof BrineError) throw error;
    const cause = error instanceof WaitError ? error.cause : error;
    return `the services did not come to rest: ${messageOf(cause)}`;
  }
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

async function unrestIn({ events, queries }: SettleOptions): Promise<string[]> {
  const counts = await Promise.all(queries.map(({ client, sql }) => rowsOf(client, sql)));
  const pending = queries.flatMap(({ client, sql }, index) => {
    const rows = counts[index] ?? 0;
    return rows === 0 ? [] : [`database "${client.name}" still has rows (${rows}) for: ${sql}`];
  });
  const lags = (await events?.lags()) ?? [];
  return [...pending, ...lags.map((lag) => `group "${lag.group}" is behind: ${describeLag(lag)}`)];
}
