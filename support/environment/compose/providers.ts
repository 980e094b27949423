import type { ResolvedConfiguration } from '../../config';
import type { DockerEngine } from '../docker';
import { kafkaExternal } from '../kafka/external';
import type { KafkaFacts } from '../kafka/facts';
import { type PostgresServerFacts, type PostgresSettings, postgresProviders } from '../postgres';
import type { Provider } from '../provider';
import { redisExternal } from '../redis/external';
import type { RedisFacts } from '../redis/facts';
import { routeInside } from './advertised-listeners';
import { ComposeProject } from './project';
import { ComposeProvider } from './provider';

/** The backing services that the configuration finds in a compose file; a list is empty where it names none. */
export interface ComposeProviders {
  readonly postgres: ReadonlyArray<Provider<PostgresServerFacts>>;
  readonly redis: ReadonlyArray<Provider<RedisFacts>>;
  readonly kafka: ReadonlyArray<Provider<KafkaFacts>>;
}

export function composeProviders(
  { compose, startTimeout }: ResolvedConfiguration,
  postgresSettings: PostgresSettings,
  docker: DockerEngine,
  projectDirectory: string,
): ComposeProviders {
  const { postgres, redis, kafka } = compose.services;
  const services = [postgres, redis, kafka].flatMap((found) => found?.service ?? []);
  const { file } = compose;
  const project = new ComposeProject(
    { file, projectDirectory, services, startTimeoutMs: startTimeout },
    docker,
  );
  return {
    postgres: postgres === undefined ? [] : [composedPostgres(project, postgres, postgresSettings)],
    redis: redis === undefined ? [] : [composedRedis(project, redis)],
    kafka: kafka === undefined ? [] : [composedKafka(project, kafka)],
  };
}

type Composed = Required<ResolvedConfiguration['compose']['services']>;

/** The role and its password are those that the official image was given. */
function composedPostgres(
  project: ComposeProject,
  { service: name, port }: Composed['postgres'] & object,
  settings: PostgresSettings,
): Provider<PostgresServerFacts> {
  const attach = (address: string, environment: ReadonlyMap<string, string>) => {
    const user = environment.get('POSTGRES_USER') ?? 'postgres';
    const password = environment.get('POSTGRES_PASSWORD') ?? '';
    const database = environment.get('POSTGRES_DB') ?? user;
    const [role, secret, maintenance] = [user, password, database].map(encodeURIComponent);
    const url = `postgres://${role}:${secret}@${address}/${maintenance}`;
    return postgresProviders({ ...settings, url }).external;
  };
  return new ComposeProvider(project, { service: 'postgres', name, port, attach });
}

function composedRedis(
  project: ComposeProject,
  { service: name, port, password }: Composed['redis'] & object,
): Provider<RedisFacts> {
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  const attach = (address: string) => redisExternal({ url: `redis://${secret}${address}`, mayReset: true });
  return new ComposeProvider(project, { service: 'redis', name, port, attach });
}

function composedKafka(
  project: ComposeProject,
  { service: name, port }: Composed['kafka'] & object,
): Provider<KafkaFacts> {
  const attach = (address: string) => kafkaExternal({ brokers: [address] });
  return new ComposeProvider(project, { service: 'kafka', name, port, attach, routeInside });
}
