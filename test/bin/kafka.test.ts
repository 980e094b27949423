import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { Project } from '../runs/project';
import { brine } from './brine';

const program = join(__dirname, '../../bin/brine.js');

/** The command, running, and the line that it printed when it listened. */
class RunningKafka implements AsyncDisposable {
  private constructor(
    readonly child: ChildProcess,
    readonly said: string,
  ) {}

  static async start(args: readonly string[]): Promise<RunningKafka> {
    const child = spawn(process.execPath, [program, 'kafka', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [line] = await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'close').then(() => Promise.reject(new Error('it ended before it listened'))),
    ]);
    return new RunningKafka(child, String(line));
  }

  get brokers(): string[] {
    return /on (\S+) /.exec(this.said)?.[1]?.split(',') ?? [];
  }

  async end(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<unknown> {
    const closed = once(this.child, 'close');
    this.child.kill(signal);
    return (await closed)[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.end('SIGKILL');
  }
}

describe('brine kafka', () => {
  let project: Project;
  before(async () => {
    project = await Project.create();
  });
  after(() => project[Symbol.asyncDispose]());

  test('runs a cluster with the topics asked for, until it is told to end, with clients connected', async () => {
    await using running = await RunningKafka.start(['--port', '0', '--brokers', '2', '--topic', 'orders:3']);
    assert.match(running.said, /^Kafka listens on 127\.0\.0\.1:\d+,127\.0\.0\.1:\d+ \(Ctrl-C ends it\)\n$/);
    const admin = new Kafka({ brokers: running.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: ['orders'] });
    assert.equal(topics[0]?.partitions.length, 3);
    assert.equal((await admin.describeCluster()).brokers.length, 2);
    assert.equal(await running.end('SIGTERM'), 0);
    await admin.disconnect();
  });

  test('ends with SIGINT, too; without auto-creation a topic that is not there stays away', async () => {
    await using running = await RunningKafka.start(['--port=0', '--no-auto-create']);
    const admin = new Kafka({
      brokers: running.brokers,
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    }).admin();
    await admin.connect();
    await assert.rejects(admin.fetchTopicMetadata({ topics: ['nobody'] }), /does not host/);
    await admin.disconnect();
    assert.equal(await running.end('SIGINT'), 0);
  });

  test('wants its users to authenticate', async () => {
    await using running = await RunningKafka.start(['--port', '0', '--sasl', 'alice:pen:cil']);
    const sasl = { mechanism: 'scram-sha-512', username: 'alice', password: 'pen:cil' } as const;
    const kafka = new Kafka({ brokers: running.brokers, logLevel: logLevel.NOTHING, sasl });
    const admin = kafka.admin();
    await admin.connect();
    assert.deepEqual(await admin.listTopics(), []);
    await admin.disconnect();
  });

  test('names a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { stderr, exitCode } = await brine(project, ['kafka', '--port', String(port)]);
    server.close();
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      new RegExp(`^brine: the Kafka broker cannot listen on 127.0.0.1:${port}: .*EADDRINUSE`),
    );
  });

  for (const [args, told] of [
    [['--prot', '1'], 'unknown option "--prot". did you mean "--port"?'],
    [['--port', 'many'], '--port wants a whole number from 0 to 65535, not "many"'],
    [['--port', '65535', '--brokers', '2'], '--port wants a whole number from 0 to 65534, not "65535"'],
    [['--brokers', '0'], '--brokers wants a whole number from 1 to 100, not "0"'],
    [['--topic', 'a:b'], '--topic wants name or name:partitions, not "a:b"'],
    [['--sasl', 'secret'], '--sasl wants user:password'],
    [['--tls-key', 'x.pem'], '--tls-key and --tls-cert go together'],
    [['orders'], 'kafka takes options only, not "orders"'],
  ] as const) {
    test(`says what is wrong with ${args.join(' ')}`, async () => {
      const { stderr, exitCode } = await brine(project, ['kafka', ...args]);
      assert.equal(exitCode, 2);
      assert.equal(stderr.split('\n')[0], `brine: ${told}`);
      assert.match(stderr, /\nUsage: npx brine <command>\n/);
    });
  }

  test('says what is wrong with the name of a topic', async () => {
    const { stderr, exitCode } = await brine(project, ['kafka', '--port', '0', '--topic', 'a b']);
    assert.equal(exitCode, 1);
    assert.equal(stderr, 'brine: "a b" is no valid name for a topic\n');
  });
});
