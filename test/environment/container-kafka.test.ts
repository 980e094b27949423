import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { EventClient } from '../../support/clients';
import { fingerprint, markersIn, markerTopic } from '../../support/environment/kafka/run-marker';
import { shareCluster, sweepCluster } from '../../support/environment/kafka/shared-cluster';
import { deadAfterMs, type Owner, thisOwner } from '../../support/environment/leftovers/owner';
import { KafkaBroker } from '../../support/kafka-broker';
import { eventually } from '../../support/time';
import { TestProject, TestRun } from './postgres';
import { realKafka } from './real-kafka';

const limitMs = 15_000;

interface Lane {
  readonly events: EventClient;
  readonly kafka: Kafka;
  readonly prefix: string;
  /** Lets a group of the lane consume a topic to its end, as services do. */
  consume(group: string, topic: string): Promise<{ readonly seen: string[] }>;
  /** Writes events in a transaction. */
  transact(topic: string, values: readonly string[], end: 'commit' | 'abort'): Promise<void>;
}

async function openLane(stack: AsyncDisposableStack, brokers: readonly string[]): Promise<Lane> {
  const prefix = `brine_${randomBytes(4).toString('hex')}_0_`;
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const events = stack.use(await EventClient.connect({ brokers, topicPrefix: prefix }));
  return { events, kafka, prefix, consume, transact };

  async function consume(group: string, topic: string) {
    const consumer = kafka.consumer({ groupId: `${prefix}${group}`, maxWaitTimeInMs: 50 });
    await consumer.connect();
    stack.defer(() => consumer.disconnect());
    await consumer.subscribe({ topics: [`${prefix}${topic}`], fromBeginning: true });
    const seen: string[] = [];
    await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) });
    return { seen };
  }

  async function transact(topic: string, values: readonly string[], end: 'commit' | 'abort') {
    const transactionalId = `${prefix}${randomBytes(4).toString('hex')}`;
    const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    stack.defer(() => producer.disconnect());
    const transaction = await producer.transaction();
    await transaction.send({ topic: `${prefix}${topic}`, messages: values.map((value) => ({ value })) });
    await transaction[end]();
  }
}

type Server = (t: TestContext, stack: AsyncDisposableStack) => Promise<readonly string[] | undefined>;

const servers: Readonly<Record<string, Server>> = {
  'a real Kafka': realKafka,
  'an embedded broker that is reached by its address': async (_t, stack) => [
    stack.use(await KafkaBroker.start()).address,
  ],
};

