import type { TestContext } from 'node:test';
import { type Consumer, type EachMessagePayload, Kafka, logLevel } from 'kafkajs';
import { KafkaBroker, type KafkaBrokerOptions } from '../../support/kafka-broker';

const scopes = new WeakMap<TestContext, AsyncDisposableStack>();

/** What ends with the test, the last first: node's own `t.after` would close the broker before its clients. */
function scopeOf(t: TestContext): AsyncDisposableStack {
  const existing = scopes.get(t);
  if (existing) return existing;
  const scope = new AsyncDisposableStack();
  scopes.set(t, scope);
  t.after(() => scope.disposeAsync());
  return scope;
}

/** A broker that is closed when the test ends. */
export async function startBroker(t: TestContext, options: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  return scopeOf(t).use(await KafkaBroker.start(options));
}

/** kafkajs as a service would use it, but silent. */
export function kafkaFor(broker: KafkaBroker, clientId = 'test'): Kafka {
  return new Kafka({ clientId, brokers: broker.address.split(','), logLevel: logLevel.NOTHING });
}

type Client = { connect(): Promise<void>; disconnect(): Promise<void> };

/** A kafkajs client, connected, and disconnected when the test ends (before the broker closes). */
export async function connected<C extends Client>(t: TestContext, client: C): Promise<C> {
  await client.connect();
  scopeOf(t).defer(() => client.disconnect());
  return client;
}

/** Messages as they come, and a promise for when there are enough. */
export class Inbox<T> {
  readonly received: T[] = [];
  #waiting: Array<{ isReached: () => boolean; resolve: () => void }> = [];

  add(item: T): void {
    this.received.push(item);
    this.#waiting = this.#waiting.filter(({ isReached, resolve }) => {
      if (isReached()) resolve();
      return !isReached();
    });
  }

  /** Resolves when the condition holds, checked with each message. */
  until(isReached: (received: T[]) => boolean): Promise<T[]> {
    const reached = () => isReached(this.received);
    if (reached()) return Promise.resolve(this.received);
    return new Promise((resolve) => {
      this.#waiting.push({ isReached: reached, resolve: () => resolve(this.received) });
    });
  }

  count(count: number): Promise<T[]> {
    return this.until((received) => received.length >= count);
  }
}

export interface Received {
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly value: string | null;
}

export function summary({ partition, message }: EachMessagePayload): Received {
  const { offset, key, value } = message;
  return { partition, offset, key: key?.toString() ?? null, value: value?.toString() ?? null };
}

/** Runs the consumer from the topic's start, all messages into an inbox. */
export async function consumeInto(consumer: Consumer, topic: string, inbox: Inbox<Received>): Promise<void> {
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async (payload) => inbox.add(summary(payload)) });
}

/** The next time the consumer has joined its group, and with which partitions. */
export function nextJoin(consumer: Consumer): Promise<Record<string, number[]>> {
  return new Promise((resolve) => {
    const remove = consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      remove();
      resolve(payload.memberAssignment);
    });
  });
}
