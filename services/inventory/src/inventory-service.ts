import type { AddressInfo } from 'node:net';
import type { Kafka } from 'kafkajs';
import type { DataSource } from 'typeorm';
import { untilDone } from './background/until-done';
import type { Config } from './config';
import { createDataSource, isDatabaseReady } from './database/data-source';
import { type App, createApp } from './http/app';
import { healthRoutes } from './http/health-routes';
import type { Logger } from './logger';
import { EventConsumer } from './messaging/event-consumer';
import { EventPublisher } from './messaging/event-publisher';
import { createKafka } from './messaging/kafka';
import { ensureTopics } from './messaging/topics';
import { OrderEventHandler } from './order-events/order-event-handler';
import { reservationRoutes } from './reservations/reservation-routes';
import { stockRoutes } from './stock/stock-routes';

const QUERY_TIMEOUT_MS = 5_000;

/** The parts of the service, put together; nothing runs before `start()`. */
export class InventoryService {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #database: DataSource;
  readonly #kafka: Kafka;
  readonly #publisher: EventPublisher;
  readonly #consumer: EventConsumer;
  readonly #app: App;

  constructor(config: Config, logger: Logger) {
    const prefix = config.kafkaTopicPrefix;
    this.#config = config;
    this.#logger = logger;
    this.#database = createDataSource(config.databaseUrl, { queryTimeoutMs: QUERY_TIMEOUT_MS });
    this.#kafka = createKafka({ brokers: config.kafkaBrokers, clientId: `${prefix}inventory`, logger });
    this.#publisher = new EventPublisher(this.#kafka, prefix);
    this.#consumer = this.#createConsumer();
    this.#app = this.#createApp();
  }

  /**
   * Resolves when the service listens; `/health` tells when it is ready, as what it needs may start later.
   * @throws when the port cannot be had.
   */
  async start(): Promise<void> {
    const { host, port } = this.#config;
    await this.#app.listen({ host, port });
    const address = this.#app.server.address() as AddressInfo;
    this.#logger.info({ host, port: address.port }, `listening on http://${host}:${address.port}`);
    void this.#connect();
  }

  /** Lets requests and messages under way end, then disconnects. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled([this.#app.close(), this.#consumer.stop()]);
    await Promise.allSettled([this.#publisher.disconnect(), this.#disconnectDatabase()]);
  }

  #createConsumer(): EventConsumer {
    const { kafkaTopicPrefix: prefix, maxRetries, retryDelayMs } = this.#config;
    const handler = new OrderEventHandler({
      database: this.#database,
      publisher: this.#publisher,
      maxRetries,
      retryDelayMs,
      logger: this.#logger,
    });
    return new EventConsumer({
      kafka: this.#kafka,
      groupId: `${prefix}inventory`,
      topic: `${prefix}order_events`,
      handle: (payload) => handler.handle(payload),
      logger: this.#logger,
    });
  }

  #createApp(): App {
    const app = createApp(this.#logger, () => this.#database.isInitialized);
    healthRoutes(app, {
      database: () => isDatabaseReady(this.#database),
      kafkaProducer: () => this.#publisher.ready,
      kafkaConsumer: () => this.#consumer.ready,
    });
    stockRoutes(app, this.#database);
    reservationRoutes(app, this.#database);
    return app;
  }

  /** The consumer comes last: its handler needs the others. */
  async #connect(): Promise<void> {
    await Promise.all([
      this.#untilDone('connecting to the database', () => this.#database.initialize()),
      this.#untilDone('connecting the Kafka producer', () => this.#publisher.connect()),
      this.#untilDone('creating the topics', () => ensureTopics(this.#kafka, this.#config.kafkaTopicPrefix)),
    ]);
    if (!this.#stopping.signal.aborted) this.#consumer.start();
  }

  #untilDone(name: string, step: () => Promise<unknown>): Promise<void> {
    return untilDone(name, step, { logger: this.#logger, signal: this.#stopping.signal });
  }

  async #disconnectDatabase(): Promise<void> {
    if (this.#database.isInitialized) await this.#database.destroy();
  }
}
