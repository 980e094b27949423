import { ErrorCode } from '../error-code';
import { createPartitionsApi } from '../wire/messages/create-partitions';
import { maxPartitions } from './create-topics';
import { implement } from './registered-api';
import { type BrokerContext, nodeId } from './request-context';

/** CreatePartitions (37), versions 0-1. `count` is the new total. */
export const createPartitions = implement(createPartitionsApi, ({ topics, validateOnly }, { broker }) => ({
  results: topics.map((wanted) => {
    const problem = problemOf(wanted, broker);
    const topic = broker.topics.get(wanted.name);
    if (problem === null && topic && !validateOnly) broker.topics.addPartitions(topic, wanted.count);
    return { name: wanted.name, ...(problem ?? { errorCode: ErrorCode.none, errorMessage: null }) };
  }),
}));

interface WantedPartitions {
  readonly name: string;
  readonly count: number;
  readonly assignments: ReadonlyArray<{ brokerIds: number[] }> | null;
}

function problemOf({ name, count, assignments }: WantedPartitions, { topics }: BrokerContext) {
  const fail = (errorCode: ErrorCode, errorMessage: string) => ({ errorCode, errorMessage });
  const topic = topics.get(name);
  if (!topic) return fail(ErrorCode.unknownTopicOrPartition, `The topic '${name}' does not exist.`);
  const current = topic.partitions.length;
  if (count <= current || count > maxPartitions) {
    return fail(ErrorCode.invalidPartitions, `Topic currently has ${current} partitions, ${count} wanted.`);
  }
  const areOurs = (assignments ?? []).every(
    ({ brokerIds }) => brokerIds.length === 1 && brokerIds[0] === nodeId,
  );
  const isComplete = assignments === null || assignments.length === count - current;
  if (areOurs && isComplete) return null;
  return fail(ErrorCode.invalidReplicaAssignment, 'The assignment is not valid.');
}
