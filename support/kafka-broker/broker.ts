import type { Server, Socket } from 'node:net';
import { createContext } from './broker-context';
import type { KafkaBrokerOptions, NewTopicOptions } from './broker-options';
import { checkOptions, maxPartitions } from './check-options';
import { Connection } from './connection';
import type { Faults } from './faults/faults';
import { createTopic } from './handlers/new-topic';
import type { BrokerContext } from './handlers/request-context';
import {
  type BrokerRecord,
  type GroupSnapshot,
  type PartitionSnapshot,
  partitionsOf,
  recordsIn,
  recordsOf,
  snapshotOf,
} from './inspection';
import { NodeListener } from './node-listener';
import type { RecordBatch } from './records/record-batch';
import { type Clock, SystemClock } from './state/clock';
import type { Group } from './state/group';
import type { GroupMember } from './state/group-member';
import type { Node } from './state/nodes';
import type { PartitionLog } from './state/partition-log';
import { configProblem } from './state/topic-configs';
import { type Topic, Topics } from './state/topics';

/** One broker of the cluster. */
export interface BrokerNode {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly running: boolean;
}

/**
 * A Kafka cluster in this process: one broker or several, which speak the real protocol on real ports and keep
 * everything in memory, together.
 */
export class KafkaBroker implements AsyncDisposable {
  /** What goes wrong on command. */
  readonly faults: Pick<Faults, 'add' | 'clear' | 'all'>;
  readonly #listeners: readonly NodeListener[];
  readonly #context: BrokerContext;
  readonly #clock: Clock & Partial<Disposable>;
  readonly #log: (line: string) => void;

