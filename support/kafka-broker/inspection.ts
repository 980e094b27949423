import { subscribedTopics } from './handlers/subscriptions';
import { UnreadableCompressionError } from './records/compression';
import type { RecordBatch } from './records/record-batch';
import type { Group, GroupState } from './state/group';
import type { StoredBatch } from './state/log-batch';
import type { Nodes } from './state/nodes';
import type { Topic, Topics, Visible } from './state/topics';
import { decodeAssignment, type TopicPartitions } from './wire/consumer-protocol';

/** A record as the broker holds it, decoded. */
export interface BrokerRecord {
  topic: string;
  partition: number;
  offset: bigint;
  /** Milliseconds since the epoch, as the producer set it. */
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: Array<{ key: string; value: Buffer | null }>;
}

/** A consumer group at one moment. */
export interface GroupSnapshot {
  groupId: string;
  state: GroupState;
  members: Array<{
    memberId: string;
    clientId: string;
    clientHost: string;
    /** Decoded from the protocol "consumer"; empty for groups of another type. */
    assignment: TopicPartitions[];
  }>;
  /** Every topic that a member has subscribed to. */
  subscriptions: string[];
  /**
   * All partitions that are assigned or have a committed offset. `committed` is -1n when there is none; `end` is the
   * offset after the last record that the group can read, or may yet.
   */
  offsets: Array<{ topic: string; partition: number; committed: bigint; end: bigint }>;
}

/** A partition at one moment. */
export interface PartitionSnapshot {
  partition: number;
  /** The id of a broker; -1 when none of the replicas runs. */
  leader: number;
  leaderEpoch: number;
  replicas: number[];
  /** The replicas that run; the last leader when none does. */
  inSync: number[];
}

/** A record, and its batch's place among all batches of the broker. */
interface Placed {
  readonly ordinal: number;
  readonly record: BrokerRecord;
}

/**
 * The committed records of a topic, of all partitions, in the order in which they were appended.
 * @param from records with a lower offset, in whichever partition, are left out
 * @param log is told of batches that cannot be read
 */
export function recordsOf(
  topics: Topics<RecordBatch>,
  topic: string,
  from: bigint,
  log: (line: string) => void,
): BrokerRecord[] {
  const placed = (topics.get(topic)?.partitions ?? []).flatMap((partitionLog, partition): Placed[] => {
    const committed = partitionLog.batches.filter((stored) => partitionLog.isCommitted(stored));
    const first = from > partitionLog.startOffset ? from : partitionLog.startOffset;
    return committed
      .filter(({ lastOffset }) => lastOffset >= first)
      .flatMap((stored) =>
        decodeBatch(topic, partition, stored, log)
          .filter(({ offset }) => offset >= first)
          .map((record) => ({ ordinal: stored.ordinal, record })),
      );
  });
  return placed.sort((a, b) => a.ordinal - b.ordinal).map(({ record }) => record);
}

/** The records that became visible. */
export function recordsIn(
  { topic, partition, batches }: Visible<RecordBatch>,
  log: (line: string) => void,
): BrokerRecord[] {
  return batches.flatMap((stored) => decodeBatch(topic, partition, stored, log));
}

export function partitionsOf({ partitions }: Topic<RecordBatch>, nodes: Nodes): PartitionSnapshot[] {
  return partitions.map(({ leadership }, partition) => ({
    partition,
    leader: leadership.leader,
    leaderEpoch: leadership.epoch,
    replicas: [...leadership.replicas],
    inSync: leadership.inSync(nodes),
  }));
}

export function snapshotOf(group: Group, topics: Topics<RecordBatch>): GroupSnapshot {
  const isConsumer = group.protocolType === 'consumer';
  const members = group.members.map(({ memberId, clientId, clientHost, assignment }) => ({
    memberId,
    clientId,
    clientHost,
    assignment: isConsumer ? decodeAssignment(assignment) : [],
  }));
  return {
    groupId: group.groupId,
    state: group.state,
    members,
    subscriptions: subscribedTopics(group),
    offsets: offsetsOf(
      group,
      topics,
      members.flatMap(({ assignment }) => assignment),
    ),
  };
}

function offsetsOf(
  group: Group,
  topics: Topics<RecordBatch>,
  assigned: TopicPartitions[],
): GroupSnapshot['offsets'] {
  const places = [
    ...group.offsets.all(),
    ...assigned.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition }))),
  ];
  const distinct = new Map(
    places.map(({ topic, partition }) => [`${topic}/${partition}`, { topic, partition }]),
  );
  return [...distinct.values()]
    .map(({ topic, partition }) => ({
      topic,
      partition,
      committed: group.offsets.get(topic, partition)?.offset ?? -1n,
      end: topics.partition(topic, partition)?.readableEnd ?? 0n,
    }))
    .sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
}

function decodeBatch(
  topic: string,
  partition: number,
  { batch, baseOffset }: StoredBatch<RecordBatch>,
  log: (line: string) => void,
): BrokerRecord[] {
  try {
    return batch.records().map(({ offsetDelta, timestamp, key, value, headers }) => ({
      topic,
      partition,
      offset: baseOffset + BigInt(offsetDelta),
      timestamp: Number(timestamp),
      key,
      value,
      headers,
    }));
  } catch (error) {
    const reason = error instanceof UnreadableCompressionError ? error.message : `not readable: ${error}`;
    log(`kafka-broker: ${topic}/${partition} at offset ${baseOffset}: ${reason}; not shown to observers`);
    return [];
  }
}
