import type { GenericContainer, StartedTestContainer } from 'testcontainers';
import { ContainerProvider, type ContainerRecipe, type ContainerSettings } from '../container';
import { DockerEngine } from '../docker';
import type { Provider } from '../provider';
import type { KafkaFacts } from './facts';
import { describeCluster } from './probe';

export type { ContainerSettings };

/** The image when the configuration names none. */
export const defaultKafkaImage = 'confluentinc/cp-kafka:8.1.0';

const clientPort = 9092;
const brokerPort = 9093;
const controllerPort = 9094;
const attemptLimitMs = 5_000;
const starter = '/tmp/brine-start.sh';
/** Copied after the starter, so that the container does not read half of it. */
const starterIsThere = '/tmp/brine-start';

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
  KAFKA_LISTENERS: `CLIENT://0.0.0.0:${clientPort},BROKER://0.0.0.0:${brokerPort},CONTROLLER://0.0.0.0:${controllerPort}`,
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CLIENT:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
  KAFKA_LOG_DIRS: '/brine/kafka',
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
 * Kafka in a container: one node in KRaft mode, with its data in memory. Works with the layouts of
 * `confluentinc/cp-kafka` and `apache/kafka`, whatever the image's name and tag; testcontainers' own
 * `KafkaContainer` knows only the former, wants a tag that is a version, and does not wait for the broker.
 * @param engine give the same one to all container providers, so that it is asked only once
 */
export function kafkaContainer(
  settings: ContainerSettings,
  engine: DockerEngine = new DockerEngine(),
): Provider<KafkaFacts> {
  return new ContainerProvider(recipe, settings, engine);
}

const recipe: ContainerRecipe<KafkaFacts, GenericContainer> = {
  service: 'kafka',
  title: 'Kafka',

  /** The broker must advertise a port that is known only once the container runs: so it waits for {@link starter}. */
  async prepare(image) {
    const { GenericContainer } = await import('testcontainers');
    return new GenericContainer(image)
      .withEnvironment({ ...environment })
      .withTmpFs({ '/brine': 'rw,mode=1777' })
      .withExposedPorts(clientPort)
      .withEntrypoint(['sh'])
      .withCommand(['-c', `while [ ! -f ${starterIsThere} ]; do sleep 0.05; done; exec sh ${starter}`]);
  },

  async launch(container) {
    await container.copyContentToContainer([
      { content: starterScript(addressOf(container)), target: starter },
      { content: 'yes', target: starterIsThere },
    ]);
    await logUntil(container, started);
  },

  async connect(container) {
    const address = addressOf(container);
    await describeCluster([address], attemptLimitMs);
    const told = version.exec(await logUntil(container, started))?.[1] ?? '(version not told)';
    return { provider: 'container', version: `Kafka ${told}`, brokers: [address] };
  },
};

function addressOf(container: StartedTestContainer): string {
  return `${container.getHost()}:${container.getMappedPort(clientPort)}`;
}

/** Transactions go through the broker's listener: from inside, the clients' address leads nowhere. */
function starterScript(address: string): string {
  const advertised = `CLIENT://${address},BROKER://localhost:${brokerPort}`;
  return [
    `export KAFKA_ADVERTISED_LISTENERS=${advertised}`,
    ...entries.map((entry) => `if [ -x ${entry} ]; then exec ${entry}; fi`),
    `echo "neither ${entries.join(' nor ')} is in this image: it is not laid out as a Kafka image" >&2`,
    'exit 1',
  ].join('\n');
}

/** What the container has written up to the first match, which is waited for. @throws Error when its log ends before */
async function logUntil(container: StartedTestContainer, pattern: RegExp): Promise<string> {
  const log = await container.logs();
  try {
    let text = '';
    for await (const chunk of log) {
      const lineStart = text.lastIndexOf('\n') + 1;
      text += String(chunk);
      if (pattern.test(text.slice(lineStart))) return text;
    }
    throw new Error(`its log ended without "${pattern.source}"`);
  } finally {
    log.destroy();
  }
}
