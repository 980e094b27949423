import { ContainerProvider, type ContainerRecipe, type ContainerSettings } from '../container';
import { DockerEngine } from '../docker';
import type { Provider } from '../provider';
import type { KafkaFacts } from './facts';
import { describeCluster } from './probe';
import { shareCluster } from './shared-cluster';

export type { ContainerSettings };

/** The image when the configuration names none. */
export const defaultKafkaImage = 'confluentinc/cp-kafka:8.1.0';

const clientPort = 9092;
const brokerPort = 9093;
const controllerPort = 9094;
/** For clients in other containers of the run, which know this one by the name of the service. */
const insidePort = 9095;
const attemptLimitMs = 5_000;
/** In memory, and on the container's own file system: every user of an image may write to /tmp. */
const memoryDirectory = '/brine';
const diskDirectory = '/tmp/brine';

/** Each image family's own entry: Confluent's, then Apache's. Both read their settings from KAFKA_* variables. */
const entries = ['/etc/confluent/docker/run', '/etc/kafka/docker/run'];

const started = /Kafka Server started/;
const version = /Kafka version: ([\w.]+)/;

/** One node that is broker and controller, and waits for nobody else before it serves groups and transactions. */
const environment: Readonly<Record<string, string>> = {
  CLUSTER_ID: 'YnJpbmUtYWNjZXB0YW5jZQ', // any 16 bytes in base64url
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_CONTROLLER_QUORUM_VOTERS: `1@localhost:${controllerPort}`,
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_LISTENERS: [
    `CLIENT://0.0.0.0:${clientPort}`,
    `BROKER://0.0.0.0:${brokerPort}`,
    `CONTROLLER://0.0.0.0:${controllerPort}`,
    `INSIDE://0.0.0.0:${insidePort}`,
  ].join(','),
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP:
    'CLIENT:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT',
  KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '1',
  KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
  KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m',
  // a third less time to start: nothing here runs long enough to repay the second compiler
  KAFKA_JVM_PERFORMANCE_OPTS: '-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.awt.headless=true',
};

/**
 * Kafka in a container: one node in KRaft mode, with its data in memory unless they are to survive a restart. Works
 * with the layouts of `confluentinc/cp-kafka` and `apache/kafka`, whatever the image's name and tag; testcontainers'
 * own `KafkaContainer` knows only the former, wants a tag that is a version, advertises the old port after a restart,
 * and does not wait for the broker.
 * @param engine give the same one to all container providers, so that it is asked only once
 */
export function kafkaContainer(
  settings: ContainerSettings,
  engine: DockerEngine = new DockerEngine(),
): Provider<KafkaFacts> {
  return new ContainerProvider(recipe(settings.testPrefix), settings, engine);
}

function recipe(testPrefix: string): ContainerRecipe<KafkaFacts> {
  return {
    service: 'kafka',
    title: 'Kafka',
    port: clientPort,
    insidePort,

    async prepare({ image, durable }, { host, port }) {
      const { GenericContainer } = await import('testcontainers');
      const directory = durable ? diskDirectory : memoryDirectory;
      const container = new GenericContainer(image)
        .withEnvironment({
          ...environment,
          KAFKA_LOG_DIRS: `${directory}/kafka`,
          KAFKA_ADVERTISED_LISTENERS: advertised(`${host}:${port}`),
        })
        .withEntrypoint(['sh'])
        .withCommand(['-c', entryScript]);
      return durable ? container : container.withTmpFs({ [memoryDirectory]: 'rw,mode=1777' });
    },

    async connect({ host, port, log }) {
      const text = await log();
      if (!started.test(text)) throw new Error(`its log has no "${started.source}" yet`);
      const brokers = [`${host}:${port}`];
      await describeCluster(brokers, attemptLimitMs);
      const told = version.exec(text)?.[1] ?? '(version not told)';
      return { provider: 'container', version: `Kafka ${told}`, brokers };
    },

    share: ({ brokers = [] }, context) => shareCluster(brokers, testPrefix, context),
  };
}

/** Transactions go through the broker's listener: from inside, the clients' address leads nowhere. */
function advertised(address: string): string {
  return `CLIENT://${address},BROKER://localhost:${brokerPort},INSIDE://kafka:${insidePort}`;
}

const entryScript = [
  ...entries.map((entry) => `if [ -x ${entry} ]; then exec ${entry}; fi`),
  `echo "neither ${entries.join(' nor ')} is in this image: it is not laid out as a Kafka image" >&2`,
  'exit 1',
].join('\n');