  private constructor(
    listeners: readonly NodeListener[],
    context: BrokerContext,
    clock: Clock & Partial<Disposable>,
    log: (line: string) => void,
  ) {
    this.#listeners = listeners;
    this.faults = context.faults;
    this.#context = context;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Resolves when clients can connect.
   * @throws when an address cannot be listened on, or for an option that does not exist or cannot be: the message names it
   */
  static async start(options: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
    const { port = 0 } = options;
    const broker = KafkaBroker.#make(options);
    const opened = await Promise.allSettled(
      broker.#listeners.map((listener, index) => listener.open(port === 0 ? 0 : port + index)),
    );
    const failure = opened.find(({ status }) => status === 'rejected');
    if (failure) await broker.close();
    if (failure?.status === 'rejected') throw failure.reason;
    return broker;
  }

  /**
   * One broker at the port of a server that listens on 127.0.0.1 already, and is the broker's from then on.
   * @param server has no handler of connections yet
   * @throws when the server does not listen
   */
  static over(server: Server): KafkaBroker {
    const broker = KafkaBroker.#make({});
    for (const listener of broker.#listeners) listener.adopt(server);
    return broker;
  }

  static #make(options: KafkaBrokerOptions): KafkaBroker {
    const { log = () => {} } = options;
    checkOptions(options);
    const clock = options.clock ?? new SystemClock(options.now ?? Date.now);
    const context = createContext(options, clock);
    const accept = (socket: Socket, node: Node) => new Connection(socket, node, context, log);
    const listeners = context.cluster.nodes
      .all()
      .map((each) => new NodeListener(each, accept, log, options.tls));
    return new KafkaBroker(listeners, context, clock, log);
  }

  /** host:port of each broker, separated by commas, for a client's list of brokers. */
  get address(): string {
    return this.brokers.map(({ host, port }) => `${host}:${port}`).join(',');
  }

  /** The brokers of the cluster, by id. */
  get brokers(): BrokerNode[] {
    return this.#listeners.map(({ node: { id, host, port, isRunning: running } }) => {
      return { id, host, port, running };
    });
  }

  /**
   * Ends the connections of a broker, and accepts no more. Its partitions and groups go to brokers that run.
   * @throws when there is no such broker. Does nothing when it does not run
   */
  async stopBroker(id: number): Promise<void> {
    const listener = this.#listenerOf(id);
    if (listener.node.isRunning) this.#context.cluster.nodeStopped(listener.node);
    await listener.close();
  }

  /**
   * Lets a stopped broker listen on its port again. It leads what nobody led, and else nothing until it is given it.
   * @throws when there is no such broker, or its port was taken. Does nothing when it runs
   */
  async startBroker(id: number): Promise<void> {
    const listener = this.#listenerOf(id);
    if (listener.node.isRunning) return;
    await listener.open(listener.node.port);
    this.#context.cluster.nodeStarted(listener.node);
  }

  /** The partitions of a topic: who leads them, since which epoch, and who has them. @throws when there is no such topic */
  partitions(topic: string): PartitionSnapshot[] {
    return partitionsOf(this.#topic(topic), this.#context.cluster.nodes);
  }

  /** Lets another of the partition's replicas lead it. @throws when it is none, or does not run */
  moveLeader(topic: string, partition: number, id: number): void {
    const log = this.#partition(topic, partition);
    const { node } = this.#listenerOf(id);
    if (!node.isRunning) throw new Error(`broker ${id} does not run`);
    if (!log.leadership.replicas.includes(id)) {
      const { replicas } = log.leadership;
      throw new Error(
        `broker ${id} is no replica of ${topic}/${partition}; these are: ${replicas.join(', ')}`,
      );
    }
    if (log.leadership.leader !== id) this.#context.cluster.lead(log, id);
  }

  /** The id of the broker that coordinates the group, which need not exist yet. -1 when none runs. */
  coordinatorOf(groupId: string): number {
    return this.#context.cluster.coordinators.of('group', groupId);
  }

  /** Lets another broker coordinate the group, until it stops. @throws when there is no such broker, or it does not run */
  moveCoordinator(groupId: string, id: number): void {
    const { node } = this.#listenerOf(id);
    if (!node.isRunning) throw new Error(`broker ${id} does not run`);
    this.#context.cluster.moveCoordinator('group', groupId, id);
  }

  /** Makes all members of the group join again. @throws when it has none */
  forceRebalance(groupId: string): void {
    this.#group(groupId).forceRebalance();
  }

  /** Removes a member, as an administrator would. @param member its id, or its instance id. @throws when there is none */
  evictMember(groupId: string, member: string): void {
    this.#group(groupId).expel(this.#member(groupId, member));
  }

  /** Ends the session of a member as if it had been silent for too long. @throws as {@link evictMember} */
  expireSession(groupId: string, member: string): void {
    this.#group(groupId).expel(this.#member(groupId, member));
  }

  /**
   * Sets the committed offsets of a group, for all partitions of the topic or for one. Its members are removed, so that
   * they come back and begin there; what they commit before is refused.
   * @throws when there is no such group, topic or partition
   */
  rewindGroup(groupId: string, topic: string, offset: bigint, partition?: number): void {
    const group = this.#group(groupId);
    const { partitions } = this.#topic(topic);
    if (partition !== undefined) this.#partition(topic, partition);
    for (const member of group.members) group.expel(member);
    for (const each of partition === undefined ? partitions.keys() : [partition]) {
      group.offsets.commit({ topic, partition: each, offset, leaderEpoch: -1, metadata: '' });
    }
  }

  /** Raises the epoch of a transactional id, as a second producer would: what is open is aborted. @throws when it is unknown */
  fence(transactionalId: string): void {
    if (!this.#context.transactions.fence(transactionalId)) {
      throw new Error(`no producer has the transactional id "${transactionalId}"`);
    }
  }

  /**
   * @throws when there is such a topic already, the name or a setting is not valid, or a count is not possible
   */
  createTopic(name: string, options: NewTopicOptions = {}): void {
    const { partitions, replicationFactor } = options;
    const { topics, cluster } = this.#context;
    if (!Topics.isValidName(name)) throw new Error(`"${name}" is no valid name for a topic`);
    if (topics.get(name)) throw new Error(`there is a topic "${name}" already`);
    if (partitions !== undefined && !isCount(partitions, maxPartitions)) {
      throw new Error(`a topic with ${partitions} partitions, where 1 to ${maxPartitions} can be`);
    }
    if (replicationFactor !== undefined && !isCount(replicationFactor, cluster.nodes.count)) {
      throw new Error(`a replication factor of ${replicationFactor}, with ${cluster.nodes.count} brokers`);
    }
    const configs = new Map(Object.entries(options.configs ?? {}));
    const problem = configProblem(configs);
    if (problem !== null) throw new Error(`topic "${name}": ${problem}`);
    createTopic(this.#context, name, { partitions, replicationFactor, configs });
  }

  /**
   * Compacts all partitions of the topic now, whatever its cleanup.policy, and to its end: a real broker leaves the
   * newest segment alone. The last record always stays. Tombstones stay for delete.retention.ms.
   * @throws when there is no such topic
   */
  compact(name: string): void {
    this.#context.retention.compact(this.#topic(name));
  }

  /** What happens every `retentionCheckIntervalMs`, now: old records go, and keyed topics are compacted where it is due. */
  applyRetention(): void {
    this.#context.retention.check();
  }

  /** @throws when there is no such topic */
  deleteTopic(name: string): void {
    if (!this.#context.topics.delete(name)) throw new Error(`there is no topic "${name}"`);
    this.#context.groups.forgetTopic(name);
  }

  topics(): Array<{ name: string; partitions: number }> {
    return this.#context.topics
      .all()
      .map(({ name, partitions }) => ({ name, partitions: partitions.length }));
  }

  /** For every partition of every topic, the offset which its next record will get. */
  endOffsets(): Array<{ topic: string; partition: number; offset: bigint }> {
    return this.#context.topics
      .all()
      .flatMap(({ name, partitions }) =>
        partitions.map(({ endOffset }, partition) => ({ topic: name, partition, offset: endOffset })),
      );
  }

  /**
   * The records of a topic, of all partitions, in the order in which they were appended. Records of transactions that
   * are open or were aborted are left out, and so are batches compressed with snappy or lz4 (the log says so).
   * @param from leaves out lower offsets, in whichever partition
   */
  records(topic: string, from = 0n): BrokerRecord[] {
    return recordsOf(this.#context.topics, topic, from, this.#log);
  }

  /**
   * Calls the listener for each record as it is appended; for those of a transaction, as it is committed. What the
   * listener throws is logged.
   * @returns ends the observation
   */
  observe(listener: (record: BrokerRecord) => void): () => void {
    return this.#context.topics.visible.subscribe((visible) => {
      for (const record of recordsIn(visible, this.#log)) {
        try {
          listener(record);
        } catch (error) {
          this.#log(`kafka-broker: an observer failed on ${record.topic}: ${error}`);
        }
      }
    });
  }

  groups(): GroupSnapshot[] {
    return this.#context.groups.all().map((group) => snapshotOf(group, this.#context.topics));
  }

  /** Ends all connections at once, and all timers. May be called again. */
  async close(): Promise<void> {
    this.#context.retention[Symbol.dispose]();
    this.#clock[Symbol.dispose]?.();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    this.#clock[Symbol.dispose]?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #listenerOf(id: number): NodeListener {
    const listener = this.#listeners.find(({ node }) => node.id === id);
    if (listener) return listener;
    const ids = this.#listeners.map(({ node }) => node.id);
    throw new Error(`there is no broker ${id}; there are: ${ids.join(', ')}`);
  }

  #group(groupId: string): Group {
    const group = this.#context.groups.get(groupId);
    if (!group) throw new Error(`there is no group "${groupId}"`);
    return group;
  }

  #member(groupId: string, id: string): GroupMember {
    const { members } = this.#group(groupId);
    const found = members.find(({ memberId, groupInstanceId }) => memberId === id || groupInstanceId === id);
    if (found) return found;
    const ids = members.map(({ memberId }) => memberId).join(', ');
    throw new Error(`group "${groupId}" has no member "${id}"; there are: ${ids === '' ? 'none' : ids}`);
  }

  #topic(name: string): Topic<RecordBatch> {
    const topic = this.#context.topics.get(name);
    if (!topic) throw new Error(`there is no topic "${name}"`);
    return topic;
  }

  #partition(name: string, index: number): PartitionLog<RecordBatch> {
    const { partitions } = this.#topic(name);
    const log = partitions[index];
    if (!log) throw new Error(`topic "${name}" has no partition ${index}, but ${partitions.length} of them`);
    return log;
  }
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}
