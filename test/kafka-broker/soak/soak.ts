import { setTimeout as pause } from 'node:timers/promises';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { KafkaBroker } from '../../../support/kafka-broker';
import type { History, Numbered } from './history';

/** Longer than any fault lasts: no send may fail for good, or its outcome would be unknown. */
const retry = { initialRetryTime: 5, maxRetryTime: 50, retries: 10_000 };
/**
 * kafkajs sleeps so long for each broker that leads none of its partitions, and looks at the errors of the others only then: with
 * its default of 5 s, a consumer stands still for most of a soak in which leaders move.
 */
const maxWaitTimeInMs = 200;
const partitions = 4;
const keysOfProducer = 5;

export interface SoakOptions {
  readonly seconds: number;
  /** From 0 (included) to 1 (not included). */
  readonly random: () => number;
  readonly log?: (line: string) => void;
  /** Makes the broker break its promises, to see that the checker tells. */
  readonly sabotage?: (broker: KafkaBroker) => void;
}

export interface Soaked extends History {
  /** How often each kind of fault was caused. */
  readonly faults: Readonly<Record<string, number>>;
}

/**
 * Two producers, a group of two consumers and a transactional copy, on three brokers that fail at random.
 * @returns all that a checker needs, once the faults have stopped and everybody has caught up
 */
export async function soak({ seconds, random, log = () => {}, sabotage }: SoakOptions): Promise<Soaked> {
  await using broker = await KafkaBroker.start({ brokers: 3, random, log });
  for (const name of ['in', 'out']) broker.createTopic(name, { partitions });
  sabotage?.(broker);
  const kafka = new Kafka({
    brokers: broker.address.split(','),
    clientId: 'soak',
    logLevel: logLevel.NOTHING,
    requestTimeout: 3_000,
    retry,
  });
  const over = new AbortController();
  const acknowledged: Numbered[] = [];
  const delivered: Numbered[] = [];
  const members = [await member(kafka, delivered), await member(kafka, delivered)];
  // Whoever is left when something fails would try to connect for ever.
  await using clients = new AsyncDisposableStack();
  for (const each of members) clients.defer(() => each.disconnect());
  clients.defer(() => over.abort());
  const copying = copy(kafka, over.signal);
  const deadline = performance.now() + seconds * 1_000;
  const isOver = () => performance.now() > deadline;
  const producing = Promise.all(['a', 'b'].map((name) => produce(kafka, name, acknowledged, isOver)));
  producing.catch(() => {}); // told below, when the faults have stopped
  const faults = await causeFaults(broker, random, isOver);
  await ends('the producers', producing);
  const stored = numbered(broker, 'in');
  const left = () => {
    const distinct = new Set(delivered.map(({ key, number }) => `${key}/${number}`)).size;
    return Math.max(0, stored.length - distinct) + Math.max(0, stored.length - broker.records('out').length);
  };
  await standstill(left, log);
  over.abort();
  await Promise.all([
    ends('the copy', copying),
    ...members.map((each, index) => ends(`member ${index} of the readers`, each.disconnect())),
  ]);
  return { acknowledged, stored, delivered, copied: numbered(broker, 'out'), faults };
}

/** kafkajs may wait for ever: then it is told who does. */
async function ends(who: string, end: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const late = pause(30_000, undefined, { signal: over.signal }).then(() => {
    throw new Error(`${who} did not end within 30 s`);
  });
  await Promise.race([end, late]).finally(() => over.abort());
}

/** Resolves when nothing is left, or when it has not become less for a minute: the checker then says what is missing. */
async function standstill(left: () => number, log: (line: string) => void): Promise<void> {
  let [least, since] = [Number.POSITIVE_INFINITY, performance.now()];
  for (let now = left(); now > 0; now = left()) {
    if (now < least) [least, since] = [now, performance.now()];
    if (performance.now() - since > 60_000) return log(`${now} messages did not arrive within a minute`);
    await pause(500);
  }
}

/**
 * One partition a request: of a send to several brokers, kafkajs 2.2.4 loses messages when a leader moves meanwhile. Asked again,
 * it skips each broker that has answered before, also for partitions which that broker leads only now (sendMessages.js).
 */
