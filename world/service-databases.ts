import type { DatabaseClient, ServiceConnection } from '../support/clients';
import type { OpenedDatabases } from '../support/environment/services/service-under-test';
import { BrineError, didYouMean } from '../support/errors';

/** The databases of one service that runs in this process; each is connected to when it is first asked for. */
export class ServiceDatabaseConnections implements OpenedDatabases {
  private readonly connections = new Map<string, ServiceConnection>();

  /**
   * @param service the name by which the server knows the connections
   * @param clients the world's own connections, by name
   * @param assertStarted throws when the database is not made in this run
   */
  constructor(
    private readonly service: string,
    private readonly clients: ReadonlyMap<string, DatabaseClient>,
    private readonly assertStarted: (name: string | undefined) => void,
  ) {}

  /** @throws BrineError BRINE_STEP_001 with the nearest name, or BRINE_ENV_009 saying why it is not made in this run */
  of(name = this.clients.keys().next().value): ServiceConnection {
    this.assertStarted(name);
    const client = name === undefined ? undefined : this.clients.get(name);
    if (name === undefined || client === undefined) throw this.unknown(name);
    const connection = this.connections.get(name) ?? client.serviceConnection(this.service);
    this.connections.set(name, connection);
    return connection;
  }

  private unknown(name: string | undefined): BrineError {
    const known = [...this.clients.keys()];
    return new BrineError('BRINE_STEP_001', {
      kind: 'database',
      name: name ?? '(none is declared)',
      suggestion: didYouMean(name ?? '', known),
      known: known.join(', ') || 'none: declare it in the configuration',
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.connections.values()].map((connection) => connection[Symbol.asyncDispose]()));
  }
}
