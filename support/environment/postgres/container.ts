import { randomBytes } from 'node:crypto';
import type { PostgreSqlContainer } from '@testcontainers/postgresql';
import { ContainerProvider, type ContainerRecipe, type ContainerSettings } from '../container';
import { DockerEngine } from '../docker';
import type { Provider } from '../provider';
import { serverVersion, withConnection } from './connection';
import type { PostgresServerFacts } from './settings';

export type { ContainerSettings };

/** The image when the configuration names none. */
export const defaultPostgresImage = 'postgres:17-alpine';

const port = 5432;
const user = 'brine';
/** A folder of Brine's own: where the images declare their volume depends on their version. */
const dataDirectory = '/brine/data';
const attemptLimitMs = 2_000;

/** Nothing of a test database need survive a crash of the machine. */
const fastSettings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];

/**
 * PostgreSQL in a container, with its data in memory.
 * @param engine give the same one to all container providers, so that it is asked only once
 */
export function postgresContainer(
  settings: ContainerSettings,
  engine: DockerEngine = new DockerEngine(),
): Provider<PostgresServerFacts> {
  // hexadecimal: other characters would have to be escaped in the URL, and in testcontainers' own shell command
  return new ContainerProvider(recipe(randomBytes(12).toString('hex')), settings, engine);
}

function recipe(password: string): ContainerRecipe<PostgresServerFacts, PostgreSqlContainer> {
  return {
    service: 'postgres',
    title: 'PostgreSQL',

    async prepare(image) {
      const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
      return new PostgreSqlContainer(image)
        .withUsername(user)
        .withPassword(password)
        .withDatabase('postgres')
        .withEnvironment({ PGDATA: dataDirectory, POSTGRES_INITDB_ARGS: '--no-sync' })
        .withTmpFs({ '/brine': 'rw' })
        .withCommand(['postgres', ...fastSettings.flatMap((setting) => ['-c', setting])])
        .withHealthCheck({
          test: ['NONE'] as unknown as ['CMD', string],
          interval: 0,
          timeout: 0,
          retries: 0,
        });
    },

    async connect(container) {
      const address = `${container.getHost()}:${container.getMappedPort(port)}`;
      const url = `postgres://${user}:${password}@${address}/postgres`;
      return {
        provider: 'container',
        version: await withConnection(url, 'start', serverVersion, attemptLimitMs),
        url,
      };
    },
  };
}
