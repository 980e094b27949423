import { ContainerProvider, type ContainerRecipe, type ContainerSettings } from '../container';
import { DockerEngine } from '../docker';
import type { Provider } from '../provider';
import type { RedisFacts } from './facts';
import { describeRedis } from './probe';

export type { ContainerSettings };

/** The image when the configuration names none. */
export const defaultRedisImage = 'redis:7-alpine';

const port = 6379;
/** One for each lane, also of the other runs that share a container that stays. */
const logicalDatabases = 128;
const attemptLimitMs = 2_000;
const inMemory = ['--save', '', '--appendonly', 'no'];
const onDisk = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];

/**
 * Redis in a container: nothing is written to disk unless its data are to survive a restart.
 * @param engine give the same one to all container providers, so that it is asked only once
 */
export function redisContainer(
  settings: ContainerSettings,
  engine: DockerEngine = new DockerEngine(),
): Provider<RedisFacts> {
  return new ContainerProvider(recipe, settings, engine);
}

const recipe: ContainerRecipe<RedisFacts> = {
  service: 'redis',
  title: 'Redis',
  port,

  async prepare({ image, durable }) {
    const { RedisContainer } = await import('@testcontainers/redis');
    const server = [
      'redis-server',
      ...(durable ? onDisk : inMemory),
      '--databases',
      String(logicalDatabases),
    ];
    // Debian's refuses clients from outside the container
    const container = new RedisContainer(image).withCommand([...server, '--protected-mode', 'no']);
    return durable ? container : container.withTmpFs({ '/data': 'rw' });
  },

  async connect({ host, port: clientPort }) {
    const url = `redis://${host}:${clientPort}`;
    const server = await describeRedis(url, attemptLimitMs);
    return { provider: 'container', ...server, url, firstDatabase: 0, mayReset: true };
  },
};
