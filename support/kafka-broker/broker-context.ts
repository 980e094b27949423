import { randomUUID } from 'node:crypto';
import type { KafkaBrokerOptions } from './broker-options';
import { Faults } from './faults/faults';
import { logDirectory } from './handlers/describe-log-dirs';
import { RebalanceNudge } from './handlers/rebalance-nudge';
import type { BrokerContext } from './handlers/request-context';
import { recordBatchContent } from './records/batch-content';
import { controlBatch } from './records/control-batch';
import type { RecordBatch } from './records/record-batch';
import { registry } from './registry';
import { mechanisms, type SaslSettings } from './sasl/session';
import { Acls } from './state/acls';
import { BrokerConfigs } from './state/broker-configs';
import type { Clock } from './state/clock';
import { Cluster } from './state/cluster';
import { Credentials } from './state/credentials';
import { FetchSessions } from './state/fetch-sessions';
import { Groups } from './state/groups';
import { Nodes } from './state/nodes';
import { defaultReplicationFactor } from './state/placement';
import { Retention } from './state/retention';
import { Topics } from './state/topics';
import { type EndedTransaction, Transactions } from './state/transactions';
import { idsOfTopics } from './uuid';

/** max.incremental.fetch.session.cache.slots of Kafka. */
const fetchSessionSlots = 1_000;

const defaultMaxBytes = 512 * 2 ** 20;

/** transaction.max.timeout.ms of Kafka. */
const maxTransactionTimeoutMs = 900_000;

/** The state that all nodes of a new cluster share. */
export function createContext(options: KafkaBrokerOptions, clock: Clock): BrokerContext {
  const random = options.random ?? Math.random;
  const credentials = new Credentials();
  const topics = new Topics<RecordBatch>(idsOfTopics(options.random === undefined));
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
  const nodes = new Nodes(options.host ?? '127.0.0.1', options.brokers ?? 1);
  const configs = new BrokerConfigs(fixedConfigs(options, nodes));
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
    acls: options.acls === true ? new Acls(options.superUsers) : undefined,
    credentials,
    sasl: saslSettings(options, credentials, clock, random),
    fetchSessions: new FetchSessions({
      clock,
      random: options.random ?? Math.random,
      slots: fetchSessionSlots,
    }),
    clusterId: 'brine-embedded-broker0',
    clock,
    topics,
    groups,
    transactions,
    cluster: new Cluster(nodes, topics, groups),
    faults: new Faults({ apis: registry, nodes: nodes.all().map(({ id }) => id) }, random),
    random,
    nudge: new RebalanceNudge(),
    settings: {
      autoCreateTopics: options.autoCreateTopics ?? true,
      defaultPartitions: options.defaultPartitions ?? 1,
      maxFetchWaitMs: options.maxFetchWaitMs ?? 100,
      fastRebalance: options.fastRebalance ?? true,
    },
    supportedApis: [...registry.values()],
  };
}

/** @throws for a mechanism that does not exist */
function saslSettings(
  { sasl }: KafkaBrokerOptions,
  credentials: Credentials,
  clock: Clock,
  random: () => number,
): SaslSettings | undefined {
  if (sasl === undefined) return undefined;
  const offered = sasl.mechanisms ?? mechanisms;
  const unknown = offered.find((mechanism) => !mechanisms.includes(mechanism));
  if (unknown !== undefined) {
    throw new Error(`there is no SASL mechanism "${unknown}"; there are: ${mechanisms.join(', ')}`);
  }
  for (const [user, password] of Object.entries(sasl.users ?? {})) {
    const salt = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)));
    credentials.add(user, password, salt);
  }
  const sessionLifetimeMs = sasl.sessionLifetimeMs ?? 0;
  return { credentials, mechanisms: offered, sessionLifetimeMs, now: () => clock.now(), random };
}

/** What cannot be changed while the broker runs, under the names that Kafka gives it. */
function fixedConfigs(options: KafkaBrokerOptions, nodes: Nodes): Map<string, string> {
  const values = {
    'auto.create.topics.enable': options.autoCreateTopics ?? true,
    'default.replication.factor': defaultReplicationFactor(nodes),
    'delete.topic.enable': true,
    'group.initial.rebalance.delay.ms': options.initialRebalanceDelayMs ?? 0,
    'log.dirs': logDirectory,
    'log.retention.check.interval.ms': options.retentionCheckIntervalMs ?? 300_000,
    'max.incremental.fetch.session.cache.slots': fetchSessionSlots,
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
