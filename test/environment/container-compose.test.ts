import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { anyAddress, freePort } from '../../support/environment/ports';
import { brine, doctorAndRun } from '../bin/brine';
import { Project, type ProjectPlan } from '../runs/project';
import { usingAll } from '../runs/services';
import { dockerHas, engine, images, reapedMs } from './containers';

/** Version 2 of compose is a plugin that Debian 12 does not have: then these tests are skipped. */
async function possible(t: TestContext): Promise<boolean> {
  for (const image of Object.values(images)) if (!(await dockerHas(image, t))) return false;
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    t.skip('docker compose (version 2) is not installed');
    return false;
  }
}

interface ComposeText {
  readonly kafkaPort: number;
  readonly databasePorts?: string;
  /** Where Kafka listens for containers; nowhere unless given. */
  readonly inside?: string;
}

/** As a team has it: a volume, a health check, fixed and free ports, a password with characters of URLs. */
function composeFile({ kafkaPort, databasePorts = 'ports: ["5432"]', inside }: ComposeText): string {
  const [, port = ''] = inside?.split(':') ?? [];
  const [listens, advertises] =
    inside === undefined ? ['', ''] : [`,IN://0.0.0.0:${port}`, `,IN://${inside}`];
  return `services:
  db:
    image: ${images.postgres}
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: "p@ss/word", POSTGRES_DB: shopdb }
    volumes: [ "data:/var/lib/postgresql/data" ]
    ${databasePorts}
  cache:
    image: ${images.redis}
    command: redis-server --requirepass s3cret --protected-mode no
    ports: ["6379"]
  broker:
    image: ${images.kafka}
    ports: ["${kafkaPort}:${kafkaPort}"]
    environment:
      CLUSTER_ID: YnJpbmUtYWNjZXB0YW5jZQ
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@localhost:9094
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENERS: HOST://0.0.0.0:${kafkaPort},CONTROLLER://0.0.0.0:9094${listens}
      KAFKA_ADVERTISED_LISTENERS: HOST://localhost:${kafkaPort}${advertises}
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: HOST:PLAINTEXT,IN:PLAINTEXT,CONTROLLER:PLAINTEXT
      KAFKA_INTER_BROKER_LISTENER_NAME: HOST
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: 0
      KAFKA_HEAP_OPTS: -Xmx512m
  unwanted:
    image: brine/no-such-image:1
volumes: { data: {} }
`;
}

function plan(compose: string, kafkaPort: number, more: object = {}): ProjectPlan {
  const configuration = {
    provider: 'compose',
    databases: { main: { sql: ['schema.sql'] } },
    compose: {
      file: 'ops/compose.yml',
      services: {
        postgres: { service: 'db' },
        redis: { service: 'cache', password: 's3cret' },
        kafka: { service: 'broker', port: kafkaPort },
      },
    },
    ...more,
  };
  const files = {
    'ops/compose.yml': compose,
    'schema.sql': 'CREATE TABLE t (id int)',
    'features/a.feature': usingAll,
  };
  return { files, brine: JSON.stringify(configuration) };
}

/** What the engine has of compose projects of Brine's; a developer's own are none of our business. */
async function parts(): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ['com.docker.compose.project'] }));
  const ask = async (path: string) =>
    JSON.parse((await engine.demand('GET', `${path}filters=${filters}`)).toString());
  const containers = (await ask('/containers/json?all=true&')).map(
    ({ Names }: { Names: string[] }) => Names[0],
  );
  const networks = (await ask('/networks?')).map(({ Name }: { Name: string }) => Name);
  const volumes = ((await ask('/volumes?')).Volumes ?? []).map(({ Name }: { Name: string }) => Name);
  return [...containers, ...networks, ...volumes].filter((name) => /^\/?brine-[\da-f]{8}[-_]/.test(name));
}

const DOCKER_HOST = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';