async function produce(
  kafka: Kafka,
  name: string,
  acknowledged: Numbered[],
  isOver: () => boolean,
): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry });
  await producer.connect();
  for (let number = 0; !isOver(); number++) {
    for (let index = 0; index < keysOfProducer; index++) {
      const key = `${name}${index}`;
      const message = { key, value: `${number}`, partition: index % partitions };
      await producer.send({ topic: 'in', messages: [message], acks: -1 });
      acknowledged.push({ key, number });
    }
    await pause(10); // slower than the copy, which has to keep up
  }
  await producer.disconnect();
}

async function member(kafka: Kafka, delivered: Numbered[]): Promise<Consumer> {
  const consumer = kafka.consumer({
    groupId: 'readers',
    heartbeatInterval: 500,
    sessionTimeout: 6_000,
    maxWaitTimeInMs,
    retry,
  });
  await consumer.connect();
  await consumer.subscribe({ topic: 'in', fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      delivered.push({ key: String(message.key), number: Number(message.value) });
    },
  });
  return consumer;
}

/** Copies from `in` to `out`, exactly once. After any error, one while it connects too, it begins anew. */
async function copy(kafka: Kafka, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await copyUntilFailure(kafka, signal).catch(() => {});
}

/** Offsets and copies are in one transaction. */
async function copyUntilFailure(kafka: Kafka, signal: AbortSignal): Promise<void> {
  const producer = kafka.producer({ transactionalId: 'copy', idempotent: true, maxInFlightRequests: 1 });
  const consumer = kafka.consumer({
    groupId: 'copy',
    sessionTimeout: 6_000,
    heartbeatInterval: 500,
    maxWaitTimeInMs,
  });
  const failed = new AbortController();
  try {
    await producer.connect();
    await consumer.connect();
    await consumer.subscribe({ topic: 'in', fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        if (failed.signal.aborted) return;
        const transaction = await producer.transaction();
        try {
          const messages = batch.messages.map(({ key, value }) => ({
            key,
            value,
            partition: batch.partition,
          }));
          await transaction.send({ topic: 'out', messages });
          const next = `${BigInt(batch.lastOffset()) + 1n}`;
          const topics = [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset: next }] }];
          await transaction.sendOffsets({ consumerGroupId: 'copy', topics });
          await transaction.commit();
        } catch {
          failed.abort();
          await transaction.abort().catch(() => {});
        }
      },
    });
    consumer.on('consumer.crash', () => failed.abort());
    await aborted(AbortSignal.any([signal, failed.signal]));
  } finally {
    await consumer.disconnect().catch(() => {});
    await producer.disconnect().catch(() => {});
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

async function causeFaults(
  broker: KafkaBroker,
  random: () => number,
  isOver: () => boolean,
): Promise<Record<string, number>> {
  const count: Record<string, number> = {};
  const below = (limit: number) => Math.floor(random() * limit);
  const kinds: Record<string, () => Promise<void>> = {
    'a broker was down': async () => {
      const id = below(3) + 1;
      await broker.stopBroker(id);
      await pause(20 + below(200));
      await broker.startBroker(id);
    },
    'an answer to a producer was lost': async () => {
      broker.faults.add({ api: 'Produce', times: 1, effect: { drop: 'after' } });
    },
    'a leader moved': async () =>
      broker.moveLeader(random() < 0.5 ? 'in' : 'out', below(partitions), below(3) + 1),
    'a coordinator moved': async () =>
      broker.moveCoordinator(random() < 0.5 ? 'readers' : 'copy', below(3) + 1),
  };
  const names = Object.keys(kinds);
  while (!isOver()) {
    await pause(50 + below(300));
    const name = names[below(names.length)] ?? '';
    await kinds[name]?.();
    count[name] = (count[name] ?? 0) + 1;
  }
  return count;
}

function numbered(broker: KafkaBroker, topic: string): Numbered[] {
  return broker.records(topic).map(({ key, value }) => ({ key: String(key), number: Number(value) }));
}

/** Mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
