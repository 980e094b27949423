import type { BackingFacts } from '../provider';

/** A PostgreSQL server of the run. Plain data: it travels to the workers as JSON. */
export interface PostgresFacts extends BackingFacts {
  /** Complete URL of the server's maintenance database, with a role that may create databases. */
  readonly url: string;
  /** The templates from which each lane's databases are cloned. */
  readonly templates: readonly TemplateFacts[];
}

/** A migrated and seeded database that lanes are cloned from. */
export interface TemplateFacts {
  /** The name the configuration gives the database, such as `orders`. */
  readonly database: string;
  /** The template's name on the server; contains the hash of its migrations and seed data. */
  readonly template: string;
}

/** One database of one lane. */
export interface LaneDatabaseFacts {
  /** The name the configuration gives the database, such as `orders`. */
  readonly database: string;
  /** Complete URL, for services under test and for the world's own connection. */
  readonly url: string;
  /** A clone of a template, which can be made anew; absent for a database that the configuration gives a URL. */
  readonly isClone?: true;
  /** False for somebody else's database, which Brine must not reset. */
  readonly mayReset: boolean;
  /** Why it may not be reset, for the run's report; '' when it may. */
  readonly whyNot: string;
}