/** The provider of the project's tests is the environment's, which goes before the configuration. */
const environment = { BRINE_PROVIDER: 'compose' };

/** A service from an image that asks Kafka for its metadata, and answers 200 when it is sent on to `broker:9095`. */
const asker = String.raw`
use IO::Socket::INET; $SIG{TERM} = sub { exit 0 };
my $server = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 20, ReuseAddr => 1) or die $!;
while (1) { my $client = $server->accept or next; my $line = <$client>; while (<$client>) { last if /^\r?$/ }
  my $peer = IO::Socket::INET->new(PeerAddr => $ENV{BROKERS}, Timeout => 3); my $heard = '';
  if ($peer) { print $peer pack('N/a*', pack('nnNn/a*N', 3, 1, 7, 'test', 0)); sysread($peer, $heard, 4096) }
  my $status = $line =~ /health/ || $heard =~ /broker\0\0\x23\x87/ ? 200 : 500;
  print $client "HTTP/1.1 $status X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"; close $client }
`;
const serviceImage = process.env.BRINE_TEST_SERVICE_IMAGE ?? 'local/debian:bookworm';
const asking = {
  databases: {},
  services: {
    asker: {
      image: serviceImage,
      containerPort: 8080,
      command: 'exec perl -e "$PROGRAM"',
      env: { PROGRAM: asker, PORT: '{{self.port}}', BROKERS: '{{kafka.brokers}}' },
    },
  },
};

describe('a Kafka of a compose file and a service in a container', () => {
  const feature = 'Feature: a\n  Scenario: b\n    When I send GET "/"\n    Then the response status is 200\n';
  async function attempt(t: TestContext, inside?: string) {
    if (!(await possible(t)) || !(await dockerHas(serviceImage, t))) return undefined;
    const kafkaPort = await freePort(anyAddress);
    const text = composeFile({ kafkaPort, ...(inside === undefined ? {} : { inside }) });
    const given = plan(text, kafkaPort, asking);
    await using project = await Project.create({
      ...given,
      files: { ...given.files, 'features/a.feature': feature },
    });
    const result = await project.run([], environment);
    await project.leavesNothing();
    assert.deepEqual(await parts(), []);
    return result;
  }

  it('meet at the listener that it advertises for containers', async (t) => {
    const result = await attempt(t, 'broker:9095');
    if (result !== undefined) assert.equal(result.exitCode, 0, result.output);
  });

  it('cannot meet when it advertises an address of this machine only: the run does not start, and says what to write', async (t) => {
    const result = await attempt(t);
    if (result === undefined) return;
    assert.equal(result.exitCode, 1);
    assert.match(
      result.output,
      /service "asker" runs in a container and names \{\{kafka\.brokers\}\}, but Kafka \(compose\) advertises localhost:\d+, which leads nowhere there/,
    );
    assert.match(
      result.output,
      /-> give "broker" of ops\/compose\.yml a listener for containers .* INSIDE:\/\/broker:9095 in KAFKA_ADVERTISED_LISTENERS/,
    );
  });
});

