import type { BackingFacts } from '../provider';

/** A Kafka cluster of the run; the embedded broker is started by each lane for itself and has no address yet. */
export interface KafkaFacts extends BackingFacts {
  /** `host:port` of each broker; absent when each lane starts its own broker. */
  readonly brokers?: readonly string[];
}

/** The topics of one lane. */
export interface LaneEventsFacts {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  /** Prefix of every topic and group of the lane; '' where the lane has a broker of its own. */
  readonly topicPrefix: string;
  /** URL of the schema registry, where the configuration names one. */
  readonly schemaRegistry?: string;
}
