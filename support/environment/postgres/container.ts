import { randomBytes } from 'node:crypto';
import { ContainerProvider, type ContainerRecipe, type ContainerSettings } from '../container';
import { DockerEngine } from '../docker';
import type { Provider } from '../provider';
import { serverVersion, withConnection } from './connection';
import type { PostgresServerFacts } from './settings';
import { sharePostgres } from './shared-server';

export type { ContainerSettings };

/** The image when the configuration names none. */
export const defaultPostgresImage = 'postgres:17-alpine';

const port = 5432;
const user = 'brine';
/** A folder of Brine's own: where the images declare their volume depends on their version. */
const dataDirectory = '/brine/data';
const attemptLimitMs = 2_000;

const passwordVariable = 'POSTGRES_PASSWORD';

/** Nothing of a test database need survive a crash of the machine, unless it is to be restarted. */
const fastSettings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
const allSettings = ['max_connections=200'];

/**
 * PostgreSQL in a container, with its data in memory unless they are to survive a restart.
 * @param engine give the same one to all container providers, so that it is asked only once
 */
export function postgresContainer(
  settings: ContainerSettings,
  engine: DockerEngine = new DockerEngine(),
): Provider<PostgresServerFacts> {
  return new ContainerProvider(recipe(settings.testPrefix), settings, engine);
}

function recipe(testPrefix: string): ContainerRecipe<PostgresServerFacts> {
  return {
    service: 'postgres',
    title: 'PostgreSQL',
    port,

    async prepare({ image, durable }) {
      const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
      const serverSettings = durable ? allSettings : [...allSettings, ...fastSettings];
      const container = new PostgreSqlContainer(image)
        .withUsername(user)
        // hexadecimal: others would have to be escaped in the URL, and in testcontainers' own shell command
        .withPassword(randomBytes(12).toString('hex'))
        .withDatabase('postgres')
        .withEnvironment({ PGDATA: dataDirectory, POSTGRES_INITDB_ARGS: '--no-sync' })
        .withCommand(['postgres', ...serverSettings.flatMap((setting) => ['-c', setting])])
        .withHealthCheck({
          test: ['NONE'] as unknown as ['CMD', string],
          interval: 0,
          timeout: 0,
          retries: 0,
        });
      return durable ? container : container.withTmpFs({ '/brine': 'rw' });
    },

    async connect({ host, port: clientPort, environment }) {
      const password = environment.get(passwordVariable) ?? '';
      const url = `postgres://${user}:${password}@${host}:${clientPort}/postgres`;
      return {
        provider: 'container',
        version: await withConnection(url, 'start', serverVersion, attemptLimitMs),
        url,
      };
    },

    share: ({ url }, context) => sharePostgres(url, testPrefix, context),
  };
}
