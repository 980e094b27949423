import type { RedisContainer } from '@testcontainers/redis';
import { ContainerProvider, type ContainerRecipe, type ContainerSettings } from '../container';
import { DockerEngine } from '../docker';
import type { Provider } from '../provider';
import type { RedisFacts } from './facts';
import { redisVersion } from './probe';

export type { ContainerSettings };

/** The image when the configuration names none. */
export const defaultRedisImage = 'redis:7-alpine';

const port = 6379;

/**
 * Redis in a container: nothing is written to disk.
 * @param engine give the same one to all container providers, so that it is asked only once
 */
export function redisContainer(
  settings: ContainerSettings,
  engine: DockerEngine = new DockerEngine(),
): Provider<RedisFacts> {
  return new ContainerProvider(recipe, settings, engine);
}

const recipe: ContainerRecipe<RedisFacts, RedisContainer> = {
  service: 'redis',
  title: 'Redis',

  async prepare(image) {
    const { RedisContainer } = await import('@testcontainers/redis');
    const server = ['redis-server', '--save', '', '--appendonly', 'no'];
    return new RedisContainer(image)
      .withCommand([...server, '--protected-mode', 'no']) // Debian's refuses clients from outside the container
      .withTmpFs({ '/data': 'rw' });
  },

  async connect(container) {
    const url = `redis://${container.getHost()}:${container.getMappedPort(port)}`;
    const version = await redisVersion(url, 2_000);
    return { provider: 'container', version, url, firstDatabase: 0, mayReset: true };
  },
};
