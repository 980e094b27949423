import { KafkaBroker } from '../../support/kafka-broker';
import { registry } from '../../support/kafka-broker/registry';
import { apiVersionsApi } from '../../support/kafka-broker/wire/messages/api-versions';
import { createTopicsApi } from '../../support/kafka-broker/wire/messages/create-topics';
import { findCoordinatorApi } from '../../support/kafka-broker/wire/messages/find-coordinator';
import { initProducerIdApi } from '../../support/kafka-broker/wire/messages/init-producer-id';
import { listOffsetsApi } from '../../support/kafka-broker/wire/messages/list-offsets';
import { offsetFetchApi } from '../../support/kafka-broker/wire/messages/offset-fetch';
import { RawClient } from '../kafka-broker/raw-client';
import { RealKafka } from './real-kafka';

interface Versioned {
  readonly key: number;
  readonly versions: readonly [number, number];
}

export type Kind = 'embedded' | 'real';

/** The broker that a check runs against: the embedded one or a real Kafka. Checks do not ask which. */
export class Target implements AsyncDisposable {
  readonly kind: Kind;
  readonly address: string;
  readonly #broker: AsyncDisposable;
  readonly #offered: ReadonlyMap<number, readonly [number, number]>;
  #names = 0;

  private constructor(
    kind: Kind,
    broker: AsyncDisposable & { readonly address: string },
    offered: ReadonlyMap<number, readonly [number, number]>,
  ) {
    this.kind = kind;
    this.address = broker.address;
    this.#broker = broker;
    this.#offered = offered;
  }

  /** The embedded broker, without the two things that it does quicker than Kafka: see docs/kafka-broker.md. */
  static async embedded(): Promise<Target> {
    const broker = await KafkaBroker.start({ maxFetchWaitMs: 60_000, fastRebalance: false });
    return new Target('embedded', broker, await offeredBy(broker.address));
  }

  /** A real Kafka, with the classic consumer protocol alone: the embedded broker has no other. */
  static async real(jars: string): Promise<Target> {
    const kafka = await RealKafka.start(jars, { 'group.coordinator.rebalance.protocols': 'classic' });
    const target = new Target('real', kafka, await offeredBy(kafka.address, true));
    await warmUp(kafka.address);
    return target;
  }

  /** The versions of an API that both the embedded broker and this target offer. */
  versions({ key, versions: [lowest, highest] }: Versioned): number[] {
    const [ownLowest, ownHighest] = this.#offered.get(key) ?? [0, -1];
    const first = Math.max(lowest, ownLowest);
    return Array.from(
      { length: Math.max(0, Math.min(highest, ownHighest) - first + 1) },
      (_, at) => first + at,
    );
  }

  /** The keys of all APIs that this target offers. */
  get keys(): number[] {
    return [...this.#offered.keys()];
  }

  /** The lowest version that this target offers. */
  lowest({ key }: Versioned): number | undefined {
    return this.#offered.get(key)?.[0];
  }

  /**
   * What to expect where both differ.
   * @param id of the row in docs/kafka-broker.md that gives the reason
   */
  differs<T>(_id: string, expected: Readonly<Record<Kind, T>>): T {
    return expected[this.kind];
  }

  /** A name that no other check uses. */
  name(what = 'name'): string {
    return `${what}-${++this.#names}`;
  }

  connect(): Promise<RawClient> {
    return RawClient.connect(this.address);
  }

  /** A new topic, ready to be written to. */
  async topic(partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    return this.topicCalled(this.name('topic'), partitions, configs);
  }

  /** The same, with a name that was chosen. */
  async topicCalled(
    name: string,
    partitions = 1,
    configs: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    using client = await this.connect();
    const wanted = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
    const topic = { name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs: wanted };
    const answer = await client.send(createTopicsApi, 4, {
      topics: [topic],
      timeoutMs: 30_000,
      validateOnly: false,
    });
    if (answer.topics[0]?.errorCode !== 0)
      throw new Error(`creating ${name}: ${JSON.stringify(answer.topics)}`);
    await isServed(client, name, partitions);
    return name;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#broker[Symbol.asyncDispose]());
  }
}

/** A real Kafka 4 lists Produce 0 to 2, for the sake of old librdkafkas, and refuses them (KIP-896). */
const listedOnly = new Map([[0, 3]]);

async function offeredBy(address: string, isReal = false): Promise<Map<number, readonly [number, number]>> {
  using client = await RawClient.connect(address);
  const { apiKeys } = await client.send(apiVersionsApi, 2, {});
  const lowest = (key: number, listed: number) => (isReal ? (listedOnly.get(key) ?? listed) : listed);
  return new Map(
    apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [lowest(apiKey, minVersion), maxVersion]]),
  );
}

/** Real Kafka answers before the new leader serves. Asking again until it does is what clients do. */
async function isServed(client: RawClient, name: string, count: number): Promise<void> {
  const partitions = Array.from({ length: count }, (_, partitionIndex) => ({
    partitionIndex,
    timestamp: -1n,
  }));
  await answered(async () => {
    const { topics } = await client.send(listOffsetsApi, 1, {
      replicaId: -1,
      topics: [{ name, partitions }],
    });
    return topics.every((topic) => topic.partitions.every(({ errorCode }) => errorCode === 0));
  });
}

/** The coordinators of a fresh Kafka make their topics first. */
async function warmUp(address: string): Promise<void> {
  using client = await RawClient.connect(address);
  const group = { key: 'warm-up', keyType: 0 };
  await answered(async () => (await client.send(findCoordinatorApi, 2, group)).errorCode === 0);
  const offsets = { groupId: 'warm-up', topics: [] };
  await answered(async () => (await client.send(offsetFetchApi, 5, offsets)).errorCode === 0);
  await answered(
    async () => (await client.send(findCoordinatorApi, 2, { ...group, keyType: 1 })).errorCode === 0,
  );
  const producer = { transactionalId: 'warm-up', transactionTimeoutMs: 60_000 };
  await answered(async () => (await client.send(initProducerIdApi, 1, producer)).errorCode === 0);
}

/** Asks again until it is so, for 30 s. */
export async function answered(ask: () => Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(30_000);
  while (!(await ask())) deadline.throwIfAborted();
}

/** Every API that the embedded broker offers. */
export const offeredApis: readonly Versioned[] = [...registry.values()];
