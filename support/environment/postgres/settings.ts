import type { ResolvedConfiguration } from '../../config';
import type { PostgresFacts } from './facts';

/** How PostgreSQL is provided. */
export interface PostgresSettings {
  /** Somebody's server, for the external provider: complete URL of a maintenance database. */
  readonly url?: string;
  /** Fixed port of the embedded server; without it a free one is taken. */
  readonly port?: number;
  /** Bound of a start, from spawn to first login. */
  readonly startTimeoutMs: number;
  /** What the names of databases begin with that Brine makes, or may reset: `brine_`. */
  readonly testPrefix: string;
  /** The OS user that runs the embedded server when Brine runs as root; default `nobody`. */
  readonly user?: string;
  /** A folder that holds `bin/postgres` and `bin/initdb`, instead of the installed package's. */
  readonly programs?: string;
  /** Bound of one database's migration command; default 2 minutes. */
  readonly migrateTimeoutMs?: number;
}

/** A database that the services under test use. Globs and folders are relative to the project. */
export interface DatabaseDeclaration {
  /** What the configuration calls it, such as `orders`. */
  readonly name: string;
  /** A command line for the shell; `{{database.url}}` in a value of `env` is the URL to migrate. */
  readonly migrate?: {
    readonly command: string;
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
  };
  /** Globs of SQL migrations, run after the command, in the order given (each glob's files by name). */
  readonly sql?: readonly string[];
  /** Globs of the files that decide what the migrated database contains; hashed by content. */
  readonly inputs: readonly string[];
  /** Globs of SQL files run after the migrations; hashed, too. */
  readonly seed?: readonly string[];
  /** Used by others than this folder. */
  readonly settledWhenNoRows?: string;
  /** Somebody's existing database: used as it is, by every lane. */
  readonly url?: string;
  /** The configuration's word that a database of `url` may be reset although its name lacks the prefix. */
  readonly mayReset?: boolean;
}

/** A server without its templates yet. */
export type PostgresServerFacts = Omit<PostgresFacts, 'templates'>;

/** The databases of the configuration, in its order. */
export function databaseDeclarations(configuration: ResolvedConfiguration): DatabaseDeclaration[] {
  return Object.entries(configuration.databases).map(([name, database]) => ({ name, ...database }));
}

/** What the providers of PostgreSQL are told of the configuration. */
export function postgresSettings({
  postgres,
  startTimeout,
  testPrefix,
}: ResolvedConfiguration): PostgresSettings {
  const { url, port, user } = postgres;
  return { url, port, user, startTimeoutMs: startTimeout, testPrefix };
}
