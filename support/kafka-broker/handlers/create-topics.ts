import { maxPartitions } from '../check-options';
import { ErrorCode } from '../error-code';
import { assignmentProblem, defaultReplicationFactor } from '../state/placement';
import { configProblem } from '../state/topic-configs';
import { Topics } from '../state/topics';
import { createTopicsApi } from '../wire/messages/create-topics';
import { topicConfigsOf } from './described-config';
import { createTopic, mayCreateTopic } from './new-topic';
import { implement } from './registered-api';
import type { BrokerContext, RequestContext } from './request-context';

/**
 * CreateTopics (19), versions 0-7: since version 5 with what was created (KIP-525). -1 partitions or replicas: the broker's defaults.
 * Simplified: the topic exists when the answer arrives, so the time-out has no meaning. Which settings act is said in
 * `topic-configs.ts`.
 */
export const createTopics = implement(createTopicsApi, ({ topics, validateOnly }, context) => {
  if (partitionsIn(topics, context.broker) > maxPartitions)
    return { topics: distinct(topics).map(excessive) };
  const results = distinct(topics).map((wanted) => {
    const isAmbiguous = topics.filter(({ name }) => name === wanted.name).length > 1;
    return isAmbiguous ? { name: wanted.name, ...duplicate } : make(wanted, validateOnly, context);
  });
  return { topics: results };
});

const duplicate = { errorCode: ErrorCode.invalidRequest, errorMessage: 'Duplicate topic name.' };

function excessive({ name }: WantedTopic) {
  const errorMessage = 'Excessively large number of partitions per request.';
  return { name, errorCode: ErrorCode.policyViolation, errorMessage };
}

/** All that a request wants to make, as far as its counts can be meant. */
function partitionsIn(topics: readonly WantedTopic[], { settings }: BrokerContext): number {
  const count = ({ assignments, numPartitions }: WantedTopic) =>
    assignments.length || (numPartitions === -1 ? settings.defaultPartitions : Math.max(0, numPartitions));
  return topics.reduce((sum, topic) => sum + count(topic), 0);
}

function make(wanted: WantedTopic, validateOnly: boolean, { access, broker, node }: RequestContext) {
  const { name, numPartitions, replicationFactor, assignments } = wanted;
  const problem = mayCreateTopic(access, name)
    ? problemOf(wanted, broker)
    : { errorCode: ErrorCode.topicAuthorizationFailed, errorMessage: 'Authorization failed.' };
  if (problem !== null) return { name, ...problem };
  const made = { name, errorCode: ErrorCode.none, ...shown(wanted, broker, String(node.id)) };
  // A topic that is not made gets an id, too, which nothing will have.
  if (validateOnly) return { ...made, topicId: broker.topics.newId() };
  const { id: topicId } = createTopic(broker, name, {
    ...(numPartitions !== -1 && { partitions: numPartitions }),
    ...(replicationFactor !== -1 && { replicationFactor }),
    ...(assignments.length > 0 && { assignments: inOrder(wanted) }),
    configs: configsOf(wanted),
  });
  return { ...made, topicId };
}

/** What the topic is, or would be. */
function shown(wanted: WantedTopic, { configs, settings, cluster }: BrokerContext, node: string) {
  const { numPartitions, replicationFactor, assignments } = wanted;
  const byDefault = (value: number, fallback: number) => (value === -1 ? fallback : value);
  const [assigned] = assignments;
  return {
    numPartitions: assigned ? assignments.length : byDefault(numPartitions, settings.defaultPartitions),
    replicationFactor:
      assigned?.brokerIds.length ?? byDefault(replicationFactor, defaultReplicationFactor(cluster.nodes)),
    configs: topicConfigsOf(configsOf(wanted), configs, node),
  };
}

/** A name that occurs twice is answered once. */
export function distinct<T extends { readonly name: string }>(topics: readonly T[]): T[] {
  return [...new Map(topics.map((topic) => [topic.name, topic])).values()];
}

interface WantedTopic {
  readonly name: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly assignments: ReadonlyArray<{ partitionIndex: number; brokerIds: number[] }>;
  readonly configs: ReadonlyArray<{ name: string; value: string | null }>;
}

function problemOf(wanted: WantedTopic, broker: BrokerContext) {
  const { name, numPartitions, replicationFactor, assignments } = wanted;
  const fail = (errorCode: ErrorCode, errorMessage: string) => ({ errorCode, errorMessage });
  if (!Topics.isValidName(name)) return fail(ErrorCode.invalidTopic, `Topic name '${name}' is illegal.`);
  if (broker.topics.get(name)) return fail(ErrorCode.topicAlreadyExists, `Topic '${name}' already exists.`);
  const twin = broker.topics.collidingWith(name);
  if (twin) return fail(ErrorCode.invalidTopic, `Topic '${name}' collides with existing topic: ${twin}`);
  if (assignments.length > 0) {
    if (numPartitions !== -1 || replicationFactor !== -1) {
      return fail(
        ErrorCode.invalidRequest,
        'Both numPartitions or replicationFactor and assignments were set.',
      );
    }
    const ids = assignments.map(({ partitionIndex }) => partitionIndex).sort((a, b) => a - b);
    const badAssignment = ids.every((id, index) => id === index)
      ? assignmentProblem(inOrder(wanted), broker.cluster.nodes)
      : 'partitions should be a consecutive 0-based integer sequence';
    if (badAssignment !== null) return fail(ErrorCode.invalidReplicaAssignment, badAssignment);
  } else if (numPartitions < -1 || numPartitions === 0) {
    const message = 'Number of partitions was set to an invalid non-positive value.';
    return fail(ErrorCode.invalidPartitions, message);
  } else if (replicationFactor < -1 || replicationFactor === 0) {
    const message = 'Replication factor must be larger than 0, or -1 to use the default value.';
    return fail(ErrorCode.invalidReplicationFactor, message);
  } else if (replicationFactor > broker.cluster.nodes.count) {
    const { count } = broker.cluster.nodes;
    const message = `Unable to replicate the partition ${replicationFactor} time(s): The target replication factor of ${replicationFactor} cannot be reached because only ${count} broker(s) are registered.`;
    return fail(ErrorCode.invalidReplicationFactor, message);
  }
  const nulls = wanted.configs.filter(({ value }) => value === null).map((config) => config.name);
  if (nulls.length > 0) {
    return fail(ErrorCode.invalidConfig, `Null value not supported for topic configs: ${nulls.join(',')}`);
  }
  const badConfig = configProblem(configsOf(wanted));
  return badConfig === null ? null : fail(ErrorCode.invalidConfig, badConfig);
}

function inOrder({ assignments }: WantedTopic): number[][] {
  return assignments
    .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
    .map(({ brokerIds }) => brokerIds);
}

function configsOf({ configs }: WantedTopic): Map<string, string> {
  return new Map(configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const])));
}
