import type { BackingServiceName, ResolvedConfiguration } from '../config';
import { composeProviders } from './compose/providers';
import type { DockerEngine } from './docker';
import { kafkaContainer } from './kafka/container';
import { kafkaEmbedded } from './kafka/embedded';
import { kafkaExternal } from './kafka/external';
import type { KafkaFacts } from './kafka/facts';
import { type PostgresServerFacts, postgresProviders } from './postgres';
import { postgresContainer } from './postgres/container';
import { databaseDeclarations, postgresSettings } from './postgres/settings';
import type { Provider } from './provider';
import { redisContainer } from './redis/container';
import { redisEmbedded } from './redis/embedded';
import { redisExternal } from './redis/external';
import type { RedisFacts } from './redis/facts';

/** The ways to get each backing service, in the order of preference. */
export interface BackingProviders {
  readonly postgres: ReadonlyArray<Provider<PostgresServerFacts>>;
  readonly redis: ReadonlyArray<Provider<RedisFacts>>;
  readonly kafka: ReadonlyArray<Provider<KafkaFacts>>;
}

/**
 * @param docker one for all of them, so that the engine is asked once
 * @param projectDirectory what the compose file's name is relative to
 */
export function backingProviders(
  configuration: ResolvedConfiguration,
  docker: DockerEngine,
  projectDirectory: string,
): BackingProviders {
  const { redis, kafka, testPrefix } = configuration;
  const container = (service: BackingServiceName) => containerSettings(configuration, service);
  const composed = composeProviders(configuration, postgresSettings(configuration), docker, projectDirectory);
  const postgres = postgresProviders(postgresSettings(configuration), databaseDeclarations(configuration));
  return {
    postgres: [
      postgres.external,
      ...composed.postgres,
      postgresContainer(container('postgres'), docker),
      postgres.embedded,
    ],
    redis: [
      ...(redis.url === undefined ? [] : [redisExternal({ url: redis.url, mayReset: redis.mayReset })]),
      ...composed.redis,
      redisContainer(container('redis'), docker),
      redisEmbedded({ binary: redis.binary, port: redis.port }),
    ],
    kafka: [
      ...(kafka.brokers === undefined ? [] : [kafkaExternal({ brokers: kafka.brokers, testPrefix })]),
      ...composed.kafka,
      kafkaContainer(container('kafka'), docker),
      kafkaEmbedded({ port: kafka.port }),
    ],
  };
}

function containerSettings(configuration: ResolvedConfiguration, service: BackingServiceName) {
  const { image, memory, cpus, reuse, durable } = configuration[service];
  const { startTimeout, testPrefix } = configuration;
  return { image, memory, cpus, reuse, durable, startTimeoutMs: startTimeout, testPrefix };
}
