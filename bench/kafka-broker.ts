/**
 * How fast the embedded Kafka broker is through kafkajs, and what it keeps in memory:
 * `node -r ./support/typescript/register.js --expose-gc bench/kafka-broker.ts`. With BRINE_KAFKA_JARS (`.ci/kafka/fetch-jars.sh` fetches them) a real
 * Kafka is measured beside it, in the same run.
 */
import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs';
import { KafkaBroker } from '../support/kafka-broker';
import { kafkaJars, RealKafka } from '../test/kafka-conformance/real-kafka';
import { digits, main, print, Samples, table } from './harness';

/** What was measured, its median and its worst (if there was more than one), and their unit. */
type Row = readonly [what: string, median: string, worst: string, unit: string];

function kafkaFor({ address }: { readonly address: string }): Kafka {
  return new Kafka({ clientId: 'bench', brokers: [address], logLevel: logLevel.NOTHING });
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Runs it so many times; gives what each run measured, or took. */
async function measure(what: string, times: number, run: (round: number) => Promise<number>): Promise<Row> {
  const samples = new Samples(what);
  for (let round = 0; round < times; round++) samples.add(await run(round));
  return [what, digits(samples.median), digits(samples.quantile(1)), 'ms'];
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await task();
  return performance.now() - started;
}

async function startTime(): Promise<number> {
  let broker: KafkaBroker | undefined;
  const took = await timed(async () => {
    broker = await KafkaBroker.start();
  });
  await broker?.close();
  return took;
}

/** A consumer that tells of each message. */
async function running(kafka: Kafka, groupId: string, onMessage: () => void): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic: 'bench', fromBeginning: true });
  await consumer.run({ eachMessage: async () => onMessage() });
  return consumer;
}

async function freshGroup(kafka: Kafka, groupId: string): Promise<number> {
  const { promise, resolve } = deferred();
  const started = performance.now();
  const consumer = await running(kafka, groupId, resolve);
  await promise;
  const took = performance.now() - started;
  await consumer.disconnect();
  return took;
}

async function produceToEachMessage(kafka: Kafka, producer: Producer): Promise<Row> {
  let arrived = () => {};
  const consumer = await running(kafka, 'latency', () => arrived());
  const row = await measure('produce to eachMessage', 300, () =>
    timed(async () => {
      const { promise, resolve } = deferred();
      arrived = resolve;
      await producer.send({ topic: 'bench', messages: [{ value: 'x' }] });
      await promise;
    }),
  );
  await consumer.disconnect();
  return row;
}

async function stopTime(kafka: Kafka, groupId: string): Promise<number> {
  const consumer = await running(kafka, groupId, () => {});
  const took = await timed(() => consumer.stop());
  await consumer.disconnect();
  return took;
}

/** From the second member's connect until both have joined the generation with two. */
async function secondMember(kafka: Kafka, groupId: string): Promise<number> {
  const first = await running(kafka, groupId, () => {});
  const rejoined = new Promise<void>((resolve) => {
    first.on(first.events.GROUP_JOIN, ({ payload }) => {
      if (payload.memberAssignment.bench?.length === 1) resolve();
    });
  });
  let second: Consumer | undefined;
  const took = await timed(async () => {
    second = await running(kafka, groupId, () => {});
    await rejoined;
  });
  await Promise.all([first.disconnect(), second?.disconnect()]);
  return took;
}

async function closeTime(): Promise<number> {
  const broker = await KafkaBroker.start();
  const producer = kafkaFor(broker).producer();
  await producer.connect();
  await producer.send({ topic: 'bench', messages: [{ value: 'x' }] });
  const took = await timed(() => broker.close());
  await producer.disconnect();
  return took;
}

