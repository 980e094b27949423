import { ContainerHandle } from './container-handle';
import { DockerEngine } from './docker';
import type { KafkaFacts } from './kafka/facts';
import { describeCluster } from './kafka/probe';
import { serverVersion, withConnection } from './postgres/connection';
import type { PostgresServerFacts } from './postgres/settings';
import type { BackingServiceName } from './provider';
import type { RedisFacts } from './redis/facts';
import { describeRedis } from './redis/probe';

/** The backing services of a run, as far as their containers are looked for. */
export interface BackingFactsByName {
  readonly postgres?: PostgresServerFacts;
  readonly redis?: RedisFacts;
  readonly kafka?: KafkaFacts;
}

const attemptLimitMs = 2_000;

/** The container of a backing service; undefined when it does not run in one. */
export function backingContainer(
  run: BackingFactsByName,
  service: BackingServiceName,
  engine: DockerEngine = new DockerEngine(),
): ContainerHandle | undefined {
  const id = run[service]?.containerId;
  if (id === undefined) return undefined;
  return new ContainerHandle(engine, id, backingTitles[service], () => answers(run, service));
}

/** As users read them. */
export const backingTitles: Readonly<Record<BackingServiceName, string>> = {
  postgres: 'PostgreSQL',
  redis: 'Redis',
  kafka: 'Kafka',
};

/** One attempt to be served by a backing server, within two seconds. @throws what is wrong */
export async function answers({ postgres, redis, kafka }: BackingFactsByName, service: BackingServiceName) {
  if (service === 'postgres' && postgres) {
    await withConnection(postgres.url, 'restart', serverVersion, attemptLimitMs);
  }
  if (service === 'redis' && redis?.url) await describeRedis(redis.url, attemptLimitMs);
  if (service === 'kafka' && kafka?.brokers) await describeCluster(kafka.brokers, attemptLimitMs);
}
