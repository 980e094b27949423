import { ErrorCode } from '../error-code';
import { checkProduced } from '../records/check-batches';
import type { RecordBatch } from '../records/record-batch';
import type { PartitionLog } from '../state/partition-log';
import { maxMessageBytes } from '../state/topic-configs';
import { produceApi } from '../wire/messages/produce';
import { implement } from './registered-api';
import type { BrokerContext } from './request-context';

/**
 * Produce (0), versions 0-7: idempotent and transactional producers included.
 * Simplified: one replica, so acks -1 and 1 are the same; the time stamp is always the producer's.
 * Not implemented: record formats before version 2 (error 43). Compressed batches are checked, not unpacked.
 */
export const produce = implement(produceApi, (request, { broker }) => {
  const acksAreValid = request.acks >= -1 && request.acks <= 1;
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ index, records }) => {
      const result = acksAreValid
        ? append(broker, name, index, records)
        : refused(ErrorCode.invalidRequiredAcks);
      return { index, ...result };
    }),
  }));
  if (request.acks !== 0) return { topics };
  const failed = topics.flatMap(({ partitions }) => partitions).find(({ errorCode }) => errorCode !== 0);
  // Nobody reads an answer: like Kafka, the broker makes the failure known by ending the connection.
  if (failed) throw new Error(`a produce request with acks 0 failed with error ${failed.errorCode}`);
  return null;
});

interface Appended {
  readonly errorCode: ErrorCode;
  readonly baseOffset: bigint;
  readonly logStartOffset: bigint;
}

function append(broker: BrokerContext, topicName: string, index: number, records: Buffer | null): Appended {
  const topic = broker.topics.get(topicName);
  const log = topic?.partitions[index];
  if (!topic || !log) return refused(ErrorCode.unknownTopicOrPartition);
  const checked = checkProduced(records, maxMessageBytes(topic.configs));
  if ('error' in checked) return refused(checked.error);
  const { batch } = checked;
  const error = batch.isTransactional
    ? broker.transactions.checkProduce(batch, topicName, index)
    : ErrorCode.none;
  return error === ErrorCode.none ? appendInSequence(broker, topicName, index, log, batch) : refused(error);
}

function appendInSequence(
  { topics }: BrokerContext,
  topic: string,
  index: number,
  log: PartitionLog<RecordBatch>,
  batch: RecordBatch,
): Appended {
  const verdict = log.sequences.judge(batch);
  if (verdict.kind === 'refuse') return refused(verdict.error);
  const baseOffset =
    verdict.kind === 'duplicate' ? verdict.baseOffset : topics.append(topic, index, log, batch).baseOffset;
  return { errorCode: ErrorCode.none, baseOffset, logStartOffset: log.startOffset };
}

function refused(errorCode: ErrorCode): Appended {
  return { errorCode, baseOffset: -1n, logStartOffset: -1n };
}
