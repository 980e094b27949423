import { DockerEngine } from '../../support/environment/docker';
import { defaultKafkaImage, kafkaContainer } from '../../support/environment/kafka/container';
import { kafkaEmbedded } from '../../support/environment/kafka/embedded';
import { kafkaExternal } from '../../support/environment/kafka/external';
import type { KafkaFacts } from '../../support/environment/kafka/facts';
import { openEventsLane } from '../../support/environment/kafka/lane';
import { postgresProviders } from '../../support/environment/postgres';
import { defaultPostgresImage, postgresContainer } from '../../support/environment/postgres/container';
import type { Provider, ProviderName } from '../../support/environment/provider';
import { defaultRedisImage, redisContainer } from '../../support/environment/redis/container';
import { redisEmbedded } from '../../support/environment/redis/embedded';
import { redisExternal } from '../../support/environment/redis/external';
import { openCacheLane } from '../../support/environment/redis/lane';
import { KafkaBroker } from '../../support/kafka-broker';
import { settings, TestProject, TestRun } from '../environment/postgres';
import type { Facts } from './facts';
import { kafkaFacts } from './kafka-facts';
import { postgresFacts } from './postgres-facts';
import { redisFacts } from './redis-facts';
import { somebodysPostgres, somebodysRedis } from './somebodys-servers';

export const services = ['postgres', 'redis', 'kafka'] as const;
export const providers = ['container', 'embedded', 'external'] as const;

const startTimeoutMs = 120_000;
const { testPrefix } = settings;

/**
 * The facts of one service from one provider: it is started as a run starts it, looked at, and ended.
 * @throws Error with the reason when the provider is not available here
 */
export function measure(service: (typeof services)[number], provider: ProviderName): Promise<Facts> {
  return { postgres: measurePostgres, redis: measureRedis, kafka: measureKafka }[service](provider);
}

async function measurePostgres(name: ProviderName): Promise<Facts> {
  await using stack = new AsyncDisposableStack();
  const { embedded } = postgresProviders(settings);
  if (name === 'embedded') return started(embedded, postgresFacts);
  if (name === 'container') {
    const image = process.env.BRINE_POSTGRES_IMAGE ?? defaultPostgresImage;
    return started(
      postgresContainer({ image, startTimeoutMs, testPrefix }, new DockerEngine()),
      postgresFacts,
    );
  }
  const { url } = stack.use(await somebodysPostgres());
  return await started(postgresProviders({ ...settings, url }).external, postgresFacts);
}

async function measureRedis(name: ProviderName): Promise<Facts> {
  await using stack = new AsyncDisposableStack();
  return await started(await provider(), async (facts, run) => {
    const lane = stack.use(await openCacheLane(facts, {}, 0, run.context));
    return redisFacts(facts, lane.facts);
  });

  async function provider() {
    if (name === 'embedded') return redisEmbedded({});
    if (name === 'external')
      return redisExternal({ url: stack.use(await somebodysRedis()).url, mayReset: false });
    const image = process.env.BRINE_REDIS_IMAGE ?? defaultRedisImage;
    return redisContainer({ image, startTimeoutMs, testPrefix }, new DockerEngine());
  }
}

/** The external one is that of KAFKA_BROKERS, or else Brine's own broker behind an address. */
async function measureKafka(name: ProviderName): Promise<Facts> {
  await using stack = new AsyncDisposableStack();
  return await started(await provider(), async (facts, run) => {
    const lane = stack.use(
      await openEventsLane(facts, {}, { testPrefix, runId: run.context.runId, index: 0 }),
    );
    const version = kafkaVersion(facts);
    const topics =
      lane.facts.topicPrefix === '' ? 'on a broker of its own' : 'with a prefix, on a broker of all';
    return { ...(await kafkaFacts(version, lane.facts.brokers)), "a lane's topics are": topics };
  });

  async function provider() {
    if (name === 'embedded') return kafkaEmbedded({});
    if (name === 'external') {
      const given = process.env.KAFKA_BROKERS?.split(',');
      return kafkaExternal({ brokers: given ?? [stack.use(await KafkaBroker.start()).address] });
    }
    const image = process.env.BRINE_KAFKA_IMAGE ?? defaultKafkaImage;
    return kafkaContainer({ image, startTimeoutMs, testPrefix }, new DockerEngine());
  }
}

/** Kafka's protocol does not tell it: KAFKA_VERSION may. */
function kafkaVersion({ provider, version }: KafkaFacts): string {
  if (provider !== 'external') return version;
  if (process.env.KAFKA_BROKERS === undefined) return "Brine's own broker, by its address";
  return process.env.KAFKA_VERSION ?? 'Kafka (version not told)';
}

async function started<T>(
  provider: Provider<T>,
  look: (facts: T, run: TestRun) => Promise<Facts>,
): Promise<Facts> {
  using project = new TestProject();
  using run = new TestRun(project);
  const { available, reason } = await provider.check();
  if (!available) throw new Error(reason);
  await using server = await provider.start(run.context);
  return await look(server.facts, run);
}
