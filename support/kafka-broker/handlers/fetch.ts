import { ErrorCode } from '../error-code';
import type { RecordBatch } from '../records/record-batch';
import type { PartitionLog } from '../state/partition-log';
import { fetchApi } from '../wire/messages/fetch';
import type { OutOf } from '../wire/struct';
import { leaderProblem } from './leader-check';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

type FetchRequest = OutOf<typeof fetchApi.request>;
type WantedPartition = FetchRequest['topics'][number]['partitions'][number];

/** fetch.max.bytes of Kafka's broker: no answer grows much larger, whatever the client asks for. */
const maxAnswerBytes = 55 * 1024 * 1024;
const readCommitted = 1;
/** Versions before this one carry older record formats only. */
const firstVersionWithBatches = 4;

/**
 * Fetch (1), versions 0-11: waits for the minimum of bytes, but never longer than the broker's `maxFetchWaitMs`.
 * Simplified: fetch sessions are declined (id 0 in each answer), so clients send full requests; racks are
 * ignored. Not implemented: conversion to the formats that versions before 4 want (error 35).
 */
export const fetch = implement(fetchApi, (request, context) => {
  const { broker, disconnected } = context;
  if (request.sessionId !== 0) return { errorCode: ErrorCode.fetchSessionIdNotFound, responses: [] };
  const fetching = { ...request, clientId: context.clientId, clientHost: context.clientHost };
  if (broker.nudge.take(fetching, broker)) return refuseAll(request);
  const waitMs = Math.min(request.maxWaitMs, broker.settings.maxFetchWaitMs);
  if (waitMs <= 0 || isSatisfied(request, context)) return answer(request, context);

  return new Promise((resolve) => {
    const finish = (response: FetchResponse) => {
      timer.cancel();
      for (const unsubscribe of subscriptions) unsubscribe();
      resolve(response);
    };
    const timer = broker.clock.after(waitMs, () => finish(answer(request, context)));
    const onChange = () => {
      if (isSatisfied(request, context)) finish(answer(request, context));
    };
    const onRebalance = () => {
      if (broker.nudge.take(fetching, broker)) finish(refuseAll(request));
    };
    const subscriptions = [
      ...logsOf(request, context).map((log) => log.changed.subscribe(onChange)),
      broker.groups.rebalancing.subscribe(onRebalance),
      disconnected.subscribe(() => finish({ responses: [] })),
    ];
  });
});

interface PartitionAnswer {
  readonly errorCode: ErrorCode;
  readonly highWatermark: bigint;
  readonly lastStableOffset?: bigint;
  readonly logStartOffset?: bigint;
  readonly abortedTransactions?: ReadonlyArray<{ producerId: bigint; firstOffset: bigint }> | null;
  readonly records: readonly Buffer[];
}

interface FetchResponse {
  readonly responses: ReadonlyArray<{
    readonly topic: string;
    readonly partitions: ReadonlyArray<PartitionAnswer & { readonly partitionIndex: number }>;
  }>;
}

function logsOf({ topics }: FetchRequest, { broker }: RequestContext): PartitionLog<RecordBatch>[] {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.flatMap(({ partition }) => broker.topics.partition(topic, partition) ?? []),
  );
}

/** Enough bytes are there, or something is wrong with a partition, which has to be told at once. */
function isSatisfied(request: FetchRequest, context: RequestContext): boolean {
  let size = 0;
  for (const { topic, partitions } of request.topics) {
    for (const wanted of partitions) {
      const log = context.broker.topics.partition(topic, wanted.partition);
      if (problemOf(log, wanted, context) !== ErrorCode.none || !log) return true;
      size += log.sizeFrom(wanted.fetchOffset, limitOf(log, request), request.minBytes);
      if (size >= request.minBytes) return true;
    }
  }
  return false;
}

function answer(request: FetchRequest, context: RequestContext): FetchResponse {
  const budget = { bytes: Math.min(request.maxBytes, maxAnswerBytes), isUntouched: true };
  const responses = request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((wanted) => {
      const log = context.broker.topics.partition(topic, wanted.partition);
      return { partitionIndex: wanted.partition, ...readPartition(log, wanted, request, context, budget) };
    }),
  }));
  return { responses };
}

function readPartition(
  log: PartitionLog<RecordBatch> | undefined,
  wanted: WantedPartition,
  request: FetchRequest,
  context: RequestContext,
  budget: { bytes: number; isUntouched: boolean },
): PartitionAnswer {
  const { fetchOffset, partitionMaxBytes } = wanted;
  const errorCode = problemOf(log, wanted, context);
  if (errorCode !== ErrorCode.none || !log) return refused(errorCode);
  const maxBytes = Math.min(partitionMaxBytes, budget.bytes);
  const found = log.read(fetchOffset, limitOf(log, request), maxBytes, budget.isUntouched);
  if (found.length > 0 && context.version < firstVersionWithBatches)
    return refused(ErrorCode.unsupportedVersion);
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
    records: found.map(({ batch }) => batch.bytes),
  };
}

function problemOf(
  log: PartitionLog | undefined,
  { fetchOffset: offset, currentLeaderEpoch }: WantedPartition,
  context: RequestContext,
): ErrorCode {
  const problem = leaderProblem(log, context, currentLeaderEpoch);
  if (!log || problem !== ErrorCode.none) return problem;
  return offset < log.startOffset || offset > log.endOffset ? ErrorCode.offsetOutOfRange : ErrorCode.none;
}

function limitOf(log: PartitionLog, { isolationLevel }: FetchRequest): bigint {
  return isolationLevel === readCommitted ? log.lastStableOffset : log.endOffset;
}

function refuseAll({ topics }: FetchRequest): FetchResponse {
  return {
    responses: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition: partitionIndex }) => ({
        partitionIndex,
        ...refused(ErrorCode.notLeaderOrFollower),
      })),
    })),
  };
}

function refused(errorCode: ErrorCode): PartitionAnswer {
  return { errorCode, highWatermark: -1n, records: [] };
}
