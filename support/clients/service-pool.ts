import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { bounded } from '../time';
import type { Connected, ScenarioPool } from './scenario-transaction';

const endLimitMs = 2_000;

/**
 * The connections of a service that runs in this process: its own, and sessions inside the world's transaction while a scenario
 * has one.
 */
export class ServicePool extends Pool implements AsyncDisposable {
  private readonly open = new Set<PoolClient>();

  constructor(
    options: PoolConfig,
    private readonly world: ScenarioPool,
  ) {
    super(options);
    this.on('connect', (client) => this.open.add(client));
    this.on('remove', (client) => this.open.delete(client));
    this.on('error', () => {}); // of an idle connection: the next statement tells
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | undefined {
    if (callback === undefined) return this.world.inTransaction ? this.world.connect() : super.connect();
    if (this.world.inTransaction) this.world.connect(callback);
    else super.connect(callback);
    return undefined;
  }

  /** Ends the connections, also those that were never given back. */
  async [Symbol.asyncDispose](): Promise<void> {
    const clients = [...this.open];
    void this.end().catch(() => {}); // it waits for all to be given back, or has been ended
    const late = () => new Error('it does not end');
    await Promise.allSettled(clients.map((client) => bounded(end(client), endLimitMs, late)));
  }
}

/** What a pool hands out is a whole client, which has `end()`, too. */
async function end(client: PoolClient & { end?(): Promise<void> }): Promise<void> {
  await client.end?.();
}

/** The options of a service's pool to a database. */
export function servicePoolOptions(url: string, service: string): PoolConfig {
  return { connectionString: url, application_name: `service ${service}`, max: 10 };
}
