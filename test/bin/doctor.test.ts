import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { freePort } from '../../support/environment/ports';
import { dockerHas, images } from '../environment/containers';
import { makeCertificates } from '../kafka-broker/certificates';
import { Project } from '../runs/project';
import { echo, echoService } from '../runs/services';
import { brine, type CallPlan, doctorAndRun } from './brine';

const files = { 'echo.js': echoService };
const noDocker = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
const nobody = 65_534;

/** The doctor's answer about a project with this configuration. */
async function doctor(configuration: string, plan: CallPlan = {}, args: readonly string[] = []) {
  await using project = await Project.create({ files, brine: configuration });
  chmodSync(project.path('tmp'), 0o777);
  const env = { ...noDocker, BRINE_CACHE_DIR: project.path('tmp/cache'), ...plan.env };
  return await brine(project, ['doctor', ...args], { ...plan, env });
}

describe('a machine without Docker', { concurrency: 2 }, () => {
  test('can start a run with embedded servers; each provider is told with its reason', async () => {
    const { stdout, exitCode } = await doctor(`{ databases: { a: {} }, services: { ${echo} } }`);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /✓ node +\d+\.\d+\.\d+/);
    assert.match(stdout, /✓ cache folder +.*cache can be written to/);
    assert.match(stdout, /✓ run folder +\S+ has [\d.]+ [GM]B free/);
    for (const service of ['postgres', 'redis', 'kafka']) {
      const said = `✓ ${service} +auto takes embedded\n +✗ external .*not? .*configured\n +✗ container +no Docker engine answers \\(there is no /nowhere/docker\\.sock.*\n +✓ embedded `;
      assert.match(stdout, new RegExp(said.replaceAll('not? .*configured', '.*')));
    }
    assert.match(stdout, /✓ echo +node echo\.js\n/);
    assert.match(stdout, /\nA run can start\.\n$/);
  });

  test('cannot start one with containers', async () => {
    const { stdout, exitCode } = await doctor("{ provider: 'container' }");
    assert.equal(exitCode, 1);
    assert.match(stdout, /✗ redis +cannot be had: container is asked for/);
    assert.match(stdout, /✗ container +no Docker engine answers \(there is no \/nowhere\/docker\.sock/);
    assert.match(stdout, /- embedded +not tried/);
    assert.match(stdout, /A run cannot start because of 2 problems\.\nTry: {2}\S/);
    assert.equal(stdout.match(/Try:/g)?.length, 1);
  });

  test('does not look for what the configuration does not have', async () => {
    const { stdout, exitCode } = await doctor('{}');
    assert.equal(exitCode, 0);
    assert.match(stdout, /✓ postgres +is not started: no database is declared/);
  });
});

