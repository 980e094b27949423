import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { Client } from 'pg';

/** What a lane's service is given, as one in another process would be. */
export interface Addresses {
  readonly database: string;
  readonly cache: string;
  readonly brokers: readonly string[];
}

/** An event of a scenario. */
export interface Order {
  readonly scenario: string;
  /** How long the service works on it, in milliseconds. */
  readonly delay: number;
}

/**
 * A service as they are: it reads events, takes its time, writes a row and a key, and publishes an event, all of
 * which happens after the scenario's own steps have ended unless somebody waits for it.
 */
export class BackgroundService implements AsyncDisposable {
  handled = 0;

  private constructor(
    /** For what a scenario makes it write at once; it works on events through another. */
    readonly database: Client,
    readonly cache: Redis,
    readonly kafka: Kafka,
    private readonly end: () => Promise<void>,
  ) {}

  static async start({ database, cache, brokers }: Addresses): Promise<BackgroundService> {
    const kafka = new Kafka({ clientId: 'service', brokers: [...brokers], logLevel: logLevel.NOTHING });
    const [client, background] = [1, 2].map(
      () => new Client({ connectionString: database, application_name: 'service' }),
    ) as [Client, Client];
    for (const connection of [client, background]) connection.on('error', () => {}); // the database may be made anew
    const redis = new Redis(cache);
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    const consumer = kafka.consumer({ groupId: 'service' });
    await Promise.all([client.connect(), background.connect(), producer.connect(), consumer.connect()]);
    await client.query(`SET lock_timeout = '20ms'`);
    const service = new BackgroundService(client, redis, kafka, async () => {
      await consumer.disconnect();
      await producer.disconnect();
      redis.disconnect();
      await Promise.all([client.end(), background.end()]);
    });
    await consumer.subscribe({ topics: ['orders', 'payments'] });
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.run({
      eachMessage: async ({ message }) => {
        const { scenario, delay }: Order = JSON.parse(String(message.value));
        await pause(delay);
        await background.query('INSERT INTO work (scenario, done) VALUES ($1, $2)', [scenario, 'handled']);
        await redis.set(`done:${scenario}`, String(message.offset));
        await producer.send({ topic: 'done', messages: [{ value: JSON.stringify({ scenario }) }] });
        service.handled++;
      },
    });
    await joined;
    return service;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}
