import { fetchApi } from '../../support/kafka-broker/wire/messages/fetch';
import { produceApi } from '../../support/kafka-broker/wire/messages/produce';
import type { RawClient } from './raw-client';
import { type SampleBatch, sampleBatch } from './sample-batch';

/** Produces one batch; gives the answer for its partition. */
export async function produceTo(client: RawClient, name: string, sample: SampleBatch, index = 0) {
  const topics = [{ name, partitions: [{ index, records: [sampleBatch(sample)] }] }];
  const { topics: answers } = await client.send(produceApi, 7, { acks: -1, timeoutMs: 1_000, topics });
  return answers[0]!.partitions[0]!;
}

/** Fetches from partition 0, without waiting. */
export async function fetchAt(client: RawClient, topic: string, fetchOffset: bigint) {
  const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1_000_000 }];
  const request = { replicaId: -1, maxWaitMs: 0, minBytes: 1, topics: [{ topic, partitions }] };
  return (await client.send(fetchApi, 11, request)).responses[0]!.partitions[0]!;
}