describe('a Docker engine', { concurrency: 2 }, () => {
  test('that the user may not use is told, with the command that lets her', async (t) => {
    if (process.getuid?.() !== 0) return t.skip('only root can become another user');
    await using engine = await FakeEngine.start({});
    chmodSync(engine.socket, 0o600);
    const env = { DOCKER_HOST: `unix://${engine.socket}`, HOME: '/nonexistent' };
    const { stdout, exitCode } = await doctor("{ provider: 'container' }", { env, uid: nobody });
    assert.equal(exitCode, 1);
    assert.match(stdout, /✗ container +no Docker engine answers \(no permission to use .*engine\.sock/);
    assert.match(stdout, /Try: {2}sudo usermod -aG docker "\$USER"/);
  });

  test('that is real is taken by auto where it has the image', async (t) => {
    if (!(await dockerHas(images.redis, t)) || !(await dockerHas(images.kafka, t))) return;
    const DOCKER_HOST = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
    const env = { DOCKER_HOST, BRINE_REDIS_IMAGE: images.redis, BRINE_KAFKA_IMAGE: images.kafka };
    const { stdout, exitCode } = await doctor('{}', { env });
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /✓ redis +auto takes container/);
  });

  test('that has the images is taken by auto', async () => {
    await using engine = await FakeEngine.start({ architecture: 'amd64' });
    const { stdout, exitCode } = await doctor('{}', { env: { DOCKER_HOST: `unix://${engine.socket}` } });
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /✓ redis +auto takes container/);
    assert.match(
      stdout,
      /✓ container +Docker 28\.0 answers at \/\S+engine\.sock \(DOCKER_HOST\) and has redis:7-alpine\n/,
    );
  });

  test('whose image is for another architecture is told', async () => {
    await using engine = await FakeEngine.start({ architecture: 'arm64' });
    const { stdout } = await doctor('{}', { env: { DOCKER_HOST: `unix://${engine.socket}` } });
    assert.match(stdout, /has redis:7-alpine, but the image is for arm64 and the engine runs amd64/);
  });

  test('that has no image, and no registry to pull it from, is told with the command that pulls', async () => {
    await using engine = await FakeEngine.start({});
    const env = { DOCKER_HOST: `unix://${engine.socket}`, TESTCONTAINERS_RYUK_DISABLED: 'true' };
    const { stdout, exitCode } = await doctor("{ provider: 'container' }", { env });
    assert.equal(exitCode, 1);
    assert.match(
      stdout,
      /✗ container +Docker 28\.0 answers at \/\S+ \(DOCKER_HOST\), but redis:7-alpine .*is not there and cannot be pulled: ./,
    );
    assert.match(stdout, /Try: {2}docker pull redis:7-alpine/);
  });

  test('that listens with TLS is reached with the certificates of DOCKER_CERT_PATH, and said to be', async () => {
    await using engine = await FakeEngine.start({ architecture: 'amd64' });
    await using secure = await SecureEntrance.to(engine.socket);
    const { DOCKER_HOST, DOCKER_CERT_PATH } = secure;
    for (const DOCKER_TLS_VERIFY of ['1', 'yes']) {
      const { stdout } = await doctor('{}', { env: { DOCKER_HOST, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY } });
      const said = `✓ container +Docker 28\\.0 answers at ${DOCKER_HOST} \\(DOCKER_HOST, over TLS\\) and has redis:7-alpine\\n`;
      assert.match(stdout, new RegExp(said));
    }
    const HOME = '/nonexistent';
    for (const [env, said] of [
      [
        { DOCKER_TLS_VERIFY: '1', HOME },
        /there must be ca\.pem, cert\.pem and key\.pem in \/nonexistent\/\.docker \(DOCKER_CERT_PATH\)/,
      ],
      [
        { DOCKER_HOST: 'ssh://me@build.example' },
        /does not speak ssh:\/\/; forward its socket \(ssh -nNT -L /,
      ],
    ] as const) {
      const { stdout } = await doctor("{ provider: 'container' }", { env: { DOCKER_HOST, ...env } });
      assert.match(stdout, said);
    }
  });

  test('that accepts connections and says nothing keeps nobody waiting', async () => {
    await using project = await Project.create();
    const silent = createServer(() => {});
    await listening(silent, project.path('tmp/silent.sock'));
    const begin = performance.now();
    const { stdout } = await doctor('{}', {
      env: { DOCKER_HOST: `unix://${project.path('tmp/silent.sock')}` },
    });
    silent.close();
    assert.match(stdout, /silent\.sock \(DOCKER_HOST\): no answer within 2 s/);
    assert.ok(performance.now() - begin < 20_000);
  });
});

