import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaBroker } from '../../support/kafka-broker';
import { createTopicsApi } from '../../support/kafka-broker/wire/messages/create-topics';
import { metadataApi } from '../../support/kafka-broker/wire/messages/metadata';
import { RawClient } from '../kafka-broker/raw-client';
import { freePorts, prepare, spawnServer, started } from './real-kafka';
import { answered, type Kind } from './target';

interface Nodes extends AsyncDisposable {
  /** Where the nodes 1 to 3 are. */
  readonly addresses: readonly string[];
  stop(node: number): Promise<void>;
  start(node: number): Promise<void>;
}

/** Three brokers: of the embedded one, or processes of a real Kafka, of which the first is the controller, too. */
export class ClusterTarget implements AsyncDisposable {
  readonly kind: Kind;
  readonly #nodes: Nodes;
  #names = 0;

  constructor(kind: Kind, nodes: Nodes) {
    this.kind = kind;
    this.#nodes = nodes;
  }

  static async embedded(): Promise<ClusterTarget> {
    const broker = await KafkaBroker.start({ brokers: 3, maxFetchWaitMs: 60_000, fastRebalance: false });
    return new ClusterTarget('embedded', {
      addresses: broker.address.split(','),
      stop: (node) => broker.stopBroker(node),
      start: (node) => broker.startBroker(node),
      [Symbol.asyncDispose]: () => broker.close(),
    });
  }

  static async real(jars: string): Promise<ClusterTarget> {
    return new ClusterTarget('real', await RealNodes.start(jars));
  }

  /** What to expect where both differ: the id is of the row in docs/kafka-broker.md that gives the reason. */
  differs<T>(_id: string, expected: Readonly<Record<Kind, T>>): T {
    return expected[this.kind];
  }

  /** A name that no other check uses. */
  name(what = 'name'): string {
    return `${what}-${++this.#names}`;
  }

  connect(node: number): Promise<RawClient> {
    return RawClient.connect(this.#nodes.addresses[node - 1] ?? '');
  }

  stop(node: number): Promise<void> {
    return this.#nodes.stop(node);
  }

  start(node: number): Promise<void> {
    return this.#nodes.start(node);
  }

  /** A new topic with its replicas where they are wanted, partition by partition; all in sync. */
  async topic(
    replicas: ReadonlyArray<readonly number[]>,
    configs: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const name = this.name('topic');
    using client = await this.connect(1);
    const assignments = replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }));
    const settings = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
    const topic = { name, numPartitions: -1, replicationFactor: -1, assignments, configs: settings };
    const { topics } = await client.send(createTopicsApi, 4, { topics: [topic], timeoutMs: 30_000 });
    if (topics[0]?.errorCode !== 0) throw new Error(`creating ${name}: ${JSON.stringify(topics)}`);
    for (const node of [1, 2, 3]) {
      await this.sees(node, name, (partitions) =>
        partitions.every(({ isrNodes }, index) => isrNodes.length === replicas[index]?.length),
      );
    }
    return name;
  }

  /** What a node tells of a topic's partitions, in order. */
  async partitions(node: number, name: string) {
    using client = await this.connect(node);
    const request = { topics: [{ name }], allowAutoTopicCreation: false };
    const { topics } = await client.send(metadataApi, 9, request);
    return (topics[0]?.partitions ?? []).sort((a, b) => a.partitionIndex - b.partitionIndex);
  }

  /** Waits until a node tells so. A real Kafka's learn of changes a moment later, each by itself. */
  async sees(
    node: number,
    name: string,
    isSo: (partitions: Awaited<ReturnType<ClusterTarget['partitions']>>) => boolean,
  ): Promise<void> {
    await answered(async () => {
      const partitions = await this.partitions(node, name);
      return partitions.length > 0 && isSo(partitions);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#nodes[Symbol.asyncDispose]());
  }
}

const ids = [1, 2, 3] as const;

class RealNodes implements Nodes {
  readonly addresses: readonly string[];
  readonly #jars: string;
  readonly #folder: string;
  readonly #running = new Map<number, ChildProcess>();

  private constructor(jars: string, folder: string, addresses: readonly string[]) {
    this.#jars = jars;
    this.#folder = folder;
    this.addresses = addresses;
  }

  static async start(jars: string): Promise<RealNodes> {
    const folder = await mkdtemp(join(tmpdir(), 'brine-real-cluster-'));
    const [controller, ...ports] = await freePorts(1 + ids.length);
    const addresses = ports.map((port) => `127.0.0.1:${port}`);
    const nodes = new RealNodes(jars, folder, addresses);
    try {
      for (const id of ids) {
        const settings = settingsOf(id, addresses, `127.0.0.1:${controller}`, folder);
        await prepare(jars, nodes.#file(id), settings);
      }
      await Promise.all(ids.map((id) => nodes.start(id)));
    } catch (error) {
      await nodes[Symbol.asyncDispose]();
      throw error;
    }
    return nodes;
  }

  async start(node: number): Promise<void> {
    const child = spawnServer(this.#jars, this.#file(node), '256M');
    this.#running.set(node, child);
    await started(child);
  }

  /** As an administrator does it: the node hands over first. */
  stop(node: number): Promise<void> {
    return this.#end(node, 'SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(ids.map((id) => this.#end(id, 'SIGKILL')));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #end(node: number, signal: NodeJS.Signals): Promise<void> {
    const child = this.#running.get(node);
    this.#running.delete(node);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  #file(node: number): string {
    return join(this.#folder, `node-${node}.properties`);
  }
}

function settingsOf(
  id: number,
  addresses: readonly string[],
  controller: string,
  folder: string,
): Record<string, string> {
  const listener = `PLAINTEXT://${addresses[id - 1]}`;
  const isController = id === ids[0];
  return {
    'node.id': String(id),
    'process.roles': isController ? 'broker,controller' : 'broker',
    listeners: isController ? `${listener},CONTROLLER://${controller}` : listener,
    'advertised.listeners': listener,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'controller.quorum.voters': `${ids[0]}@${controller}`,
    'offsets.topic.replication.factor': '3',
    'offsets.topic.num.partitions': '3',
    'auto.leader.rebalance.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    'group.coordinator.rebalance.protocols': 'classic',
    'log.dirs': join(folder, `data-${id}`),
  };
}
