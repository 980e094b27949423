import type { RecordBatch } from '../records/record-batch';
import { defaultReplicationFactor, leadershipOf, spread } from '../state/placement';
import type { Topic } from '../state/topics';
import type { Access } from './access';
import type { BrokerContext } from './request-context';

export interface NewTopic {
  readonly partitions?: number;
  readonly replicationFactor?: number;
  /** The replicas of each partition, in order, in place of the numbers. */
  readonly assignments?: ReadonlyArray<readonly number[]>;
  readonly configs?: ReadonlyMap<string, string>;
}

/** Either for the cluster or for that topic. */
export function mayCreateTopic(access: Access, name: string): boolean {
  return access.may('create', 'cluster') || access.may('create', 'topic', name);
}

/** Creates a topic that was checked; what is left out has the broker's defaults. Leaders go round the nodes. */
export function createTopic(broker: BrokerContext, name: string, topic: NewTopic = {}): Topic<RecordBatch> {
  const { topics, settings, cluster } = broker;
  const { nodes } = cluster;
  const { partitions = settings.defaultPartitions, replicationFactor = defaultReplicationFactor(nodes) } =
    topic;
  const start = topics.all().length;
  const placed = topic.assignments ?? spread(nodes, partitions, replicationFactor, start);
  const leaderships = placed.map((replicas) => leadershipOf(replicas, nodes));
  return topics.create(name, leaderships, topic.configs);
}