describe('what is missing or taken is told, with what to do:', { concurrency: 2 }, () => {
  const cases: ReadonlyArray<readonly [string, string, RegExp, RegExp]> = [
    [
      'the program of Redis',
      "{ redis: { binary: '/nowhere/redis-server' } }",
      /✗ redis +cannot be had.*✗ embedded +redis\.binary \/nowhere\/redis-server cannot be run: .*ENOENT/s,
      /Try: {2}BRINE_REDIS_BINARY=/,
    ],
    [
      'the program of a service',
      "{ services: { api: { command: 'no-such-program --port 1' } } }",
      /✗ api +the program no-such-program is not there: no-such-program --port 1/,
      /Try: {2}npm ci/,
    ],
    [
      'the folder of a service',
      "{ services: { api: { command: 'node x.js', cwd: 'featurs' } } }",
      /✗ api +the folder featurs \(services\.api\.cwd\) does not exist/,
      /Try: {2}BRINE_SERVICES_API_CWD=features npx cucumber-js/,
    ],
    [
      'the module of a service',
      "{ services: { api: { module: 'cucumbr.js' } } }",
      /✗ api +configuration key "services\.api\.module" .* has the value "cucumbr\.js": there is no such file/,
      /Try: {2}BRINE_SERVICES_API_MODULE=cucumber\.js npx cucumber-js/,
    ],
    [
      'a service that should run already',
      "{ services: { api: { url: 'http://127.0.0.1:9' } } }",
      /✗ api +does not answer at http:\/\/127\.0\.0\.1:9\/health: /,
      /Try: {2}curl -i http:\/\/127\.0\.0\.1:9\/health/,
    ],
    [
      'a database that should run already',
      "{ databases: { main: { url: 'postgres://me:lovelace@127.0.0.1:9/shop' } } }",
      /✓ postgres +is not started: every database has a URL of its own\n[\s\S]*✗ main +database postgres:\/\/me:\*\*\*@127\.0\.0\.1:9\/shop cannot be used: .*ECONNREFUSED/,
      /Try: {2}BRINE_DATABASES_MAIN_URL=postgresql:\/\/\.\.\. npx brine doctor/,
    ],
    [
      'a schema registry that should run already',
      "{ kafka: { schemaRegistry: 'http://me:lovelace@127.0.0.1:9/ccompat/' } }",
      /✗ schema registry +does not answer at http:\/\/127\.0\.0\.1:9\/ccompat\/subjects: /,
      /Try: {2}curl -i http:\/\/127\.0\.0\.1:9\/ccompat\/subjects/,
    ],
    [
      'an external server',
      "{ redis: { provider: 'external', url: 'redis://:lovelace@127.0.0.1:9' } }",
      /✗ redis +cannot be had: external is asked for\n +✗ external +.*127\.0\.0\.1:9.*ECONNREFUSED/s,
      /Try: {2}BRINE_REDIS_PROVIDER=auto npx cucumber-js/,
    ],
  ];
  for (const [what, configuration, told, command] of cases) {
    test(what, async () => {
      await using project = await Project.create({
        files: { ...files, 'features/a.feature': 'Feature: a\n' },
        brine: configuration,
      });
      const { stdout, exitCode } = await brine(project, ['doctor'], { env: noDocker });
      assert.equal(exitCode, 1, stdout);
      assert.match(stdout, told);
      assert.match(stdout, command);
      assert.doesNotMatch(stdout, /lovelace/);
    });
  }

  for (const [key, configuration] of [
    [
      'services.echo.port',
      (port: number) => `{ services: { echo: { command: 'node echo.js', port: ${port} } } }`,
    ],
    ['stubs.mail.port', (port: number) => `{ stubs: { mail: { port: ${port} } } }`],
    ['redis.port', (port: number) => `{ redis: { port: ${port} } }`],
    ['kafka.port', (port: number) => `{ kafka: { port: ${port} } }`],
    ['postgres.port', (port: number) => `{ postgres: { port: ${port} }, databases: { a: {} } }`],
  ] as const) {
    test(`a port (${key}), with who holds it`, async () => {
      await using holder = await portHolder();
      const { stdout, exitCode } = await doctor(configuration(holder.port));
      assert.equal(exitCode, 1, stdout);
      const told = `port ${holder.port} \\(${key}\\) is in use by .* \\(process ${process.pid}\\)`;
      assert.match(stdout, new RegExp(told));
      assert.match(stdout, /Try: {2}BRINE_\w+_PORT=\d+ npx cucumber-js/);
    });
  }

  const otherProcessor = Buffer.alloc(64);
  otherProcessor.write('\x7fELF', 'latin1');
  otherProcessor.writeUInt16LE(process.arch === 'arm' ? 0x3e : 0x28, 18);
  for (const [what, program, mode, told, command] of [
    ['may not be executed', '#!/bin/sh\n', 0o644, /redis-server is not executable/, 'chmod +x PROGRAM'],
    [
      'is for another processor',
      otherProcessor.toString('latin1'),
      0o755,
      /it is for another architecture than \w+ \w+/,
      'BRINE_REDIS_BINARY=$(command -v redis-server)',
    ],
  ] as const) {
    test(`a redis-server that ${what}, by the doctor and by a run`, async () => {
      await using project = await Project.create({
        files: {
          'redis-server': program,
          'features/a.feature': 'Feature: a\n  Scenario: b\n    Given cache key "k" is set to "v"\n',
        },
      });
      const path = project.path('redis-server');
      chmodSync(path, mode);
      const env = { ...noDocker, BRINE_REDIS_BINARY: path };
      for (const { output, exitCode } of await doctorAndRun(project, env)) {
        assert.equal(exitCode, 1, output);
        assert.match(output, told);
        assert.ok(output.includes(command.replace('PROGRAM', path)), output);
        assert.doesNotMatch(output, /EACCES|ENOEXEC|syntax error/i);
      }
      await project.leavesNothing();
    });
  }

  test('a port that the configuration gives to two, also by counting up', async () => {
    const service = (port: number) => `services: { echo: { command: 'node echo.js', port: ${port} } }`;
    const port = await freePort();
    const same = await doctor(`{ ${service(port)}, stubs: { mail: { port: ${port} } } }`);
    assert.equal(same.exitCode, 1, same.stdout);
    const told = `✗ mail +port ${port} is given twice, by services\\.echo\\.port and stubs\\.mail\\.port\\n`;
    assert.match(same.stdout, new RegExp(told));
    assert.match(same.stdout, new RegExp(`Try: {2}BRINE_STUBS_MAIL_PORT=${port + 1} npx cucumber-js`));
    const counted = await doctor(
      `{ parallel: 2, redis: { port: ${port} }, stubs: { mail: { port: ${port + 1} } } }`,
    );
    assert.match(
      counted.stdout,
      new RegExp(`port ${port + 1} is given twice, by redis\\.port and stubs\\.mail\\.port`),
    );
  });

  test('a port that an outgoing connection has, and why it has it', {
    skip: process.platform !== 'linux',
  }, async () => {
    await using holder = await portHolder();
    const connection = connect(holder.port, '127.0.0.1');
    await once(connection, 'connect');
    const port = connection.localPort;
    const { stdout } = await doctor(`{ redis: { port: ${port} } }`);
    connection.destroy();
    const owner = `a connection of .* \\(process ${process.pid}\\)`;
    const range = 'the system gives outgoing ones the ports from \\d+ to \\d+';
    const told = new RegExp(`port ${port} \\(redis\\.port\\) is in use by ${owner}; ${range}`);
    assert.match(stdout, told);
  });

  test('a port that a later lane wants', async () => {
    await using holder = await portHolder();
    const { stdout } = await doctor(`{ parallel: 2, stubs: { mail: { port: ${holder.port - 1} } } }`);
    assert.match(stdout, new RegExp(`port ${holder.port} \\(stubs\\.mail\\.port\\) is in use`));
  });

  test('a cache folder that cannot be made, which stops no run', async () => {
    const { stdout, exitCode } = await doctor('{}', { env: { BRINE_CACHE_DIR: '/dev/null/cache' } });
    assert.equal(exitCode, 0);
    assert.match(stdout, /! cache folder +prepared databases cannot be kept in \/dev\/null\/cache.*ENOTDIR/);
    assert.match(stdout, /A run can start\.\nTry: {2}BRINE_CACHE_DIR=/);
  });

  test('a cache folder that was named and that a run would use', async () => {
    const env = { BRINE_CACHE_DIR: '/proc/nowhere/cache' };
    const { stdout, exitCode } = await doctor('{ databases: { a: {} } }', { env });
    assert.equal(exitCode, 1);
    assert.match(
      stdout,
      /✗ cache folder +BRINE_CACHE_DIR names \/proc\/nowhere\/cache, which cannot be .*ENOENT/,
    );
    assert.match(stdout, /Try: {2}unset BRINE_CACHE_DIR/);
  });

  test('a key of the configuration', async () => {
    const { stdout, stderr, exitCode } = await doctor('{ servces: {} }');
    assert.equal(exitCode, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /unknown configuration key "servces".*\n.*did you mean "services"/);
  });
});

