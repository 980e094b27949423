import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { Connection } from './connection';
import { logDirectory } from './handlers/describe-log-dirs';
import { RebalanceNudge } from './handlers/rebalance-nudge';
import { type BrokerContext, nodeId } from './handlers/request-context';
import { type BrokerRecord, type GroupSnapshot, recordsIn, recordsOf, snapshotOf } from './inspection';
import { recordBatchContent } from './records/batch-content';
import { controlBatch } from './records/control-batch';
import type { RecordBatch } from './records/record-batch';
import { registry } from './registry';
import { BrokerConfigs } from './state/broker-configs';
import { type Clock, SystemClock } from './state/clock';
import { Groups } from './state/groups';
import { Retention } from './state/retention';
import { configProblem } from './state/topic-configs';
import { Topics } from './state/topics';
import { type EndedTransaction, Transactions } from './state/transactions';

export interface KafkaBrokerOptions {
  /** Where to listen, and what clients are told to connect to. Default 127.0.0.1. */
  host?: string;
  /** 0, the default: any free port. */
  port?: number;
  /** Whether asking for a topic's metadata creates it. Default true. */
  autoCreateTopics?: boolean;
  /** Partitions of a topic when nobody says how many. Default 1. */
  defaultPartitions?: number;
  /** No fetch waits longer for records, whatever the client asks for. Default 100. */
  maxFetchWaitMs?: number;
  /** How long an empty group waits for more members before its first generation. Default 0; Kafka's is 3000. */
  initialRebalanceDelayMs?: number;
  /** Answer waiting fetches of members with error 6 as a rebalance starts, so that kafkajs joins at once. Default true. */
  fastRebalance?: boolean;
  /**
   * The most bytes of records that are kept, in all topics together. Beyond it the oldest records of the biggest topics
   * are let go, and the log says so. Default 512 MB.
   */
  maxBytes?: number;
  /** How often old records are let go by age, and keyed topics compacted. Default 300,000 ms, which is Kafka's. */
  retentionCheckIntervalMs?: number;
  /** Time and timers. Default: those of the system, with `now`. */
  clock?: Clock;
  /** Milliseconds since the epoch. Default Date.now. */
  now?: () => number;
  /** From 0 (included) to 1 (not included). Default Math.random. */
  random?: () => number;
  /** Is told what went wrong, one line each. Default: nobody is. */
  log?: (line: string) => void;
}

export interface NewTopic {
  readonly partitions?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

const defaultMaxBytes = 512 * 2 ** 20;

/** transaction.max.timeout.ms of Kafka. */
const maxTransactionTimeoutMs = 900_000;

/** A Kafka broker in this process, which speaks the real protocol on a real port and keeps everything in memory. */
export class KafkaBroker implements AsyncDisposable {
  /** host:port, for a client's list of brokers. */
  readonly address: string;
  readonly #server: Server;
  readonly #connections: Set<Connection>;
  readonly #context: BrokerContext;
  readonly #clock: Clock & Partial<Disposable>;
  readonly #log: (line: string) => void;

  private constructor(
    server: Server,
    connections: Set<Connection>,
    context: BrokerContext,
    clock: Clock & Partial<Disposable>,
    log: (line: string) => void,
  ) {
    this.#server = server;
    this.#connections = connections;
    this.#context = context;
    this.#clock = clock;
    this.#log = log;
    this.address = `${context.host}:${context.port}`;
  }

  /** Resolves when clients can connect. @throws when the address cannot be listened on; the message names it */
  static async start(options: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
    const { host = '127.0.0.1', port: wantedPort = 0, log = () => {} } = options;
    const clock = options.clock ?? new SystemClock(options.now ?? Date.now);
    const connections = new Set<Connection>();
    const server = createServer();
    const port = await listen(server, host, wantedPort);
    const context = createContext(options, clock, host, port);
    server.on('connection', (socket: Socket) => {
      const connection = new Connection(socket, context, log);
      connections.add(connection);
      socket.on('close', () => connections.delete(connection));
    });
    server.on('error', (error) => log(`kafka-broker: ${error.message}`));
    return new KafkaBroker(server, connections, context, clock, log);
  }