for (const [name, start] of Object.entries(servers)) {
  describe(`the recorder on ${name}`, () => {
    it('does not take the ends of transactions, nor what was aborted, for events that a group has to read', async (t) => {
      await using stack = new AsyncDisposableStack();
      const brokers = await start(t, stack);
      if (brokers === undefined) return;
      const { events, consume, transact } = await openLane(stack, brokers);
      await events.createTopic('orders', 1);
      const { seen } = await consume('inventory', 'orders');
      await transact('orders', ['a', 'b'], 'commit');
      await eventually(async () => assert.deepEqual(await events.lagsOf('inventory'), []), {
        withinMs: limitMs,
      });
      assert.deepEqual(seen, ['a', 'b']);
      await transact('orders', ['never'], 'abort');
      await eventually(async () => assert.deepEqual(await events.lagsOf('inventory'), []), {
        withinMs: limitMs,
      });
      await events.publish({ topic: 'orders', value: 'c' });
      await eventually(async () => assert.deepEqual(await events.lagsOf('inventory'), []), {
        withinMs: limitMs,
      });
      assert.deepEqual(seen, ['a', 'b', 'c']);
      assert.deepEqual(await events.lags(), []);
    });
  });

  describe(`runs that share ${name}`, () => {
    it("remove their topics and groups, marker and all, and nobody else's", async (t) => {
      await using stack = new AsyncDisposableStack();
      const brokers = await start(t, stack);
      if (brokers === undefined) return;
      const { admin, testPrefix, topicsAre } = await site(stack, brokers);
      await admin.createTopics({ topics: [{ topic: `${testPrefix}somebodys` }] });
      const { context } = stack.use(new TestRun(stack.use(new TestProject())));
      const run = await shareCluster(brokers, testPrefix, { ...context, runId: 'aaaa0000' });
      const events = await EventClient.connect({ brokers, topicPrefix: `${testPrefix}aaaa0000_0_` });
      await events.publish({ topic: 'audit', value: 'x' });
      await events[Symbol.asyncDispose]();
      await admin.createTopics({ topics: [{ topic: `${testPrefix}aaaa0000_1_of-a-lane-that-died` }] });
      await run[Symbol.asyncDispose]();
      await topicsAre([`${testPrefix}somebodys`]);
    });

    it('remove what dead ones have left: at once on the same machine, else after an hour without a sign of life', async (t) => {
      await using stack = new AsyncDisposableStack();
      const brokers = await start(t, stack);
      if (brokers === undefined) return;
      const { kafka, admin, testPrefix, topicsAre } = await site(stack, brokers);
      const owners: Readonly<Record<string, Owner>> = {
        dead0: { ...thisOwner(), identity: 'an earlier process with this number' },
        live0: thisOwner(),
        away0: { host: 'another machine', pid: 1, identity: '1' },
        new00: { host: 'another machine', pid: 2, identity: '2' },
      };
      const own = (run: string) => [
        `${testPrefix}${run}_0_orders`,
        markerTopic(testPrefix, run, owners[run]!),
      ];
      const producer = kafka.producer();
      await producer.connect();
      stack.defer(() => producer.disconnect());
      for (const run of Object.keys(owners)) {
        await admin.createTopics({ topics: own(run).map((topic) => ({ topic })), waitForLeaders: true });
        if (run !== 'new00') await producer.send({ topic: own(run)[1]!, messages: [{ value: 'alive' }] });
      }
      const group = kafka.consumer({ groupId: `${testPrefix}dead0_0_inventory` });
      await group.connect();
      await group.subscribe({ topics: [own('dead0')[0]!] });
      const joined = new Promise<unknown>((resolve) => group.on('consumer.group_join', resolve));
      await group.run({ eachMessage: async () => {} });
      await joined;
      await group.disconnect();

      const lines: string[] = [];
      const report = (line: string) => void lines.push(line);
      await sweepCluster(brokers, testPrefix, report);
      await topicsAre(['away0', 'live0', 'new00'].flatMap(own).sort());
      assert.deepEqual(lines, [
        `topics and groups ${testPrefix}dead0_..., left by a run that was killed, are removed`,
      ]);
      const { groups } = await admin.listGroups();
      assert.deepEqual(
        groups.filter(({ groupId }) => groupId.startsWith(testPrefix)),
        [],
      );

      await sweepCluster(brokers, testPrefix, report, () => Date.now() + deadAfterMs - 60_000);
      await topicsAre(['away0', 'live0', 'new00'].flatMap(own).sort());
      await sweepCluster(brokers, testPrefix, report, () => Date.now() + deadAfterMs + 60_000);
      await topicsAre(['live0', 'new00'].flatMap(own).sort());
    });
  });
}

it('a marker is known again, and nothing else is taken for one', () => {
  const owner = { host: 'a', pid: 7, identity: 'b' };
  const topic = markerTopic('brine_', '0a1b2c3d', owner);
  const marker = { host: fingerprint('a'), pid: 7, identity: fingerprint('b') };
  assert.deepEqual(
    markersIn([topic, 'brine_0a1b2c3d_0_orders', 'x_0a1b2c3d_alive', `other${topic}`], 'brine_'),
    [{ topic, run: '0a1b2c3d', owner: marker }],
  );
});

/** A cluster with a prefix that only this test has. */
async function site(stack: AsyncDisposableStack, brokers: readonly string[]) {
  const testPrefix = `brine_test_${randomBytes(4).toString('hex')}_`;
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = async () =>
    (await admin.listTopics()).filter((topic) => topic.startsWith(testPrefix)).sort();
  stack.defer(async () => {
    await admin.deleteTopics({ topics: await topics() });
    await admin.disconnect();
  });
  /** A broker hears a little later of what the controller has removed. */
  const topicsAre = (expected: readonly string[]) =>
    eventually(async () => assert.deepEqual(await topics(), expected), { withinMs: 5_000 });
  return { kafka, admin, testPrefix, topicsAre };
}
