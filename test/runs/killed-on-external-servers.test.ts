import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Redis } from 'ioredis';
import { startInProcessRedis } from '../../support/environment/redis/in-process-server';
import { KafkaBroker } from '../../support/kafka-broker';
import { EmbeddedRegistry } from '../../support/schema-registry';
import { query, sharedServer } from '../environment/postgres';
import { Project } from './project';
import { usingAll } from './services';

const server = sharedServer();

const waiting = `${usingAll}    Given schema "order.avsc" is registered for topic "orders"
    When a step takes long
`;

const steps = `
const { When } = require('@cucumber/cucumber');
When('a step takes long', { timeout: -1 }, () => {
  process.stdout.write('it takes long\\n');
  return new Promise(() => setInterval(() => {}, 1000));
});
`;

it('what a killed run has left on external servers is gone once the next has begun', async () => {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await KafkaBroker.start());
  const registry = stack.use(await EmbeddedRegistry.start());
  const redis = await startInProcessRedis(0);
  stack.defer(() => redis.close());
  const { facts } = await server();
  const configuration = {
    provider: 'external',
    databases: { main: { sql: ['schema.sql'] } },
    postgres: { url: facts.url },
    redis: { url: `redis://${redis.host}:${redis.port}/3`, mayReset: true },
    kafka: { brokers: [broker.address], schemaRegistry: registry.url },
  };
  const environment = { BRINE_PROVIDER: 'external' };
  const ours = async () => ({
    databases: (
      await query<{ datname: string }>(
        facts.url,
        "SELECT datname FROM pg_database WHERE datname ~ '^brine_[0-9a-f]{8}_'",
      )
    ).map(({ datname }) => datname),
    topics: broker
      .topics()
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('__')),
    groups: broker.groups().map(({ groupId }) => groupId),
    subjects: (await (await fetch(`${registry.url}/subjects`)).json()) as string[],
  });
  await using project = await Project.create({
    files: {
      'schema.sql': 'CREATE TABLE t (id int)',
      'test-data/order.avsc': '"string"',
      'features/a.feature': usingAll,
      'features/waiting.feature': waiting,
      'steps.js': steps,
    },
    brine: JSON.stringify({ ...configuration, steps: ['steps.js'] }),
  });
  const run = project.start(['features/waiting.feature'], { env: environment });
  await run.says(/it takes long\n/);
  const made = await ours();
  assert.ok(made.groups.length > 0, 'its recorder is a member of a group, and will not leave it');
  assert.equal(made.databases.length, 1);
  assert.equal(made.topics.length, 2, made.topics.join());
  assert.match(made.subjects.join(), /^brine_[0-9a-f]{8}_0_orders-value$/);
  const reaper = project.processes().find(({ command }) => command.includes('reaper.js'));
  process.kill(reaper!.pid, 'SIGKILL');
  run.kill('SIGKILL');
  await run.ended;

  const next = await project.run(['features/a.feature'], environment);
  assert.equal(next.exitCode, 0, next.output);
  assert.doesNotMatch(next.output, /Warning/);
  assert.deepEqual(await ours(), { databases: [], topics: [], groups: [], subjects: [] });
  const cache = new Redis(`redis://${redis.host}:${redis.port}/3`);
  assert.equal(await cache.dbsize(), 0);
  cache.disconnect();
});
