import { ErrorCode } from '../error-code';
import { addPartitionsToTxnApi } from '../wire/messages/add-partitions-to-txn';
import { implementForTransaction } from './coordinator-check';
import { fencedSince2 } from './fenced-producer';

/** AddPartitionsToTxn (24), versions 0-3: all partitions, or none when one of them does not exist. */
export const addPartitionsToTxn = implementForTransaction(
  addPartitionsToTxnApi,
  (request, { access, broker, version }) => {
    const isAllowed = access.may('write', 'transactionalId', request.transactionalId);
    const exists = (topic: string, partition: number) =>
      broker.topics.partition(topic, partition) !== undefined;
    const wanted = request.topics.flatMap(({ name, partitions }) =>
      partitions.map((partition) => ({ topic: name, partition })),
    );
    const problemOf = (topic: string, partition: number) => {
      if (!isAllowed) return ErrorCode.transactionalIdAuthorizationFailed;
      if (!access.may('write', 'topic', topic)) return ErrorCode.topicAuthorizationFailed;
      return exists(topic, partition) ? ErrorCode.none : ErrorCode.unknownTopicOrPartition;
    };
    const areAllFine = wanted.every(({ topic, partition }) => problemOf(topic, partition) === ErrorCode.none);
    const error = areAllFine
      ? broker.transactions.addPartitions(request.transactionalId, request, wanted)
      : ErrorCode.operationNotAttempted;
    return {
      results: request.topics.map(({ name, partitions }) => ({
        name,
        results: partitions.map((partitionIndex) => ({
          partitionIndex,
          errorCode: problemOf(name, partitionIndex) || fencedSince2(error, version),
        })),
      })),
    };
  },
);
