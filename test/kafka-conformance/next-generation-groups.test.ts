import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { TapEventSource } from '../../support/clients/tap-event-source';
import { removeRun } from '../../support/environment/leftovers/store-remove.js';
import { KafkaBroker } from '../../support/kafka-broker';
import { describeNextGeneration } from '../../support/kafka-groups/next-generation.js';
import { eventually } from '../../support/time';
import { javaArguments, kafkaJars, RealKafka } from './real-kafka';

const skip = kafkaJars === undefined && 'BRINE_KAFKA_JARS names no jars';
const [prefix, topic, group] = ['brine_k848_', 'brine_k848_orders', 'brine_k848_service'];

/** Kafka's console consumer, with the protocol of KIP-848. */
function consume(address: string): ChildProcess {
  const args = ['--bootstrap-server', address, '--topic', topic, '--group', group, '--from-beginning'];
  const properties = ['group.protocol=consumer', 'enable.auto.commit=true', 'auto.commit.interval.ms=100'];
  const settings = properties.flatMap((property) => ['--consumer-property', property]);
  const program = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
  return spawn('java', javaArguments(kafkaJars ?? '', program, [...args, ...settings]), { stdio: 'ignore' });
}

test('a group of the protocol of KIP-848 is waited for, and removed though its member has died', {
  skip,
}, async () => {
  await using stack = new AsyncDisposableStack();
  const { address } = stack.use(await RealKafka.start(kafkaJars ?? ''));
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  stack.defer(() => admin.disconnect());
  const source = await TapEventSource.connect({ kafka, brokers: [address], topicPrefix: prefix });
  await source.createTopic(topic, 2);
  const consumer = consume(address);
  stack.defer(() => void consumer.kill('SIGKILL'));
  const stable = async () => {
    const described = await describeNextGeneration([address], group);
    assert.equal(described?.state, 'Stable');
    assert.deepEqual(described?.members[0]?.topics, [topic]);
  };
  await eventually(stable, { withinMs: 30_000 });

  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ value: 'a', partition: 0 }] });
  await producer.disconnect();
  const caughtUp = async () => {
    const progress = (await source.progress()).map(({ partition, committed, end }) => [
      partition,
      committed,
      end,
    ]);
    assert.deepEqual(progress.sort(), [
      [0, 1n, 1n],
      [1, 0n, 0n],
    ]);
  };
  await eventually(caughtUp, { withinMs: 20_000 });

  consumer.kill('SIGSTOP'); // it says nothing more, as one that was killed
  assert.deepEqual(await removeRun(admin, [address], prefix), []);
  const { groups } = await admin.listGroups();
  assert.deepEqual(
    groups.filter(({ groupId }) => groupId.startsWith(group)),
    [],
  );
  consumer.kill('SIGKILL');
  await source[Symbol.asyncDispose]();
});

test('a broker that does not know the protocol is no obstacle', async () => {
  await using broker = await KafkaBroker.start();
  assert.equal(await describeNextGeneration([broker.address], 'nobody'), undefined);
});