describe('the services of a compose file', () => {
  it('serve the run, each lane of it, under a name of its own, and are removed with their volumes', async (t) => {
    if (!(await possible(t))) return;
    const kafkaPort = await freePort(anyAddress);
    await using project = await Project.create(plan(composeFile({ kafkaPort }), kafkaPort));
    const result = await project.run(['--parallel', '2'], environment);
    assert.equal(result.exitCode, 0, result.output);
    for (const service of ['postgres', 'redis', 'kafka']) {
      assert.match(result.output, new RegExp(`^${service} +compose +\\w+ .*ops/compose\\.yml`, 'm'));
    }
    await project.leavesNothing();
    assert.deepEqual(await parts(), []);
  });

  it('are preferred to containers of our own where they are named', async (t) => {
    if (!(await possible(t))) return;
    const kafkaPort = await freePort(anyAddress);
    const services = { redis: { service: 'cache', password: 's3cret' } };
    const compose = { file: 'ops/compose.yml', services };
    const feature = 'Feature: a\n  Scenario: b\n    Given cache key "a" is set to "b"\n';
    const given = plan(composeFile({ kafkaPort }), kafkaPort, { compose, provider: 'auto', databases: {} });
    await using project = await Project.create({
      ...given,
      files: { ...given.files, 'features/a.feature': feature },
    });
    const result = await project.run([], { BRINE_PROVIDER: 'auto' });
    assert.equal(result.exitCode, 0, result.output);
    assert.match(result.output, /^redis +compose /m);
    assert.deepEqual(await parts(), []);
  });

  const file = '--file ops/compose.yml';
  const wrong: ReadonlyArray<
    readonly [string, { text?: string; file?: string; service?: string }, RegExp, string]
  > = [
    [
      'publishes no port',
      { text: composeFile({ kafkaPort: 29092, databasePorts: '' }) },
      /the service "db" of ops\/compose\.yml publishes no port for its 5432: give it ports: \["5432"\]/,
      `docker compose ${file} config`,
    ],
    [
      'is none',
      { text: 'services: [' },
      /compose\.file ops\/compose\.yml cannot be used: yaml: line/,
      `docker compose ${file} config`,
    ],
    [
      'has not the service',
      { service: 'database' },
      /ops\/compose\.yml has no service "database"; it has broker, cache, db, unwanted/,
      `docker compose ${file} config --services`,
    ],
    [
      'is not there',
      { file: 'nowhere.yml' },
      /compose\.file nowhere\.yml cannot be used: there is no \S+\/nowhere\.yml/,
      'docker compose --file nowhere.yml config',
    ],
  ];
  for (const [
    what,
    { text = composeFile({ kafkaPort: 29092 }), file = 'ops/compose.yml', service = 'db' },
    told,
    command,
  ] of wrong) {
    it(`whose file ${what} are told before anything starts, by the doctor and by a run, also with auto`, async (t) => {
      if (!(await possible(t))) return;
      const services = { postgres: { service }, redis: { service: 'cache', password: 's3cret' } };
      await using project = await Project.create(plan(text, 29092, { compose: { file, services } }));
      const env = { DOCKER_HOST, BRINE_PROVIDER: 'auto', BRINE_KAFKA_PROVIDER: 'embedded' };
      for (const { output, exitCode } of await doctorAndRun(project, env)) {
        assert.equal(exitCode, 1, output);
        assert.match(output, told);
        assert.ok(output.includes(command), output);
        assert.doesNotMatch(output, /trying again/);
      }
      await project.leavesNothing();
    });
  }

  it('that end or are unhealthy, also those that others wait for, are told with what they said', async (t) => {
    if (!(await possible(t))) return;
    const failing = (name: string, more: string) => `${name}: { image: ${images.redis}, ${more} }`;
    const check = '{ test: ["CMD-SHELL", "echo no tables yet; exit 1"], interval: 200ms, retries: 1 }';
    const text = `services:
  ${failing('schema', `entrypoint: ["sh", "-c", "echo migrating; exec sleep 600"], healthcheck: ${check}`)}
  ${failing('cache', 'ports: ["6379"], depends_on: { schema: { condition: service_healthy } }')}
  ${failing('seed', 'entrypoint: ["sh", "-c", "echo the seed is broken >&2; exit 3"]')}
  ${failing('db', 'ports: ["5432"], depends_on: { seed: { condition: service_completed_successfully } }')}
`;
    for (const [service, name, told] of [
      [
        'redis',
        'cache',
        /service "schema" is unhealthy; its check says: no tables yet; the end of its log:\n {4}migrating/,
      ],
      ['postgres', 'db', /service "seed" ended with 3; the end of its log:\n {4}the seed is broken/],
    ] as const) {
      const compose = { file: 'ops/compose.yml', services: { [service]: { service: name } } };
      const databases = service === 'postgres' ? { main: { sql: ['schema.sql'] } } : {};
      await using project = await Project.create(plan(text, 29092, { compose, databases, retryCount: 0 }));
      const env = { ...environment, BRINE_KAFKA_PROVIDER: 'embedded' };
      const other = service === 'redis' ? {} : { BRINE_REDIS_PROVIDER: 'embedded' };
      const { output, exitCode } = await project.run([], { ...env, ...other });
      assert.equal(exitCode, 1, output);
      assert.match(output, told);
      await project.leavesNothing();
    }
    assert.deepEqual(await parts(), []);
  });

  it('whose images and fixed ports cannot be had are told by the doctor, also of what they depend on', async (t) => {
    if (!(await possible(t))) return;
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const text = `services:
  db: { image: "brine/no-such-image:1", ports: ["5432"] }
  cache: { image: ${images.redis}, ports: ["6379"], depends_on: [proxy] }
  proxy: { image: ${images.redis}, ports: ["127.0.0.1:${port}:80", "8000-8010:81"] }
  orders: { image: "brine/no-such-service:1" }
  other: { image: "brine/not-wanted:1", ports: ["${port}:80"] }
`;
    const services = { postgres: { service: 'db' }, redis: { service: 'cache' } };
    const orders = { compose: 'orders', containerPort: 80 };
    const compose = { file: 'ops/compose.yml', services };
    await using project = await Project.create(plan(text, 29092, { compose, services: { orders } }));
    const env = { DOCKER_HOST, ...environment, BRINE_KAFKA_PROVIDER: 'embedded' };
    const { stdout, exitCode } = await brine(project, ['doctor'], { env });
    holder.close();
    assert.equal(exitCode, 1, stdout);
    assert.match(
      stdout,
      /✗ postgres +the service "db" of ops\/compose\.yml cannot start: .*no-such-image:1 is not there/,
    );
    assert.match(stdout, /Try: {2}docker compose --file ops\/compose\.yml pull db/);
    assert.match(
      stdout,
      new RegExp(
        `✗ redis +the service "proxy" of ops/compose\\.yml publishes port ${port}, which is in use by .*${process.pid}`,
      ),
    );
    assert.match(
      stdout,
      /✗ orders +the service "orders" of ops\/compose\.yml cannot start: .*no-such-service:1/,
    );
    assert.doesNotMatch(stdout, /not-wanted|80[01]0/);
  });

  it('that want another password are not waited for', async (t) => {
    if (!(await possible(t))) return;
    const services = { redis: { service: 'cache', password: 'wrong' } };
    const given = plan(composeFile({ kafkaPort: 29092 }), 29092, {
      compose: { file: 'ops/compose.yml', services },
      databases: {},
    });
    await using project = await Project.create(given);
    const result = await project.run([], { ...environment, BRINE_KAFKA_PROVIDER: 'embedded' });
    assert.equal(result.exitCode, 1);
    assert.match(
      result.output,
      /redis at service "cache" of ops\/compose\.yml cannot be used: WRONGPASS .*\n {2}-> give its password: compose\.services\.redis\.password/,
    );
    assert.doesNotMatch(result.output, /trying again/);
    await project.leavesNothing();
    assert.deepEqual(await parts(), []);
  });

  it('are removed when the run is killed', async (t) => {
    if (!(await possible(t))) return;
    const kafkaPort = await freePort(anyAddress);
    await using project = await Project.create(plan(composeFile({ kafkaPort }), kafkaPort));
    const run = project.start([], { env: environment });
    await run.says(/redis +compose/);
    run.kill('SIGKILL');
    await run.ended;
    const begun = performance.now();
    while ((await parts()).length > 0) {
      assert.ok(performance.now() - begun < 20_000, (await parts()).join('\n'));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await project.leavesNothing(reapedMs);
  });
});
