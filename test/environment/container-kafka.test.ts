import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { EventClient } from '../../support/clients';
import { KafkaBroker } from '../../support/kafka-broker';
import { eventually } from '../../support/time';
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
}
