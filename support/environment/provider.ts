import type { BackingServiceName } from '../config';
import type { Ledger } from './leftovers/ledger';

/** Where a backing service comes from. */
export type ProviderName = 'compose' | 'container' | 'embedded' | 'external';

export type { BackingServiceName };

/** Whether a provider can be used on this machine, with the reason as users read it. */
export interface Availability {
  readonly available: boolean;
  /** `Docker 28.2 answers at ... and has postgres:17-alpine`, or why not: `no Docker engine answers (…)`. */
  readonly reason: string;
  /** It is meant, but what the configuration names for it is wrong: `auto` takes nothing else instead. */
  readonly misconfigured?: boolean;
  /** A command line that is likely to help, where the reason alone does not tell which. */
  readonly command?: string;
}

/** What everything that is started during a run may use. */
export interface RunContext {
  /** Short, unique among the runs of a machine, `[a-z0-9]+`; part of every name that Brine makes up. */
  readonly runId: string;
  /** Temporary folder of the run (in memory where the machine has such a place); removed with the run. */
  readonly directory: string;
  /** Where things that outlive the run are kept: prepared clusters. */
  readonly cacheDirectory: string;
  /** The user has named that folder: when it cannot be used, that is an error. */
  readonly cacheIsNamed?: boolean;
  /** Everything that must not outlive the run is written here before (or as soon as) it exists. */
  readonly ledger: Ledger;
  /** The project's folder: commands and globs of the configuration are relative to it. */
  readonly projectDirectory: string;
  /** A line for the user: what is being started, how long it took. */
  readonly report: (line: string) => void;
}

/** Something that runs: its facts, and how to end it. Disposing twice is harmless. */
export interface Started<Facts> extends AsyncDisposable {
  readonly facts: Facts;
}

/**
 * One way to get a backing service. Constructed with its configuration; starts nothing until `start()`.
 * `start()` rejects with a {@link BrineError} that names the service, the reason and the end of its log.
 */
export interface Provider<Facts> {
  readonly service: BackingServiceName;
  readonly name: ProviderName;
  /** Cheap and bounded (a few seconds at most); never throws. */
  check(): Promise<Availability>;
  start(context: RunContext): Promise<Started<Facts>>;
}

/** One server's address for clients on both sides, `host:port`. */
export interface AddressRoute {
  readonly outside: string;
  readonly inside: string;
}

/** What every backing service's facts say, for the run's report. */
export interface BackingFacts {
  readonly provider: ProviderName;
  /** `PostgreSQL 18.4`, as the server says itself. */
  readonly version: string;
  /** The container it runs in, by the identifier that Docker gave it; absent for other providers. */
  readonly containerId?: string;
  /** Its address for clients outside and inside the network of the run's containers; absent for other providers. */
  readonly route?: AddressRoute;
  /** It is there after the run, too: what the run makes there, the run must remove. */
  readonly outlivesRun?: boolean;
}
