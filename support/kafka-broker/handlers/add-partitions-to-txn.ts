import { ErrorCode } from '../error-code';
import { addPartitionsToTxnApi } from '../wire/messages/add-partitions-to-txn';
import { implementForTransaction } from './coordinator-check';
import { fencedSince2 } from './fenced-producer';

/** Another partition of the same request was at fault (OPERATION_NOT_ATTEMPTED). */
const operationNotAttempted = 55;

/** AddPartitionsToTxn (24), versions 0-2: all partitions, or none when one of them does not exist. */
export const addPartitionsToTxn = implementForTransaction(
  addPartitionsToTxnApi,
  (request, { broker, version }) => {
    const exists = (topic: string, partition: number) =>
      broker.topics.partition(topic, partition) !== undefined;
    const wanted = request.topics.flatMap(({ name, partitions }) =>
      partitions.map((partition) => ({ topic: name, partition })),
    );
    const allExist = wanted.every(({ topic, partition }) => exists(topic, partition));
    const error = allExist
      ? broker.transactions.addPartitions(request.transactionalId, request, wanted)
      : operationNotAttempted;
    return {
      results: request.topics.map(({ name, partitions }) => ({
        name,
        results: partitions.map((partitionIndex) => ({
          partitionIndex,
          errorCode: exists(name, partitionIndex)
            ? fencedSince2(error, version)
            : ErrorCode.unknownTopicOrPartition,
        })),
      })),
    };
  },
);
