import { ErrorCode } from '../error-code';
import type { PartitionLog } from '../state/partition-log';
import { listOffsetsApi } from '../wire/messages/list-offsets';
import { leaderProblem } from './leader-check';
import { implement } from './registered-api';

const latest = -1n;
const earliest = -2n;
const latestByTime = -3n;
const earliestLocal = -4n;
const lowestByVersion: readonly (readonly [since: number, timestamp: bigint])[] = [
  [8, earliestLocal],
  [7, latestByTime],
];
const readCommitted = 1;

/**
 * ListOffsets (2), versions 0-8: latest, earliest, the first record at or after a time, and the one with the latest time
 * (KIP-734, from version 7 on; before it, and for other negative times, error 35).
 * A partition that is asked for twice is error 42.
 * Nothing is in tiers, so the earliest local offset (KIP-405, version 8) is the earliest.
 * Simplified: version 0 gets one offset at most.
 */
export const listOffsets = implement(listOffsetsApi, ({ topics, isolationLevel }, context) => ({
  topics: topics.map(({ name, partitions }) => ({
    name,
    partitions: distinct(partitions).map((wanted) => {
      const { partitionIndex, timestamp, maxNumOffsets, currentLeaderEpoch } = wanted;
      if (
        context.version > 0 &&
        partitions.filter((each) => each.partitionIndex === partitionIndex).length > 1
      ) {
        return { partitionIndex, errorCode: ErrorCode.invalidRequest };
      }
      const log = context.broker.topics.partition(name, partitionIndex);
      const errorCode = leaderProblem(log, context, currentLeaderEpoch);
      if (!log || errorCode !== ErrorCode.none) return { partitionIndex, errorCode };
      if (!isSupported(timestamp, context.version)) {
        return { partitionIndex, errorCode: ErrorCode.unsupportedVersion };
      }
      const found = find(log, timestamp, isolationLevel);
      const oldStyleOffsets = found.offset === -1n ? [] : [found.offset].slice(0, Math.max(0, maxNumOffsets));
      return { partitionIndex, errorCode, ...found, oldStyleOffsets };
    }),
  })),
}));

/** A partition that occurs twice is answered once. */
function distinct<T extends { readonly partitionIndex: number }>(partitions: readonly T[]): T[] {
  return [...new Map(partitions.map((each) => [each.partitionIndex, each])).values()];
}

function isSupported(timestamp: bigint, version: number): boolean {
  const [, lowest] = lowestByVersion.find(([since]) => version >= since) ?? [0, earliest];
  return timestamp >= lowest;
}

function find(log: PartitionLog, timestamp: bigint, isolationLevel: number) {
  const end = isolationLevel === readCommitted ? log.lastStableOffset : log.endOffset;
  if (timestamp === latest) return { offset: end, timestamp: -1n, leaderEpoch: log.leadership.epoch };
  if (timestamp === earliest || timestamp === earliestLocal)
    return placed(log, { offset: log.startOffset, timestamp: -1n });
  const found = timestamp === latestByTime ? log.findLatest() : log.findByTime(timestamp);
  if (!found || found.offset >= end) return { offset: -1n, timestamp: -1n, leaderEpoch: -1 };
  return placed(log, found);
}

function placed({ leadership }: PartitionLog, found: { offset: bigint; timestamp: bigint }) {
  return { ...found, leaderEpoch: leadership.epochAt(found.offset) };
}
