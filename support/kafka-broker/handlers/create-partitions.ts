import { ErrorCode } from '../error-code';
import type { RecordBatch } from '../records/record-batch';
import { assignmentProblem, leadershipOf, spread } from '../state/placement';
import type { Topic } from '../state/topics';
import { createPartitionsApi } from '../wire/messages/create-partitions';
import { maxPartitions } from './create-topics';
import { implement } from './registered-api';
import type { BrokerContext } from './request-context';

/** CreatePartitions (37), versions 0-3. `count` is the new total. */
export const createPartitions = implement(createPartitionsApi, ({ topics, validateOnly }, { broker }) => ({
  results: topics.map((wanted) => {
    const problem = problemOf(wanted, broker);
    const topic = broker.topics.get(wanted.name);
    if (problem === null && topic && !validateOnly) addPartitions(broker, topic, wanted);
    return { name: wanted.name, ...(problem ?? { errorCode: ErrorCode.none, errorMessage: null }) };
  }),
}));

interface WantedPartitions {
  readonly name: string;
  readonly count: number;
  readonly assignments: ReadonlyArray<{ brokerIds: number[] }> | null;
}

function addPartitions(
  { topics, cluster: { nodes } }: BrokerContext,
  topic: Topic<RecordBatch>,
  { count, assignments }: WantedPartitions,
): void {
  const { partitions } = topic;
  const { replicas = [] } = partitions[0]?.leadership ?? {};
  const start = nodes.all().findIndex(({ id }) => id === replicas[0]) + partitions.length;
  const placed =
    assignments?.map(({ brokerIds }) => brokerIds) ??
    spread(nodes, count - partitions.length, replicas.length, start);
  topics.addPartitions(
    topic,
    placed.map((each) => leadershipOf(each, nodes)),
  );
}

function problemOf({ name, count, assignments }: WantedPartitions, { topics, cluster }: BrokerContext) {
  const fail = (errorCode: ErrorCode, errorMessage: string) => ({ errorCode, errorMessage });
  const topic = topics.get(name);
  if (!topic) return fail(ErrorCode.unknownTopicOrPartition, `The topic '${name}' does not exist.`);
  const current = topic.partitions.length;
  if (count <= current || count > maxPartitions) {
    return fail(ErrorCode.invalidPartitions, `Topic currently has ${current} partitions, ${count} wanted.`);
  }
  if (assignments === null) return null;
  if (assignments.length !== count - current) {
    const message = `${assignments.length} assignments for ${count - current} new partitions.`;
    return fail(ErrorCode.invalidReplicaAssignment, message);
  }
  const chosen = assignments.map(({ brokerIds }) => brokerIds);
  const badAssignment = assignmentProblem(chosen, cluster.nodes);
  return badAssignment === null ? null : fail(ErrorCode.invalidReplicaAssignment, badAssignment);
}
