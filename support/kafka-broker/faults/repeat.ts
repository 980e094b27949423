import type { RequestContext } from '../handlers/request-context';
import { RecordBatch } from '../records/record-batch';
import type { Values } from '../wire/item-identity';
import type { Hit } from './inject';

interface Produced {
  readonly topics: ReadonlyArray<{ name: string; partitions: ReadonlyArray<{ index: number }> }>;
}

interface Fetched {
  readonly responses: ReadonlyArray<{
    readonly topic: string;
    readonly partitions: ReadonlyArray<{
      readonly partitionIndex: number;
      readonly records: readonly Buffer[];
    }>;
  }>;
}

type Concerns = (topic: string, partition: number) => boolean;

/** Does a Produce or Fetch so that its records are there `times` times. */
export function repeated(times: number, hit: Hit): Promise<unknown> {
  const { topic, partition } = hit.rule;
  const concerns: Concerns = (name, index) => (topic ?? name) === name && (partition ?? index) === index;
  return 'acks' in (hit.request as Values)
    ? producedAgain(times, hit, concerns)
    : fetchedAgain(times, hit, concerns);
}

/** The answer tells the offset of the first copy, as if there was no other. Copies do not count as duplicates. */
async function producedAgain(
  times: number,
  { api, request, context }: Hit,
  concerns: Concerns,
): Promise<unknown> {
  const before = (request as Produced).topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ index }) => concerns(name, index))
      .map(({ index }) => ({
        name,
        index,
        end: context.broker.topics.partition(name, index)?.endOffset ?? 0n,
      })),
  );
  const response = await api.handle(request, context);
  for (const { name, index, end } of before) appendCopies(context, name, index, end, times - 1);
  return response;
}

function appendCopies(
  { broker }: RequestContext,
  topic: string,
  index: number,
  from: bigint,
  copies: number,
): void {
  const log = broker.topics.partition(topic, index);
  const [appended] = log?.read(from, log.endOffset, 0, true) ?? [];
  if (!log || !appended) return;
  for (let copy = 0; copy < copies; copy++) {
    broker.topics.append(topic, index, log, new RecordBatch(Buffer.from(appended.batch.bytes)));
  }
}

/** The same batches, with the same offsets, one after the other in one answer. */
async function fetchedAgain(
  times: number,
  { api, request, context }: Hit,
  concerns: Concerns,
): Promise<unknown> {
  const response = (await api.handle(request, context)) as Fetched;
  const responses = response.responses.map(({ topic, partitions, ...rest }) => ({
    ...rest,
    topic,
    partitions: partitions.map((partition) => {
      if (!concerns(topic, partition.partitionIndex)) return partition;
      return { ...partition, records: Array.from({ length: times }, () => partition.records).flat() };
    }),
  }));
  return { ...response, responses };
}
