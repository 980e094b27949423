import { ErrorCode } from '../error-code';
import { type BatchRules, checkProduced } from '../records/check-batches';
import { type RecordBatch, saysTransactional } from '../records/record-batch';
import type { PartitionLog } from '../state/partition-log';
import type { TopicSettings } from '../state/topic-configs';
import { produceApi } from '../wire/messages/produce';
import { leaderProblem } from './leader-check';
import { implement } from './registered-api';
import type { BrokerContext, RequestContext } from './request-context';

/** The last version in which producers may send the message formats 0 and 1. */
const lastVersionWithMessages = 2;
const allReplicas = -1;
const forbidden = ErrorCode.transactionalIdAuthorizationFailed;

/**
 * Produce (0), versions 0-11: idempotent and transactional producers included; message formats 0 and 1 are converted to 2
 * on their way in (KIP-98). All replicas share one log, so acks -1 and 1 wait for the same.
 */
export const produce = implement(produceApi, (request, context) => {
  const { transactionalId } = request;
  const isTransactional = request.topics.some(({ partitions }) =>
    partitions.some(({ records }) => saysTransactional(records)),
  );
  const mayProduce =
    !isTransactional ||
    (transactionalId !== null && context.access.may('write', 'transactionalId', transactionalId));
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ index, records }) => {
      const wanted = { topicName: name, index, records, acks: request.acks };
      return { index, ...(mayProduce ? append(context, wanted) : refused(forbidden)) };
    }),
  }));
  if (request.acks !== 0) return { topics };
  const failed = topics.flatMap(({ partitions }) => partitions).find(({ errorCode }) => errorCode !== 0);
  // Nobody reads an answer: like Kafka, the broker makes the failure known by ending the connection.
  if (failed) throw new Error(`a produce request with acks 0 failed with error ${failed.errorCode}`);
  return null;
});

interface Wanted {
  readonly topicName: string;
  readonly index: number;
  readonly records: Buffer | null;
  readonly acks: number;
}

interface Appended {
  readonly errorCode: ErrorCode;
  readonly baseOffset: bigint;
  readonly logStartOffset: bigint;
  readonly logAppendTimeMs?: bigint;
}

function append(context: RequestContext, { topicName, index, records, acks }: Wanted): Appended {
  const { broker, version } = context;
  if (acks < allReplicas || acks > 1) return refused(ErrorCode.invalidRequiredAcks);
  if (!context.access.may('write', 'topic', topicName)) return refused(ErrorCode.topicAuthorizationFailed);
  const topic = broker.topics.get(topicName);
  const log = topic?.partitions[index];
  const problem = leaderProblem(log, context);
  if (!topic || !log || problem !== ErrorCode.none) return refused(problem);
  const settings = broker.configs.settingsOf(topic);
  if (acks === allReplicas && !hasEnoughReplicas(log, settings, broker)) {
    return refused(ErrorCode.notEnoughReplicas);
  }
  const checked = checkProduced(records, {
    ...rulesOf(settings, broker.clock.now()),
    acceptsOldFormats: version <= lastVersionWithMessages,
  });
  if ('error' in checked) return refused(checked.error);
  const { batch } = checked;
  const error = batch.isTransactional
    ? broker.transactions.checkProduce(batch, topicName, index)
    : ErrorCode.none;
  return error === ErrorCode.none ? appendInSequence(broker, topicName, index, log, batch) : refused(error);
}

/** No more can be demanded than the partition has replicas (KIP-966, Kafka 4). */
function hasEnoughReplicas(
  { leadership }: PartitionLog,
  settings: TopicSettings,
  { cluster }: BrokerContext,
): boolean {
  const wanted = Math.min(settings.number('min.insync.replicas'), leadership.replicas.length);
  return leadership.inSync(cluster.nodes).length >= wanted;
}

function rulesOf(settings: TopicSettings, now: number): BatchRules {
  const compressionType = settings.text('compression.type');
  const hasLevel = compressionType === 'gzip' || compressionType === 'zstd';
  return {
    now,
    maxSize: settings.number('max.message.bytes'),
    needsKeys: settings.compacts,
    stampsTime: settings.text('message.timestamp.type') === 'LogAppendTime',
    maxBeforeMs: settings.number('message.timestamp.before.max.ms'),
    maxAfterMs: settings.number('message.timestamp.after.max.ms'),
    compressionType,
    ...(hasLevel && { compressionLevel: settings.number(`compression.${compressionType}.level`) }),
  };
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
  const logAppendTimeMs = batch.hasLogAppendTime ? batch.maxTimestamp : -1n;
  return { errorCode: ErrorCode.none, baseOffset, logStartOffset: log.startOffset, logAppendTimeMs };
}

function refused(errorCode: ErrorCode): Appended {
  return { errorCode, baseOffset: -1n, logStartOffset: -1n };
}
