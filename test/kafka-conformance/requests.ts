import { addPartitionsToTxnApi } from '../../support/kafka-broker/wire/messages/add-partitions-to-txn';
import { endTxnApi } from '../../support/kafka-broker/wire/messages/end-txn';
import { fetchApi } from '../../support/kafka-broker/wire/messages/fetch';
import { initProducerIdApi } from '../../support/kafka-broker/wire/messages/init-producer-id';
import { joinGroupApi } from '../../support/kafka-broker/wire/messages/join-group';
import { listOffsetsApi } from '../../support/kafka-broker/wire/messages/list-offsets';
import { metadataApi } from '../../support/kafka-broker/wire/messages/metadata';
import { offsetCommitApi } from '../../support/kafka-broker/wire/messages/offset-commit';
import { offsetFetchApi } from '../../support/kafka-broker/wire/messages/offset-fetch';
import { produceApi } from '../../support/kafka-broker/wire/messages/produce';
import { syncGroupApi } from '../../support/kafka-broker/wire/messages/sync-group';
import type { RawClient } from '../kafka-broker/raw-client';
import { type SampleBatch, sampleBatch } from '../kafka-broker/sample-batch';

/** Requests with one partition, one group, one member: what most checks send. The newest common version by default. */

export function produceRequest(topic: string, batch: SampleBatch | Buffer | null, acks = -1, index = 0) {
  const records = batch === null ? null : [Buffer.isBuffer(batch) ? batch : sampleBatch(batch)];
  return { acks, timeoutMs: 5_000, topics: [{ name: topic, partitions: [{ index, records }] }] };
}

export interface Produced {
  readonly errorCode: number;
  readonly baseOffset: bigint;
}

export async function produce(
  client: RawClient,
  topic: string,
  batch: SampleBatch | Buffer | null,
  { version = 7, acks = -1, index = 0, transactionalId = null as string | null } = {},
) {
  const request = { ...produceRequest(topic, batch, acks, index), transactionalId };
  const { topics } = await client.send(produceApi, version, request);
  return topics[0]!.partitions[0]!;
}

export interface Fetching {
  readonly version?: number;
  readonly offset?: bigint;
  readonly index?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly committed?: boolean;
  readonly currentLeaderEpoch?: number;
}

export function fetchRequest(topic: string, wanted: Fetching = {}, topicId?: string) {
  const partition = {
    partition: wanted.index ?? 0,
    fetchOffset: wanted.offset ?? 0n,
    currentLeaderEpoch: wanted.currentLeaderEpoch ?? -1,
    partitionMaxBytes: wanted.partitionMaxBytes ?? 1 << 20,
  };
  return {
    replicaId: -1,
    maxWaitMs: wanted.maxWaitMs ?? 0,
    minBytes: wanted.minBytes ?? 1,
    maxBytes: wanted.maxBytes ?? 1 << 25,
    isolationLevel: wanted.committed ? 1 : 0,
    topics: [{ topic, ...(topicId !== undefined && { topicId }), partitions: [partition] }],
  };
}

export async function fetch(client: RawClient, topic: string, wanted: Fetching = {}) {
  const { version = 11 } = wanted;
  const topicId = version < firstFetchById ? undefined : await idOf(client, topic);
  const { responses } = await client.send(fetchApi, version, fetchRequest(topic, wanted, topicId));
  return responses[0]!.partitions[0]!;
}

/** The version of Fetch from which on topics are named by id. */
export const firstFetchById = 13;
/** An id that no topic has. */
export const unknownId = Buffer.alloc(16, 7).toString('base64url');

/** The id of a topic; one that no topic has when there is no such topic. */
export async function idOf(client: RawClient, name: string): Promise<string> {
  const request = { topics: [{ name }], allowAutoTopicCreation: false };
  const [topic] = (await client.send(metadataApi, 12, request)).topics;
  return topic?.errorCode === 0 ? topic.topicId : unknownId;
}

export async function listOffsets(
  client: RawClient,
  name: string,
  timestamp: bigint,
  { version = 5, index = 0, committed = false, currentLeaderEpoch = -1 } = {},
) {
  const partitions = [{ partitionIndex: index, timestamp, currentLeaderEpoch }];
  const request = { replicaId: -1, isolationLevel: committed ? 1 : 0, topics: [{ name, partitions }] };
  const { topics } = await client.send(listOffsetsApi, version, request);
  return topics[0]!.partitions[0]!;
}