/** 20,000 events of 1 KB, in batches of 500, until the last has arrived. */
async function throughput(kafka: Kafka, producer: Producer): Promise<Row[]> {
  const messages = Array.from({ length: 500 }, () => ({ value: 'x'.repeat(1024) }));
  const count = 20_000;
  let left = count;
  const { promise, resolve } = deferred();
  const took = await timed(async () => {
    for (let sent = 0; sent < count; sent += messages.length) {
      await producer.send({ topic: 'throughput', messages });
    }
  });
  const consumer = kafka.consumer({ groupId: 'throughput' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'throughput', fromBeginning: true });
  const consuming = await timed(async () => {
    await consumer.run({
      eachBatch: async ({ batch }) => {
        left -= batch.messages.length;
        if (left <= 0) resolve();
      },
    });
    await promise;
  });
  await consumer.disconnect();
  const row = (what: string, ms: number): Row => [what, ((count / ms) * 1000).toFixed(0), '', '/s'];
  return [row('1 KB events produced', took), row('1 KB events consumed', consuming)];
}

/** What 100,000 events of 1 KB add to the memory of the process, in batches of 100 and, the worst case, of one. */
async function memory(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of [1, 100]) {
    await using broker = await KafkaBroker.start();
    const kept = await keptMegabytes(broker, 100_000, size);
    rows.push([`100,000 events of 1 KB kept, ${size} a batch`, kept.toFixed(0), '', 'MB']);
  }
  return rows;
}

async function keptMegabytes(broker: KafkaBroker, count: number, batchSize: number): Promise<number> {
  broker.createTopic('kept');
  const producer = kafkaFor(broker).producer();
  await producer.connect();
  const before = await usedMegabytes();
  const messages = Array.from({ length: batchSize }, () => ({ value: 'x'.repeat(1024) }));
  const batches = count / batchSize;
  const lanes = Array.from({ length: 20 }, async () => {
    for (let sent = 0; sent < batches / 20; sent++) await producer.send({ topic: 'kept', messages });
  });
  await Promise.all(lanes);
  const after = await usedMegabytes();
  await producer.disconnect();
  return after - before;
}

async function usedMegabytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve)); // buffers are given back a turn later
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

/** What any broker can be measured by. @param rounds of those that may take seconds */
async function throughKafkajs(broker: { readonly address: string }, rounds: number): Promise<Row[]> {
  const kafka = kafkaFor(broker);
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'bench', messages: [{ value: 'first' }] });
  const rows = [
    await measure('fresh group, connect to first message', rounds * 2, (round) =>
      freshGroup(kafka, `fresh-${round}`),
    ),
    await produceToEachMessage(kafka, producer),
    await measure('consumer.stop()', rounds, (round) => stopTime(kafka, `stop-${round}`)),
    await measure('second member joins', rounds, (round) => secondMember(kafka, `second-${round}`)),
    ...(await throughput(kafka, producer)),
  ];
  await producer.disconnect();
  return rows;
}

async function realKafka(jars: string): Promise<Row[]> {
  const started = performance.now();
  await using kafka = await RealKafka.start(jars, { 'num.partitions': '2' });
  const start: Row = ['start', digits(performance.now() - started), '', 'ms'];
  return [start, ...(await throughKafkajs(kafka, 3))];
}

/** The embedded broker's rows, with those of a real one beside them. */
function sideBySide(embedded: readonly Row[], real: readonly Row[]): string {
  const rows = embedded.map(([what, median, worst, unit]) => {
    const other = real.find((each) => each[0] === what)?.[1] ?? '';
    const ratio = other === '' ? '' : `${digits(Number(other) / Number(median))} x`;
    return [what, median, worst, other, ratio, unit];
  });
  return table(['', 'embedded', 'worst', 'real', 'real / embedded', ''], rows);
}

async function bench(): Promise<void> {
  const rows = [
    await measure('start', 20, startTime),
    await measure('close, client connected', 10, closeTime),
  ];
  {
    await using broker = await KafkaBroker.start({ defaultPartitions: 2 });
    rows.push(...(await throughKafkajs(broker, 10)));
  }
  rows.push(...(await memory()));
  print(sideBySide(rows, kafkaJars === undefined ? [] : await realKafka(kafkaJars)));
}

main(bench);
