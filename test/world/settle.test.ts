import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { EventClient } from '../../support/clients';
import { KafkaBroker } from '../../support/kafka-broker';
import { type Clock, eventually } from '../../support/time';
import { Settling } from '../../world/settle';

const withinMs = 1_500;

/** Its time goes by in pauses only. */
class PausedClock implements Clock {
  private time = 0;

  monotonic(): number {
    return this.time;
  }

  now(): Date {
    return new Date(this.time);
  }

  async pause(ms: number): Promise<void> {
    this.time += ms;
  }
}

describe('a group that never catches up', () => {
  test('is waited for once, then only briefly until it moves, and always named', async () => {
    await using stack = new AsyncDisposableStack();
    const broker = stack.adopt(await KafkaBroker.start(), (one) => one.close());
    const events = stack.use(EventClient.beside(broker, { brokers: [broker.address], topicPrefix: '' }));
    await events.createTopic('audit', 1);
    const consumer = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING }).consumer({
      groupId: 'poor',
    });
    const held: Array<() => void> = [];
    let poisoned = true;
    await consumer.connect();
    stack.defer(async () => {
      for (const go of held) go();
      await consumer.disconnect();
    });
    await consumer.subscribe({ topics: ['audit'], fromBeginning: true });
    await consumer.run({
      eachMessage: async () => {
        if (poisoned) await new Promise<void>((go) => held.push(go));
      },
    });
    const clock = new PausedClock();
    const settling = new Settling(clock);
    const settle = async () => {
      const begin = clock.monotonic();
      const note = await settling.settle({ events, queries: [], withinMs });
      return { note, ms: clock.monotonic() - begin };
    };
    assert.equal((await settle()).note, undefined);

    await events.publish({ topic: 'audit', value: 'poison' });
    await eventually(async () => assert.equal(held.length, 1), { withinMs: 10_000 });
    const first = await settle();
    assert.match(
      first.note ?? '',
      /did not come to rest: group "poor" is behind: audit\/0 at 0 of 1 \(lag 1\)/,
    );
    assert.ok(first.ms >= withinMs, `${first.ms} ms`);

    await events.publish({ topic: 'audit', value: 'more' });
    const second = await settle();
    assert.match(second.note ?? '', /group "poor" is behind: audit\/0 at 0 of 2 \(lag 2\)/);
    assert.ok(second.ms < withinMs, `${second.ms} ms`);

    poisoned = false;
    for (const go of held.splice(0)) go();
    await eventually(async () => assert.deepEqual(await events.lags(), []), { withinMs: 10_000 });
    assert.equal((await settle()).note, undefined);
  });
});

describe('what is at rest at the first look', () => {
  /** How long it takes where events have just been published, and no group reads them. */
  async function settled(mayPublish: boolean): Promise<number> {
    await using stack = new AsyncDisposableStack();
    const broker = stack.adopt(await KafkaBroker.start(), (one) => one.close());
    const events = stack.use(EventClient.beside(broker, { brokers: [broker.address], topicPrefix: '' }));
    await events.createTopic('audit', 1);
    await events.publish({ topic: 'audit', value: 'last' });
    const clock = new PausedClock();
    const note = await new Settling(clock).settle({ events, queries: [], withinMs, mayPublish });
    assert.equal(note, undefined);
    return clock.monotonic();
  }

  test('is looked at a second time where services may publish meanwhile', async () => {
    assert.ok((await settled(true)) > 0);
  });

  test('is at rest where there are none: nothing is waited for', async () => {
    assert.equal(await settled(false), 0);
  });
});