  /**
   * @param configs settings of the topic, as Kafka names them: `{ 'cleanup.policy': 'compact' }`
   * @throws when there is such a topic already, the name or a setting is not valid, or the count is below 1
   */
  createTopic(
    name: string,
    { partitions = this.#context.settings.defaultPartitions, configs = {} }: NewTopic = {},
  ): void {
    if (!Topics.isValidName(name)) throw new Error(`"${name}" is no valid name for a topic`);
    if (this.#context.topics.get(name)) throw new Error(`there is a topic "${name}" already`);
    if (!Number.isInteger(partitions) || partitions < 1)
      throw new Error(`a topic with ${partitions} partitions`);
    const settings = new Map(Object.entries(configs));
    const problem = configProblem(settings);
    if (problem !== null) throw new Error(`topic "${name}": ${problem}`);
    this.#context.topics.create(name, partitions, settings);
  }

  /**
   * Compacts all partitions of the topic now, whatever its cleanup.policy, and to its end: a real broker leaves the
   * newest segment alone. The last record always stays. Tombstones stay for delete.retention.ms.
   * @throws when there is no such topic
   */
  compact(name: string): void {
    const topic = this.#context.topics.get(name);
    if (!topic) throw new Error(`there is no topic "${name}"`);
    this.#context.retention.compact(topic);
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
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const connection of this.#connections) connection.destroy();
    await closed;
    this.#clock[Symbol.dispose]?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new Error(`the Kafka broker cannot listen on ${host}:${port}: ${cause.message}`, { cause }));
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}

function createContext(options: KafkaBrokerOptions, clock: Clock, host: string, port: number): BrokerContext {
  const topics = new Topics<RecordBatch>();
  const groups = new Groups({
    clock,
    initialRebalanceDelayMs: options.initialRebalanceDelayMs ?? 0,
    newMemberId: (clientId) => `${clientId}-${uuid(options.random)}`,
  });
  const transactions = new Transactions({
    clock,
    maxTimeoutMs: maxTransactionTimeoutMs,
    onEnd: (ended) => carryOut(ended, topics, groups, clock),
  });
  const configs = new BrokerConfigs(fixedConfigs(options));
  const retention = new Retention({
    topics,
    clock,
    content: recordBatchContent,
    settingsOf: (topic) => configs.settingsOf(topic),
    maxBytes: options.maxBytes ?? defaultMaxBytes,
    checkIntervalMs: options.retentionCheckIntervalMs ?? 300_000,
    log: options.log ?? (() => {}),
  });
  return {
    configs,
    retention,
    clusterId: 'brine-embedded-broker0',
    clock,
    topics,
    groups,
    transactions,
    nudge: new RebalanceNudge(),
    settings: {
      autoCreateTopics: options.autoCreateTopics ?? true,
      defaultPartitions: options.defaultPartitions ?? 1,
      maxFetchWaitMs: options.maxFetchWaitMs ?? 100,
      fastRebalance: options.fastRebalance ?? true,
    },
    host,
    port,
    supportedApis: [...registry.values()],
  };
}

/** What cannot be changed while the broker runs, under the names that Kafka gives it. */
function fixedConfigs(options: KafkaBrokerOptions): Map<string, string> {
  const values = {
    'auto.create.topics.enable': options.autoCreateTopics ?? true,
    'broker.id': nodeId,
    'default.replication.factor': 1,
    'delete.topic.enable': true,
    'group.initial.rebalance.delay.ms': options.initialRebalanceDelayMs ?? 0,
    'log.dirs': logDirectory,
    'log.retention.check.interval.ms': options.retentionCheckIntervalMs ?? 300_000,
    'max.incremental.fetch.session.cache.slots': 1_000,
    'node.id': nodeId,
    'num.partitions': options.defaultPartitions ?? 1,
    'offsets.topic.num.partitions': 50,
    'transaction.max.timeout.ms': maxTransactionTimeoutMs,
  };
  return new Map(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/** The end of a transaction: a marker in each partition it wrote to, and its offsets settled. */
function carryOut(ended: EndedTransaction, topics: Topics<RecordBatch>, groups: Groups, clock: Clock): void {
  const { outcome, producerId, producerEpoch } = ended;
  for (const { topic, partition } of ended.partitions) {
    const marker = controlBatch(outcome, producerId, producerEpoch, clock.now());
    topics.endTransaction(topic, partition, marker, outcome);
  }
  for (const groupId of ended.groups) groups.get(groupId)?.offsets.endTransaction(producerId, outcome);
}

/** Random enough for member ids, and the same again when the randomness passed in is. */
function uuid(random: (() => number) | undefined): string {
  if (!random) return randomUUID();
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
