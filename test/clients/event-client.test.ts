import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { EventClient } from '../../support/clients';
import { KafkaBroker } from '../../support/kafka-broker';
import { eventually } from '../../support/time';

interface Lane extends AsyncDisposable {
  readonly broker: KafkaBroker;
  readonly events: EventClient;
}

/** The embedded source sees what is appended; the tap is what a real cluster gets, here in front of the same broker. */
async function openLane(source: 'embedded' | 'tap', topicPrefix = ''): Promise<Lane> {
  const broker = await KafkaBroker.start();
  const options = { brokers: [broker.address], topicPrefix };
  const events =
    source === 'embedded' ? EventClient.beside(broker, options) : await EventClient.connect(options);
  return {
    broker,
    events,
    [Symbol.asyncDispose]: async () => {
      await events[Symbol.asyncDispose]();
      await broker.close();
    },
  };
}

for (const source of ['embedded', 'tap'] as const) {
  describe(`the recorder (${source})`, () => {
    test('has an event as soon as its publisher returns, with key, value, headers and place', async () => {
      await using lane = await openLane(source);
      await lane.events.createTopic('audit', 1);
      const place = await lane.events.publish({
        topic: 'audit',
        key: 'user-1',
        value: '{"n":9007199254740993}',
        headers: { trace: 't-1' },
      });
      assert.deepEqual(place, { topic: 'audit', partition: 0, offset: 0n });
      const [event] = lane.events.recorder.since('audit');
      assert.equal(event?.key, 'user-1');
      assert.deepEqual(event?.value, { n: 9007199254740993n });
      assert.deepEqual(event?.headers, { trace: 't-1' });
    });

    test('shows a scenario only what came after its bookmark', async () => {
      await using lane = await openLane(source);
      await lane.events.createTopic('audit', 3);
      for (const key of ['a', 'b', 'c']) await lane.events.publish({ topic: 'audit', key, value: 'old' });
      lane.events.recorder.bookmark(await lane.events.ends());
      assert.deepEqual(lane.events.recorder.since(), []);
      await lane.events.publish({ topic: 'audit', key: 'a', value: 'new' });
      assert.deepEqual(
        lane.events.recorder.since('audit').map(({ value }) => value),
        ['new'],
      );
    });

    test('keeps the order of a key, tombstones and text that is no JSON', async () => {
      await using lane = await openLane(source);
      for (const value of ['1', 'not { json', null, '']) {
        await lane.events.publish({ topic: 'audit', key: 'k', value });
      }
      assert.deepEqual(
        lane.events.recorder.since('audit').map(({ value }) => value),
        [1, 'not { json', null, ''],
      );
    });

    test('wakes who waits for an event', async () => {
      await using lane = await openLane(source);
      await lane.events.createTopic('audit', 1);
      const { recorder } = lane.events;
      const waiting = eventually(async () => assert.equal(recorder.since('audit').length, 1), {
        withinMs: 10_000,
        onChange: (wake) => recorder.onEvent(wake),
      });
      await lane.events.publish({ topic: 'audit', value: 'x' });
      assert.equal((await waiting).nearDeadline, false);
    });

    test('has all that lies on a topic once it has caught up, whoever published it', async () => {
      await using lane = await openLane(source);
      await lane.events.createTopic('audit', 3);
      const kafka = new Kafka({ brokers: [lane.broker.address], logLevel: logLevel.NOTHING });
      const producer = kafka.producer();
      await producer.connect();
      const messages = Array.from({ length: 1_000 }, (_, n) => ({ key: `k-${n}`, value: String(n) }));
      await producer.send({ topic: 'audit', messages });
      await lane.events.caughtUp('audit');
      assert.equal(lane.events.recorder.since('audit').length, 1_000);
      await producer.disconnect();
    });

    test('has caught up when what is left belongs to a transaction that is open, or was aborted', async () => {
      await using lane = await openLane(source);
      await lane.events.createTopic('audit', 1);
      const kafka = new Kafka({ brokers: [lane.broker.address], logLevel: logLevel.NOTHING });
      const producer = kafka.producer({ transactionalId: 't', maxInFlightRequests: 1, idempotent: true });
      await producer.connect();
      const values = () => lane.events.recorder.since('audit').map(({ value }) => value);
      const committed = await producer.transaction();
      await committed.send({ topic: 'audit', messages: [{ value: 'a' }] });
      await lane.events.caughtUp('audit');
      assert.deepEqual(values(), []);
      await committed.commit();
      await lane.events.caughtUp('audit');
      assert.deepEqual(values(), ['a']);
      const aborted = await producer.transaction();
      await aborted.send({ topic: 'audit', messages: [{ value: 'b' }] });
      await aborted.abort();
      await lane.events.caughtUp('audit');
      assert.deepEqual(values(), ['a']);
      await producer.disconnect();
    });

    test('has many events that were published at once, those of a key in order', async () => {
      await using lane = await openLane(source);
      await lane.events.createTopic('audit', 3);
      const events = Array.from({ length: 6_001 }, (_, n) => ({
        topic: 'audit',
        key: `k-${n % 7}`,
        value: String(n),
      }));
      const place = await lane.events.publishAll('audit', events);
      const recorded = lane.events.recorder.since('audit');
      assert.equal(recorded.length, 6_001);
      for (const key of ['k-0', 'k-6']) {
        const values = recorded.filter((event) => event.key === key).map(({ value }) => Number(value));
        assert.deepEqual(
          values,
          events.filter((event) => event.key === key).map(({ value }) => Number(value)),
        );
      }
      const last = recorded.find(({ value }) => value === 6_000);
      assert.deepEqual(place, { topic: 'audit', partition: last?.partition, offset: last?.offset });
      assert.equal(await lane.events.publishAll('audit', []), undefined);
    });

    test('loses no event to a partition that there is not without saying so', async () => {
      await using lane = await openLane(source);
      await lane.events.createTopic('audit', 2);
      const events = Array.from({ length: 200 }, (_, n) => ({
        topic: 'audit',
        value: 'x',
        partition: n % 3,
      }));
      await assert.rejects(
        lane.events.publishAll('audit', events),
        /topic "audit": 66 events were not published: it has no partition 2\n/,
      );
    });

    test('says that a topic exists with another number of partitions', async () => {
      await using lane = await openLane(source);
      await lane.events.createTopic('audit', 2);
      await lane.events.createTopic('audit', 2);
      await assert.rejects(
        lane.events.createTopic('audit', 3),
        /it exists already, with 2 partitions and not 3/,
      );
    });

    test('speaks of topics and groups without the prefix of the lane', async () => {
      await using lane = await openLane(source, 'brine_r1_0_');
      await lane.events.publish({ topic: 'audit', value: 'x' });
      assert.equal(lane.events.recorder.since('audit').length, 1);
      assert.ok(lane.broker.topics().some(({ name }) => name === 'brine_r1_0_audit'));
    });

    test('names the group that is behind, and where', async () => {
      await using lane = await openLane(source, 'brine_r1_0_');
      await lane.events.createTopic('audit', 1);
      const kafka = new Kafka({ brokers: [lane.broker.address], logLevel: logLevel.NOTHING });
      const consumer = kafka.consumer({ groupId: 'brine_r1_0_inventory' });
      await consumer.connect();
      await consumer.subscribe({ topics: ['brine_r1_0_audit'], fromBeginning: true });
      const gate = new EventTarget();
      let handled = 0;
      await consumer.run({
        eachMessage: async () => {
          await once(gate, 'open');
          handled++;
        },
      });
      await lane.events.publish({ topic: 'audit', value: 'x' });
      await assert.rejects(
        eventually(async () => assert.equal((await lane.events.lags()).length, 0), { withinMs: 300 }),
      );
      assert.deepEqual(await lane.events.lagsOf('inventory'), ['audit/0 at 0 of 1 (lag 1)']);
      assert.deepEqual(await lane.events.lagsOf('inventory', 'audit'), ['audit/0 at 0 of 1 (lag 1)']);
      await assert.rejects(lane.events.lagsOf('inventry'), /unknown consumer group/);
      await assert.rejects(
        lane.events.lagsOf('inventory', 'audits'),
        /unknown topic of consumer group "inventory" "audits"\n.*did you mean "audit"\?/,
      );
      const opening = setInterval(() => gate.dispatchEvent(new Event('open')), 5);
      await eventually(async () => assert.deepEqual(await lane.events.lagsOf('inventory'), []), {
        withinMs: 10_000,
      });
      clearInterval(opening);
      assert.equal(handled, 1);
      await consumer.disconnect();
    });
  });
}

test('a lane on a shared cluster takes its topics and groups with it, and nothing else', async () => {
  await using broker = await KafkaBroker.start();
  broker.createTopic('somebody-elses');
  const events = await EventClient.connect({ brokers: [broker.address], topicPrefix: 'brine_r1_0_' });
  await events.publish({ topic: 'audit', value: 'x' });
  await events[Symbol.asyncDispose]();
  assert.deepEqual(
    broker
      .topics()
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('__')),
    ['somebody-elses'],
  );
  assert.deepEqual(
    broker.groups().map(({ groupId }) => groupId),
    [],
  );
});
