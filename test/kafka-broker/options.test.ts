import assert from 'node:assert/strict';
import test from 'node:test';
import { KafkaBroker, type KafkaBrokerOptions } from '../../support/kafka-broker';
import { startBroker } from './harness';

const wrong: ReadonlyArray<readonly [options: object, message: string]> = [
  [{ brokers: 0 }, 'brokers: 0: a whole number from 1 to 100 is wanted'],
  [{ port: 65_535, brokers: 3 }, 'port: 65535: a whole number from 0 to 65533 is wanted'],
  [{ host: '' }, 'host: "": a host name or address is wanted'],
  [{ defaultPartitions: 0 }, 'defaultPartitions: 0: a whole number from 1 to 10000 is wanted'],
  [{ defaultPartitions: 1e9 }, 'defaultPartitions: 1000000000: a whole number from 1 to 10000 is wanted'],
  [{ maxFetchWaitMs: Number.NaN }, 'maxFetchWaitMs: NaN: a whole number from 0 on is wanted'],
  [{ initialRebalanceDelayMs: -1 }, 'initialRebalanceDelayMs: -1: a whole number from 0 on is wanted'],
  [{ maxBytes: 0 }, 'maxBytes: 0: a whole number from 1 on is wanted'],
  [
    { retentionCheckIntervalMs: 0 },
    'retentionCheckIntervalMs: 0: a whole number from 1 to 2147483647 is wanted',
  ],
  [{ acls: 'yes' }, 'acls: "yes": true or false is wanted'],
  [{ superUsers: 'alice' }, 'superUsers: "alice": a list of names is wanted'],
  [{ tls: { key: 'a secret' } }, 'tls: object: `key` and `cert` are wanted, both PEM'],
  [{ log: true }, 'log: boolean: a function is wanted'],
];

for (const [options, message] of wrong) {
  test(`a broker does not start with ${message}`, async () => {
    await assert.rejects(KafkaBroker.start(options as KafkaBrokerOptions), {
      message: `Kafka broker, ${message}`,
    });
  });
}

test('an option that does not exist is named, with the nearest that does', async () => {
  const options = { defaultPartition: 3 } as KafkaBrokerOptions;
  const message =
    /^Kafka broker, defaultPartition: 3: there is no such option; did you mean "defaultPartitions"\?/;
  await assert.rejects(KafkaBroker.start(options), { message });
});

test('an option that is undefined is as if left out', async (t) => {
  const options = { port: undefined, defaultPartitions: undefined } as unknown as KafkaBrokerOptions;
  const broker = await startBroker(t, options);
  broker.createTopic('one');
  assert.deepEqual(broker.topics(), [{ name: 'one', partitions: 1 }]);
});

test('a topic with more partitions than Kafka makes at once is refused', async (t) => {
  const broker = await startBroker(t);
  assert.throws(() => broker.createTopic('many', { partitions: 1e9 }), {
    message: 'a topic with 1000000000 partitions, where 1 to 10000 can be',
  });
});
