import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { startBroker } from '../kafka-broker/harness';
import { has, run, succeed } from './programs';
import { javaArguments, kafkaJars } from './real-kafka';

/**
 * Clients of other languages, unpatched and with their own defaults, against the embedded broker with its defaults. kafkajs and
 * @platformatic/kafka are in `cases`, for they run against both brokers. A client that is not installed is skipped, unless
 * BRINE_TEST_KAFKA=required.
 */
const isRequired = process.env.BRINE_TEST_KAFKA === 'required';
const python = '/usr/bin/python3';
const lines = (text: string) => text.trim().split('\n');

/** Tests with a client, skipped when it is not there. */
function clientTests(
  name: string,
  isThere: () => Promise<boolean>,
  tests: (check: typeof test) => void,
): void {
  describe(name, () => {
    let missing = false;
    before(async () => {
      missing = !(await isThere());
      if (missing && isRequired) throw new Error(`${name} is not installed`);
    });
    const check = (title: string, body: (t: TestContext) => Promise<void>) =>
      test(title, { timeout: 120_000 }, async (t) => {
        if (missing) t.skip('not installed');
        else await body(t);
      });
    tests(check as typeof test);
  });
}

clientTests(
  'kcat',
  () => has('kcat', ['-V']),
  (check) => {
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
      check(`produces and consumes, ${codec}`, async (t) => {
        const { address } = await startBroker(t);
        const messages = Array.from({ length: 100 }, (_, index) => `key${index}\tvalue ${index}`).join('\n');
        await succeed('kcat', ['-b', address, '-P', '-t', 'topic', '-K', '\t', '-z', codec], messages);
        const consumed = await succeed('kcat', ['-b', address, '-C', '-t', 'topic', '-e', '-q', '-K', '\t']);
        assert.equal(consumed.trim(), messages);
      });
    }

    check('idempotent, transactional, headers, tombstones', async (t) => {
      const broker = await startBroker(t);
      const produce = (...options: string[]) =>
        succeed('kcat', ['-b', broker.address, '-P', '-t', 'topic', ...options], 'a\nb\n');
      await produce('-X', 'enable.idempotence=true', '-H', 'h=x');
      await produce('-X', 'transactional.id=kcat');
      assert.deepEqual(
        broker.records('topic').map(({ value }) => String(value)),
        ['a', 'b', 'a', 'b'],
      );
      await succeed('kcat', ['-b', broker.address, '-P', '-t', 'topic', '-K', ':', '-Z'], 'key:\n');
      assert.equal(broker.records('topic').at(-1)?.value, null);
    });

    check('a group, offsets by time, metadata', async (t) => {
      const broker = await startBroker(t);
      await succeed('kcat', ['-b', broker.address, '-P', '-t', 'topic'], 'a\nb\n');
      const consumed = await succeed('kcat', [
        '-b',
        broker.address,
        '-G',
        'group',
        '-e',
        '-q',
        '-X',
        'auto.offset.reset=earliest',
        'topic',
      ]);
      assert.deepEqual(lines(consumed), ['a', 'b']);
      assert.equal(broker.groups()[0]?.offsets[0]?.committed, 2n);
      const byTime = await succeed('kcat', ['-b', broker.address, '-Q', '-t', 'topic:0:1000']);
      assert.match(byTime, /topic \[0\] offset 0/);
      assert.match(await succeed('kcat', ['-b', broker.address, '-L']), /topic "topic" with 1 partitions/);
    });
  },
);

clientTests(
  'kafka-python',
  () => has(python, ['-c', 'import kafka']),
  (check) => {
    check('producer, consumer group, transactions read, admin', async (t) => {
      const { address } = await startBroker(t);
      const script = join(__dirname, 'interop.py');
      assert.match(await succeed(python, [script, address]), /all is well/);
    });
  },
);

