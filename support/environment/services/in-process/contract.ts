import type { RequestListener, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Pool } from 'pg';

/** The time of a service in Brine's process: the machine's, until a step says something else. */
export interface ServiceClock {
  /** Needs no `this`, so that it can be handed on. */
  readonly now: () => Date;
}

/** What connects a service in Brine's process to a database, as the steps see it: also within `@transactional`. */
export interface ServiceDatabase {
  /** The address of the lane's clone. What connects to it in another way is not in the scenario's transaction. */
  readonly url: string;
  /**
   * Connections of the service's own; in a `@transactional` scenario sessions inside its transaction, whose transactions are nested
   * ones. Brine ends it.
   */
  readonly pool: Pool;
  /**
   * The same for TypeORM: `new DataSource({ ...database.dataSourceOptions, entities: [...] })`. The service ends that itself.
   */
  readonly dataSourceOptions: {
    readonly type: 'postgres';
    readonly url: string;
    readonly driver: { readonly Pool: unknown };
  };
}

/** What a service in Brine's process gets, instead of a process's environment. */
export interface ServiceContext {
  /** The name that the configuration gives it. */
  readonly name: string;
  /** `services.<name>.env` with its templates filled. `process.env` is that of Brine, and has none of it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where scenarios and other services find it: base URL without a trailing slash. */
  readonly url: string;
  /** The port of the URL, on 127.0.0.1; Brine listens there with what the service gives back. */
  readonly port: number;
  /** Each lane has a service of its own. */
  readonly lane: number;
  /** What `Given the clock of ... stands at "..."` sets. */
  readonly clock: ServiceClock;
  /** Writes a line to the service's log; the values are formatted as those of `console.log`. */
  readonly log: (...values: unknown[]) => void;
  /**
   * A database that the configuration declares; the first one unless named.
   * @throws BrineError naming the nearest, or saying why it was not made for this run
   */
  readonly database: (name?: string) => ServiceDatabase;
}

type Handler = RequestListener | ((...request: Parameters<RequestListener>) => unknown);

/** What answers the requests: a listener (as an Express application is one), or a server, which need not listen yet. */
export type ServiceServer = Handler | Server | SecureServer;

/** What a service in Brine's process gives back when it has started. */
export type StartedService =
  | ServiceServer
  | {
      readonly server: ServiceServer;
      /** Ends what the service holds: connections, timers, consumers. Its server is ended by Brine, too. */
      close?(): unknown;
    };

/** What the module of `services.<name>.module` exports, as `start` unless `export` says otherwise. */
export type InProcessService = (context: ServiceContext) => StartedService | Promise<StartedService>;

/**
 * Gives a service in Brine's process its types, and is nothing else: `export const start = defineService(({ env, clock }) => app)`.
 * @returns what it was given
 */
export function defineService(start: InProcessService): InProcessService {
  return start;
}
