import type { Faults } from '../faults/faults';
import type { RecordBatch } from '../records/record-batch';
import type { SaslSettings, Session } from '../sasl/session';
import type { Acls } from '../state/acls';
import type { BrokerConfigs } from '../state/broker-configs';
import type { Clock } from '../state/clock';
import type { Cluster } from '../state/cluster';
import type { Credentials } from '../state/credentials';
import type { FetchSessions } from '../state/fetch-sessions';
import type { Groups } from '../state/groups';
import type { Node } from '../state/nodes';
import type { Retention } from '../state/retention';
import type { Signal } from '../state/signal';
import type { Topics } from '../state/topics';
import type { Transactions } from '../state/transactions';
import type { Access } from './access';
import type { RebalanceNudge } from './rebalance-nudge';

/** All that requests can see and change, whichever node they come to. */
export interface BrokerContext {
  readonly clusterId: string;
  readonly clock: Clock;
  readonly topics: Topics<RecordBatch>;
  readonly groups: Groups;
  readonly transactions: Transactions;
  readonly cluster: Cluster<RecordBatch>;
  readonly nudge: RebalanceNudge;
  readonly faults: Faults;
  /** From 0 (included) to 1 (not included). */
  readonly random: () => number;
  readonly settings: BrokerSettings;
  readonly configs: BrokerConfigs;
  readonly fetchSessions: FetchSessions;
  readonly retention: Retention<RecordBatch>;
  /** Undefined: nobody is refused anything. */
  readonly acls: Acls | undefined;
  readonly credentials: Credentials;
  /** Undefined: nobody has to authenticate. */
  readonly sasl: SaslSettings | undefined;
  readonly supportedApis: readonly SupportedApi[];
}

export interface BrokerSettings {
  readonly autoCreateTopics: boolean;
  readonly defaultPartitions: number;
  /** No fetch waits longer than this, whatever the client asks for. */
  readonly maxFetchWaitMs: number;
  /** See `rebalance-nudge.ts`. */
  readonly fastRebalance: boolean;
}

export interface SupportedApi {
  readonly key: number;
  readonly versions: readonly [lowest: number, highest: number];
}

/** One request's surroundings. */
export interface RequestContext {
  readonly version: number;
  readonly clientId: string;
  /** As Kafka shows it: "/127.0.0.1". */
  readonly clientHost: string;
  /** The connection is gone: nobody waits for the answer any more. */
  readonly disconnected: Signal;
  /** To which the request came. */
  readonly node: Node;
  readonly session: Session;
  /** Who asks, and what may be done. */
  readonly access: Access;
  readonly broker: BrokerContext;
}
