import { ErrorCode } from '../error-code';
import { configProblem } from '../state/topic-configs';
import { Topics } from '../state/topics';
import { createTopicsApi } from '../wire/messages/create-topics';
import { implement } from './registered-api';
import { type BrokerContext, nodeId } from './request-context';

/** More would be a mistake, and must not take the machine's memory. */
export const maxPartitions = 10_000;

/**
 * CreateTopics (19), versions 0-4. -1 partitions or replicas: the broker's defaults.
 * Simplified: the topic exists when the answer arrives, so the time-out has no meaning. Which settings act is said in
 * `topic-configs.ts`.
 */
export const createTopics = implement(createTopicsApi, ({ topics, validateOnly }, { broker }) => ({
  topics: distinct(topics).map((wanted) => {
    const isAmbiguous = topics.filter(({ name }) => name === wanted.name).length > 1;
    const problem = isAmbiguous
      ? { errorCode: ErrorCode.invalidRequest, errorMessage: 'Duplicate topic name.' }
      : problemOf(wanted, broker);
    if (problem === null && !validateOnly) {
      broker.topics.create(wanted.name, partitionsOf(wanted, broker), configsOf(wanted));
    }
    return { name: wanted.name, ...(problem ?? { errorCode: ErrorCode.none }) };
  }),
}));

/** A name that occurs twice is answered once. */
function distinct<T extends { readonly name: string }>(topics: readonly T[]): T[] {
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
    const areInOrder = ids.every((id, index) => id === index);
    const areOurs = assignments.every(({ brokerIds }) => brokerIds.length === 1 && brokerIds[0] === nodeId);
    if (!areInOrder || !areOurs)
      return fail(ErrorCode.invalidReplicaAssignment, 'The assignment is not valid.');
  } else if (numPartitions < -1 || numPartitions === 0 || numPartitions > maxPartitions) {
    return fail(ErrorCode.invalidPartitions, `Number of partitions must be 1 to ${maxPartitions}.`);
  } else if (replicationFactor !== -1 && replicationFactor !== 1) {
    return fail(
      ErrorCode.invalidReplicationFactor,
      `Replication factor ${replicationFactor}: there is 1 broker.`,
    );
  }
  const badConfig = configProblem(configsOf(wanted));
  return badConfig === null ? null : fail(ErrorCode.invalidConfig, badConfig);
}

function partitionsOf({ numPartitions, assignments }: WantedTopic, { settings }: BrokerContext): number {
  if (assignments.length > 0) return assignments.length;
  return numPartitions === -1 ? settings.defaultPartitions : numPartitions;
}

function configsOf({ configs }: WantedTopic): Map<string, string> {
  return new Map(configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const])));
}
