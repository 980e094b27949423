import { ErrorCode } from '../error-code';
import { messagesOf } from '../records/message-set';
import type { RecordBatch } from '../records/record-batch';
import type { SessionUse, WantedPartition } from '../state/fetch-sessions';
import type { StoredBatch } from '../state/log-batch';
import type { PartitionLog } from '../state/partition-log';
import { noUuid } from '../uuid';
import { fetchApi } from '../wire/messages/fetch';
import type { OutOf } from '../wire/struct';
import { isUnknownId } from '../wire/topic-names';
import { leaderProblem } from './leader-check';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

/** A request, its topics completed from its session. */
type FetchRequest = Omit<OutOf<typeof fetchApi.request>, 'topics'> & Pick<SessionUse, 'topics'>;

/** fetch.max.bytes of Kafka's broker: no answer grows much larger, whatever the client asks for. */
const maxAnswerBytes = 55 * 1024 * 1024;
const readCommitted = 1;
/** Versions before this one carry older record formats only. */
const firstVersionWithBatches = 4;
const firstVersionWithTimes = 2;
const firstVersionWithIds = 13;

/**
 * Fetch (1), versions 0-18: waits for the minimum of bytes, but never longer than the broker's `maxFetchWaitMs`; with
 * fetch sessions (KIP-227); topics by id since version 13 (KIP-516). Versions 0 and 1 get message format 0, versions 2 and 3 format 1 (KIP-32).
 * Simplified: what is converted is not compressed; racks are ignored, for there is no replica to prefer (-1).
 */
export const fetch = implement(fetchApi, (request, context) => {
  const { broker, disconnected } = context;
  const session = broker.fetchSessions.begin(
    request,
    context.node.id,
    context.version >= firstVersionWithIds,
  );
  if ('error' in session) return { errorCode: session.error, responses: [] };
  const wanted = { ...request, topics: session.topics };
  const fetching = { ...wanted, clientId: context.clientId, clientHost: context.clientHost };
  if (broker.nudge.take(fetching, broker)) return session.answer(refuseAll(wanted));
  const waitMs = Math.min(request.maxWaitMs, broker.settings.maxFetchWaitMs);
  if (waitMs <= 0 || isSatisfied(wanted, context)) return session.answer(answer(wanted, context));

  return new Promise((resolve) => {
    const finish = (response: FetchResponse) => {
      timer.cancel();
      for (const unsubscribe of subscriptions) unsubscribe();
      resolve(response);
    };
    const timer = broker.clock.after(waitMs, () => finish(session.answer(answer(wanted, context))));
    const onChange = () => {
      if (isSatisfied(wanted, context)) finish(session.answer(answer(wanted, context)));
    };
    const onRebalance = () => {
      if (broker.nudge.take(fetching, broker)) finish(session.answer(refuseAll(wanted)));
    };
    const subscriptions = [
      ...logsOf(wanted, context).map((log) => log.changed.subscribe(onChange)),
      broker.groups.rebalancing.subscribe(onRebalance),
      disconnected.subscribe(() => finish({ responses: [] })),
    ];
  });
});

type Place = Pick<FetchRequest['topics'][number], 'topic' | 'topicId'>;

interface PartitionAnswer {
  readonly errorCode: ErrorCode;
  readonly highWatermark: bigint;
  readonly lastStableOffset?: bigint;
  readonly logStartOffset?: bigint;
  readonly abortedTransactions?: ReadonlyArray<{ producerId: bigint; firstOffset: bigint }> | null;
  readonly records: readonly Buffer[];
}

interface FetchResponse {
  readonly sessionId?: number;
  readonly responses: FetchResponses;
}

type FetchResponses = ReadonlyArray<{
  readonly topic: string;
  readonly topicId: string;
  readonly partitions: ReadonlyArray<PartitionAnswer & { readonly partitionIndex: number }>;
}>;

function logsOf({ topics }: FetchRequest, { broker }: RequestContext): PartitionLog<RecordBatch>[] {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.flatMap(({ partition }) => broker.topics.partition(topic, partition) ?? []),
  );
}

/** Enough bytes are there, or something is wrong with a partition, which has to be told at once. */
function isSatisfied(request: FetchRequest, context: RequestContext): boolean {
  if (request.topics.length === 0) return true;
  let size = 0;
  for (const { partitions, ...place } of request.topics) {
    for (const wanted of partitions) {
      const log = context.broker.topics.partition(place.topic, wanted.partition);
      if (problemOf(log, place, wanted, context) !== ErrorCode.none || !log) return true;
      size += log.sizeFrom(wanted.fetchOffset, limitOf(log, request), request.minBytes);
      if (size >= request.minBytes) return true;
    }
  }
  return false;
}

