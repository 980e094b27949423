import type { ConfigDefinition } from './config-definition';
import { TopicSettings, topicConfigs } from './topic-configs';

/** Settings of the whole cluster are kept under this name, as Kafka names them. */
export const clusterWide = '';

/**
 * The settings of brokers that can be changed while they run: those that give topics their defaults (Kafka has more,
 * about threads and listeners, which do not exist here).
 */
export const dynamicBrokerConfigs: ReadonlyMap<string, ConfigDefinition> = new Map(
  [...topicConfigs.values()].flatMap(({ brokerName, ...definition }) =>
    brokerName === undefined ? [] : [[brokerName, { ...definition, name: brokerName }] as const],
  ),
);

/**
 * What was set for brokers: at their start, for one of them, or for all (KIP-226).
 * Simplified: a value set for one node acts on the topics of all nodes.
 */
export class BrokerConfigs {
  /** Cannot be changed. */
  readonly fixed: ReadonlyMap<string, string>;
  /** A new Kafka 4.1 cluster has set this one (KIP-966). */
  readonly #changed = new Map<string, ReadonlyMap<string, string>>([
    [clusterWide, new Map([['min.insync.replicas', '1']])],
  ]);

  constructor(fixed: ReadonlyMap<string, string>) {
    this.fixed = fixed;
  }

  /** @param broker its node id, or {@link clusterWide} */
  changedFor(broker: string): ReadonlyMap<string, string> {
    return this.#changed.get(broker) ?? new Map();
  }

  /** Replaces all that was changed before. The caller has checked the values. */
  change(broker: string, values: ReadonlyMap<string, string>): void {
    this.#changed.set(broker, new Map(values));
  }

  /** What acts: set for a node, else for the cluster. */
  valueOf(name: string): string | undefined {
    for (const [broker, values] of this.#changed) {
      const value = broker === clusterWide ? undefined : values.get(name);
      if (value !== undefined) return value;
    }
    return this.#changed.get(clusterWide)?.get(name);
  }

  settingsOf(topic: { readonly configs: ReadonlyMap<string, string> }): TopicSettings {
    return new TopicSettings(topic.configs, (name) => this.valueOf(name));
  }
}
