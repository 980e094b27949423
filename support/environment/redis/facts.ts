import type { BackingFacts } from '../provider';

/** A Redis server of the run; the embedded one is started by each lane for itself and has no URL yet. */
export interface RedisFacts extends BackingFacts {
  /** `redis://host:port` without a database number; absent when each lane starts its own server. */
  readonly url?: string;
  /** The logical database of lane 0; lane n uses the n-th after it. */
  readonly firstDatabase: number;
  /** How many logical databases the server has; absent when each lane starts its own. */
  readonly databases?: number;
  /** False for somebody else's server, which Brine must not flush. */
  readonly mayReset: boolean;
}

/** The cache of one lane. */
export interface LaneCacheFacts {
  /** Complete URL with the lane's logical database: `redis://127.0.0.1:6379/3`. */
  readonly url: string;
  readonly mayReset: boolean;
  /** True when the server is the lane's alone: a service may use its other databases, too. */
  readonly ownsServer?: boolean;
}