function answer(request: FetchRequest, context: RequestContext): FetchResponses {
  const budget = { bytes: Math.min(request.maxBytes, maxAnswerBytes), isUntouched: true };
  return request.topics.map(({ partitions, ...place }) => ({
    ...place,
    partitions: partitions.map((wanted) => {
      const log = context.broker.topics.partition(place.topic, wanted.partition);
      return {
        partitionIndex: wanted.partition,
        ...readPartition(log, place, wanted, request, context, budget),
      };
    }),
  }));
}

function readPartition(
  log: PartitionLog<RecordBatch> | undefined,
  place: Place,
  wanted: WantedPartition,
  request: FetchRequest,
  context: RequestContext,
  budget: { bytes: number; isUntouched: boolean },
): PartitionAnswer {
  const { fetchOffset, partitionMaxBytes } = wanted;
  const errorCode = problemOf(log, place, wanted, context);
  if (errorCode !== ErrorCode.none || !log) return refused(errorCode);
  const maxBytes = Math.min(partitionMaxBytes, budget.bytes);
  const found = log.read(fetchOffset, limitOf(log, request), maxBytes, budget.isUntouched);
  budget.bytes = Math.max(
    0,
    found.reduce((left, { batch }) => left - batch.size, budget.bytes),
  );
  if (found.length > 0) budget.isUntouched = false;
  const end = (found.at(-1)?.lastOffset ?? fetchOffset) + 1n;
  const isCommittedOnly = request.isolationLevel === readCommitted;
  return {
    errorCode,
    highWatermark: log.endOffset,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.startOffset,
    abortedTransactions: isCommittedOnly ? log.abortedWithin(fetchOffset, end) : null,
    records:
      context.version < firstVersionWithBatches
        ? asMessages(log, found, fetchOffset, context.version < firstVersionWithTimes ? 0 : 1)
        : found.map(({ batch }) => batch.bytes),
  };
}

/**
 * In the older formats, which have no control batches: when there is nothing else, what follows them is read, for a client
 * that gets nothing would ask for the same offset again.
 */
function asMessages(
  log: PartitionLog<RecordBatch>,
  found: readonly StoredBatch<RecordBatch>[],
  from: bigint,
  magic: number,
): Buffer[] {
  const messages = found.flatMap(({ batch, baseOffset }) => messagesOf(batch, baseOffset, magic, from));
  const last = found.at(-1);
  if (messages.length > 0 || !last) return messages;
  const next = last.lastOffset + 1n;
  return asMessages(log, log.read(next, log.endOffset, 1, true), next, magic);
}

/** Where a topic was made anew after the client has learnt its id, the client has to learn the new one. */
function idProblem({ topic, topicId }: Place, { broker }: RequestContext): ErrorCode {
  if (topicId === noUuid) return ErrorCode.none;
  if (isUnknownId(topic)) return ErrorCode.unknownTopicId;
  const id = broker.topics.get(topic)?.id ?? topicId;
  return id === topicId ? ErrorCode.none : ErrorCode.inconsistentTopicId;
}

function problemOf(
  log: PartitionLog | undefined,
  place: Place,
  { fetchOffset: offset, currentLeaderEpoch }: WantedPartition,
  context: RequestContext,
): ErrorCode {
  const unknown = idProblem(place, context);
  if (unknown !== ErrorCode.none) return unknown;
  const problem = leaderProblem(log, context, currentLeaderEpoch);
  if (!log || problem !== ErrorCode.none) return problem;
  return offset < log.startOffset || offset > log.endOffset ? ErrorCode.offsetOutOfRange : ErrorCode.none;
}

function limitOf(log: PartitionLog, { isolationLevel }: FetchRequest): bigint {
  return isolationLevel === readCommitted ? log.lastStableOffset : log.endOffset;
}

function refuseAll({ topics }: FetchRequest): FetchResponses {
  return topics.map(({ partitions, ...place }) => ({
    ...place,
    partitions: partitions.map(({ partition: partitionIndex }) => ({
      partitionIndex,
      ...refused(ErrorCode.notLeaderOrFollower),
    })),
  }));
}

function refused(errorCode: ErrorCode): PartitionAnswer {
  return { errorCode, highWatermark: -1n, records: [] };
}
