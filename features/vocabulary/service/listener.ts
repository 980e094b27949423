import { createServer } from 'node:http';
import { Kafka, logLevel } from 'kafkajs';

/** What the features of events speak with: it answers each letter, and puts aside what it cannot read. */

const prefix = process.env.KAFKA_TOPIC_PREFIX ?? '';
const kafka = new Kafka({
  brokers: (process.env.KAFKA_BROKERS ?? '').split(','),
  logLevel: logLevel.NOTHING,
});
const producer = kafka.producer();
const consumer = kafka.consumer({ groupId: `${prefix}listener`, maxWaitTimeInMs: 100 });
let isReady = false;

async function answer(key: Buffer | null, text: string): Promise<void> {
  const { id } = JSON.parse(text);
  const value = JSON.stringify({ answerTo: id });
  await producer.send({ topic: `${prefix}answers`, messages: [{ key, value }] });
}

async function putAside(key: Buffer | null, value: Buffer | null, error: unknown): Promise<void> {
  const headers = { 'original-topic': `${prefix}letters`, error: String(error) };
  await producer.send({ topic: `${prefix}letters.dlq`, messages: [{ key, value, headers }] });
}

async function listen(): Promise<void> {
  consumer.on(consumer.events.GROUP_JOIN, () => {
    isReady = true;
  });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [`${prefix}letters`], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { key, value } }) => {
      try {
        await answer(key, String(value));
      } catch (error) {
        await putAside(key, value, error);
      }
    },
  });
}

createServer((_request, response) => {
  response.writeHead(isReady ? 200 : 503).end();
}).listen(Number(process.env.PORT), '127.0.0.1');

listen().catch((error) => {
  process.stderr.write(`listener: ${error}\n`);
  process.exit(1);
});
process.on('SIGTERM', () => process.exit(0));