clientTests(
  "Kafka's Java tools",
  async () => kafkaJars !== undefined && (await has('java', ['-version'])),
  (check) => {
    const tool = (mainClass: string, args: readonly string[], input?: string) =>
      succeed('java', javaArguments(kafkaJars ?? '', mainClass, args), input);
    const tools = 'org.apache.kafka.tools';

    check('kafka-topics: create, list, describe, alter, delete', async (t) => {
      const broker = await startBroker(t);
      const topics = (...args: string[]) =>
        tool(`${tools}.TopicCommand`, ['--bootstrap-server', broker.address, ...args]);
      await topics('--create', '--topic', 'made', '--partitions', '2', '--config', 'retention.ms=1000');
      assert.match(await topics('--list'), /^made$/m);
      await topics('--alter', '--topic', 'made', '--partitions', '3');
      const described = await topics('--describe', '--topic', 'made');
      assert.match(described, /PartitionCount: 3\s+ReplicationFactor: 1\s+Configs: .*retention\.ms=1000/);
      await topics('--delete', '--topic', 'made');
      assert.deepEqual(broker.topics(), []);
    });

    check('kafka-console-producer and -consumer, kafka-consumer-groups, kafka-get-offsets', async (t) => {
      const broker = await startBroker(t);
      const server = ['--bootstrap-server', broker.address];
      const keys = ['--property', 'parse.key=true', '--property', 'key.separator=:'];
      await tool(`${tools}.ConsoleProducer`, [...server, '--topic', 'topic', ...keys], 'k1:v1\nk2:v2\n');
      const reading = ['--topic', 'topic', '--from-beginning', '--max-messages', '2', '--group', 'group'];
      const consumed = await tool(`${tools}.consumer.ConsoleConsumer`, [...server, ...reading]);
      assert.deepEqual(lines(consumed), ['v1', 'v2']);
      const groups = (...args: string[]) =>
        tool(`${tools}.consumer.group.ConsumerGroupCommand`, [...server, ...args]);
      assert.match(await groups('--list'), /^group$/m);
      assert.match(await groups('--describe', '--group', 'group'), /group\s+topic\s+0\s+2\s+2\s+0/);
      await groups('--reset-offsets', '--group', 'group', '--topic', 'topic', '--to-earliest', '--execute');
      assert.equal(broker.groups()[0]?.offsets[0]?.committed, 0n);
      await groups('--delete-offsets', '--group', 'group', '--topic', 'topic');
      assert.deepEqual(broker.groups()[0]?.offsets, []);
      assert.match(await groups('--delete', '--group', 'group'), /successful/);
      assert.match(await tool(`${tools}.GetOffsetShell`, [...server, '--topic', 'topic']), /topic:0:2/);
    });

    check('a consumer of the new protocol (KIP-848) is told to take the classic one', async (t) => {
      const broker = await startBroker(t);
      broker.createTopic('topic');
      const asked = ['--bootstrap-server', broker.address, '--topic', 'topic', '--timeout-ms', '5000'];
      const options = ['--consumer-property', 'group.protocol=consumer'];
      const consumer = javaArguments(kafkaJars ?? '', `${tools}.consumer.ConsoleConsumer`, [
        ...asked,
        ...options,
      ]);
      const { stdout, stderr } = await run('java', consumer);
      assert.match(stdout + stderr, /Set group\.protocol=classic on the consumer configs/);
    });

    check('kafka-configs: describe, alter; kafka-log-dirs', async (t) => {
      const broker = await startBroker(t);
      broker.createTopic('topic');
      const server = ['--bootstrap-server', broker.address];
      const described = await tool('kafka.admin.ConfigCommand', [
        ...server,
        '--describe',
        '--all',
        '--topic',
        'topic',
      ]);
      assert.match(described, /retention\.ms=604800000/);
      const altering = ['--alter', '--topic', 'topic', '--add-config', 'retention.ms=2000'];
      await tool('kafka.admin.ConfigCommand', [...server, ...altering]);
      const altered = await tool('kafka.admin.ConfigCommand', [...server, '--describe', '--topic', 'topic']);
      assert.match(altered, /retention\.ms=2000/);
      assert.match(await tool(`${tools}.LogDirsCommand`, [...server, '--describe']), /"topic-0"/);
    });

    for (const [how, options] of [
      ['idempotent', []],
      ['with transactions', ['--transaction-duration-ms', '100']],
    ] as const) {
      check(`kafka-producer-perf-test, ${how}`, async (t) => {
        const broker = await startBroker(t);
        const load = [
          '--topic',
          'perf',
          '--num-records',
          '5000',
          '--record-size',
          '100',
          '--throughput',
          '-1',
        ];
        const server = ['--producer-props', `bootstrap.servers=${broker.address}`];
        const report = await tool(`${tools}.ProducerPerformance`, [...load, ...options, ...server]);
        assert.match(report, /5000 records sent/);
        assert.equal(broker.records('perf').length, 5_000);
      });
    }
  },
);

/**
 * A folder in which @confluentinc/kafka-javascript was installed, and the Node that it was built for. It is no dependency: its binaries come
 * from a site of their own, or are built in minutes (see docs/kafka-broker.md).
 */
const { BRINE_CONFLUENT: confluent, BRINE_CONFLUENT_NODE: confluentNode = process.execPath } = process.env;

describe('@confluentinc/kafka-javascript', {
  skip: confluent === undefined && 'BRINE_CONFLUENT names none',
}, () => {
  test('producer, transactions, consumer group, admin', { timeout: 60_000 }, async (t) => {
    const { address } = await startBroker(t);
    const script = join(__dirname, 'interop-confluent.cjs');
    const { code, stdout, stderr } = await run(confluentNode, [script, confluent ?? '', address]);
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.match(stdout, /all is well/);
  });
});