export interface Joining {
  readonly version?: number;
  readonly memberId?: string;
  readonly groupInstanceId?: string | null;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  readonly protocolType?: string;
  readonly protocols?: ReadonlyArray<{ name: string; metadata: Buffer }>;
}

export function joinRequest(groupId: string, wanted: Joining = {}) {
  const {
    memberId = '',
    groupInstanceId = null,
    sessionTimeoutMs = 30_000,
    rebalanceTimeoutMs = 30_000,
  } = wanted;
  const { protocolType = 'consumer', protocols = [{ name: 'range', metadata: Buffer.from('m') }] } = wanted;
  return {
    groupId,
    memberId,
    groupInstanceId,
    sessionTimeoutMs,
    rebalanceTimeoutMs,
    protocolType,
    protocols,
  };
}

/** Joins; with version 4 and later a second time with the id that was handed out. */
export async function join(client: RawClient, groupId: string, wanted: Joining = {}) {
  const version = wanted.version ?? 5;
  const first = await client.send(joinGroupApi, version, joinRequest(groupId, wanted));
  if (first.errorCode !== 79) return first;
  return client.send(joinGroupApi, version, joinRequest(groupId, { ...wanted, memberId: first.memberId }));
}

export function syncRequest(
  groupId: string,
  generationId: number,
  memberId: string,
  assignments: Record<string, string> = {},
) {
  const list = Object.entries(assignments).map(([id, text]) => ({
    memberId: id,
    assignment: Buffer.from(text),
  }));
  const protocol = { protocolType: 'consumer', protocolName: 'range' };
  return { groupId, generationId, memberId, ...protocol, assignments: list };
}

export async function sync(
  client: RawClient,
  groupId: string,
  generationId: number,
  memberId: string,
  assignments: Record<string, string> = {},
  version = 3,
) {
  return client.send(syncGroupApi, version, syncRequest(groupId, generationId, memberId, assignments));
}

/** One member that joined and assigned to itself. */
export async function soleMember(client: RawClient, groupId: string, wanted: Joining = {}) {
  const joined = await join(client, groupId, wanted);
  await sync(client, groupId, joined.generationId, joined.memberId, { [joined.memberId]: 'mine' });
  return joined;
}

export function commitRequest(
  groupId: string,
  topic: string,
  offset: bigint,
  { generationId = -1, memberId = '', metadata = 'note' as string | null, partitionIndex = 0 } = {},
) {
  const partition = { partitionIndex, committedOffset: offset, committedMetadata: metadata };
  return { groupId, generationId, memberId, topics: [{ name: topic, partitions: [partition] }] };
}

export async function commit(
  client: RawClient,
  groupId: string,
  topic: string,
  offset: bigint,
  { version = 7, ...rest }: { version?: number } & Parameters<typeof commitRequest>[3] = {},
): Promise<number> {
  const answer = await client.send(offsetCommitApi, version, commitRequest(groupId, topic, offset, rest));
  return answer.topics[0]!.partitions[0]!.errorCode;
}

export async function committed(client: RawClient, groupId: string, name: string, version = 5) {
  const wanted = { groupId, topics: [{ name, partitionIndexes: [0] }] };
  const answer = await client.send(offsetFetchApi, version, { ...wanted, groups: [wanted] });
  return (version < 8 ? answer : answer.groups[0]!).topics[0]!.partitions[0]!;
}

export async function initProducer(client: RawClient, transactionalId: string | null = null, version = 1) {
  const request = { transactionalId, transactionTimeoutMs: 60_000 };
  return client.send(initProducerIdApi, version, request);
}

export interface TransactionalId {
  readonly transactionalId: string;
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

export async function addPartition(
  client: RawClient,
  producer: TransactionalId,
  name: string,
  version = 2,
  index = 0,
) {
  const request = { ...producer, topics: [{ name, partitions: [index] }] };
  const { results } = await client.send(addPartitionsToTxnApi, version, request);
  return results[0]!.results[0]!.errorCode;
}

/** Ends a transaction. A real Kafka may still be writing the last one's markers (51): then it is asked again. */
export async function endTransaction(
  client: RawClient,
  producer: TransactionalId,
  isCommit: boolean,
  version = 2,
) {
  const request = { ...producer, committed: isCommit };
  for (;;) {
    const { errorCode } = await client.send(endTxnApi, version, request);
    if (errorCode !== 51) return errorCode;
  }
}