/** Says what an engine says that has every image (of an architecture), or none. */
class FakeEngine implements AsyncDisposable {
  private constructor(
    private readonly project: Project,
    private readonly server: Server,
    readonly socket: string,
  ) {}

  static async start({ architecture }: { architecture?: string }): Promise<FakeEngine> {
    const project = await Project.create();
    chmodSync(project.path('tmp'), 0o755);
    const server = createHttpServer((request, response) => {
      const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
      const path = (request.url ?? '').replace(/^\/v[\d.]+/, '');
      if (path === '/version') return answer(200, { Version: '28.0', Arch: 'amd64', ApiVersion: '1.44' });
      if (path === '/info') return answer(200, { OperatingSystem: 'Test', ServerVersion: '28.0' });
      if (architecture !== undefined && path.startsWith('/images/')) {
        return answer(200, { Architecture: architecture });
      }
      return answer(404, { message: 'No such image' });
    });
    const socket = project.path('tmp/engine.sock');
    await listening(server, socket);
    return new FakeEngine(project, server, socket);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    if (existsSync(this.socket)) await this.project[Symbol.asyncDispose]();
  }
}

/** Lets who shows a certificate in to a socket, as an engine does that listens with TLS. */
class SecureEntrance implements AsyncDisposable {
  private constructor(
    private readonly server: TlsServer,
    readonly DOCKER_HOST: string,
    readonly DOCKER_CERT_PATH: string,
  ) {}

  static async to(socket: string): Promise<SecureEntrance> {
    const { ca, server: own, client } = await makeCertificates();
    const folder = mkdtempSync(join(tmpdir(), 'brine-docker-certificates-'));
    for (const [name, content] of Object.entries({ ca: ca.cert, cert: client.cert, key: client.key })) {
      writeFileSync(join(folder, `${name}.pem`), content);
    }
    const server = createTlsServer({ ca: ca.cert, ...own, requestCert: true }, (outside) => {
      const inside = connect(socket);
      outside.pipe(inside).pipe(outside);
      outside.on('error', () => inside.destroy());
      inside.on('error', () => outside.destroy());
    });
    await listening(server, 0);
    const { port } = server.address() as { port: number };
    return new SecureEntrance(server, `tcp://127.0.0.1:${port}`, folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    rmSync(this.DOCKER_CERT_PATH, { recursive: true });
  }
}

async function portHolder() {
  const server = createServer();
  await listening(server, 0);
  const { port } = server.address() as { port: number };
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}

function listening(server: Server, where: string | number): Promise<void> {
  return new Promise((done) =>
    typeof where === 'string' ? server.listen(where, done) : server.listen(where, '127.0.0.1', done),
  );
}
