import { maxPartitions } from '../check-options';
import { ErrorCode } from '../error-code';
import type { RecordBatch } from '../records/record-batch';
import { assignmentProblem, leadershipOf, spread } from '../state/placement';
import type { Topic } from '../state/topics';
import { createPartitionsApi } from '../wire/messages/create-partitions';
import { distinct } from './create-topics';
import { implement } from './registered-api';
import type { BrokerContext } from './request-context';

/** CreatePartitions (37), versions 0-3. `count` is the new total. */
export const createPartitions = implement(createPartitionsApi, ({ topics, validateOnly }, { broker }) => ({
  results: distinct(topics).map((wanted) => {
    const isAmbiguous = topics.filter(({ name }) => name === wanted.name).length > 1;
    const problem = isAmbiguous ? duplicate : problemOf(wanted, broker);
    const topic = broker.topics.get(wanted.name);
    if (problem === null && topic && !validateOnly) addPartitions(broker, topic, wanted);
    return { name: wanted.name, ...(problem ?? { errorCode: ErrorCode.none, errorMessage: null }) };
  }),
}));

const duplicate = { errorCode: ErrorCode.invalidRequest, errorMessage: 'Duplicate topic name.' };

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

/** In the words of Kafka's ReplicationControlManager; too many at once is an error that it does not foresee (-1). */
function problemOf({ name, count, assignments }: WantedPartitions, { topics, cluster }: BrokerContext) {
  const fail = (errorCode: ErrorCode, errorMessage: string | null) => ({ errorCode, errorMessage });
  const topic = topics.get(name);
  if (!topic) return fail(ErrorCode.unknownTopicOrPartition, null);
  const current = topic.partitions.length;
  const added = count - current;
  if (added === 0) return fail(ErrorCode.invalidPartitions, `Topic already has ${current} partition(s).`);
  if (added < 0) {
    const message = `The topic ${name} currently has ${current} partition(s); ${count} would not be an increase.`;
    return fail(ErrorCode.invalidPartitions, message);
  }
  if (assignments !== null && assignments.length !== added) {
    const message = `Attempted to add ${added} additional partition(s), but only ${assignments.length} assignment(s) were specified.`;
    return fail(ErrorCode.invalidReplicaAssignment, message);
  }
  if (added > maxPartitions) return fail(ErrorCode.unknownServerError, null);
  if (assignments === null) return null;
  const chosen = assignments.map(({ brokerIds }) => brokerIds);
  const badAssignment = assignmentProblem(chosen, cluster.nodes);
  return badAssignment === null ? null : fail(ErrorCode.invalidReplicaAssignment, badAssignment);
}
