import type { RecordBatch } from '../records/record-batch';
import type { BrokerConfigs } from '../state/broker-configs';
import type { Clock } from '../state/clock';
import type { Groups } from '../state/groups';
import type { Retention } from '../state/retention';
import type { Signal } from '../state/signal';
import type { Topics } from '../state/topics';
import type { Transactions } from '../state/transactions';
import type { RebalanceNudge } from './rebalance-nudge';

/** The only node, which leads every partition and coordinates every group. */
export const nodeId = 1;

/** All that requests can see and change. */
export interface BrokerContext {
  readonly clusterId: string;
  readonly clock: Clock;
  readonly topics: Topics<RecordBatch>;
  readonly groups: Groups;
  readonly transactions: Transactions;
  readonly nudge: RebalanceNudge;
  readonly settings: BrokerSettings;
  readonly configs: BrokerConfigs;
  readonly retention: Retention<RecordBatch>;
  readonly host: string;
  /** Known once the broker listens, which is before the first request. */
  readonly port: number;
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
  readonly broker: BrokerContext;
}
