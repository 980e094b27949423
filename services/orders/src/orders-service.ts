import type { AddressInfo } from 'node:net';
import type { Kafka } from 'kafkajs';
import type { DataSource } from 'typeorm';
import { adminRoutes } from './admin/admin-routes';
import { RepeatingTask } from './background/repeating-task';
import { untilDone } from './background/until-done';
import { itemRoutes } from './catalogue/item-routes';
import type { Config } from './config';
import { createDataSource, isDatabaseReady } from './database/data-source';
import { type App, createApp } from './http/app';
import { healthRoutes } from './http/health-routes';
import type { Logger } from './logger';
import { EventConsumer } from './messaging/event-consumer';
import { EventPublisher } from './messaging/event-publisher';
import { createKafka } from './messaging/kafka';
import { ensureTopics } from './messaging/topics';
import { loadOrder } from './orders/load-order';
import { OrderCache } from './orders/order-cache';
import { OrderChanges } from './orders/order-changes';
import { orderRoutes } from './orders/order-routes';
import { orderView } from './orders/order-view';
import { OrderPlacement } from './orders/place-order';
import { OutboxRelay } from './outbox/outbox-relay';
import { OrderPayments } from './payments/order-payments';
import { PaymentCircuit } from './payments/payment-circuit';
import { OrderSaga } from './saga/order-saga';
import { userRoutes } from './users/user-routes';
import { UserStore } from './users/user-store';

const QUERY_TIMEOUT_MS = 5_000;

/** The parts of the service, put together; nothing runs before `start()`. */
export class OrdersService {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #database: DataSource;
  readonly #kafka: Kafka;
  readonly #publisher: EventPublisher;
  readonly #cache: OrderCache;
  readonly #circuit: PaymentCircuit;
  readonly #changes: OrderChanges;
  readonly #relay: RepeatingTask;
  readonly #paymentRetry: RepeatingTask;
  readonly #consumer: EventConsumer;
  readonly #app: App;

  constructor(config: Config, logger: Logger) {
    const prefix = config.kafkaTopicPrefix;
    this.#config = config;
    this.#logger = logger;
    this.#database = createDataSource(config.databaseUrl, { queryTimeoutMs: QUERY_TIMEOUT_MS });
    this.#kafka = createKafka({ brokers: config.kafkaBrokers, clientId: `${prefix}orders`, logger });
    this.#publisher = new EventPublisher(this.#kafka, prefix);
    this.#cache = this.#createCache();
    this.#circuit = new PaymentCircuit(config.payment, logger);
    this.#relay = this.#createRelay();
    this.#changes = new OrderChanges(this.#database, (id) => this.#afterCommit(id));
    const payments = this.#createPayments();
    this.#paymentRetry = new RepeatingTask({
      name: 'retrying payments',
      intervalMs: config.payment.retryMs,
      run: () => payments.retryWaiting(),
      logger,
    });
    this.#consumer = this.#createConsumer(payments);
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
    this.#cache.connect();
    void this.#connect();
    this.#relay.start();
    this.#paymentRetry.start();
  }

  /** Lets requests, messages and background runs under way end, then disconnects. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled([this.#app.close(), this.#consumer.stop(), this.#paymentRetry.stop()]);
    await this.#relay.stop();
    this.#circuit.stop();
    this.#cache.disconnect();
    await Promise.allSettled([this.#publisher.disconnect(), this.#disconnectDatabase()]);
  }

  #createCache(): OrderCache {
    return new OrderCache({
      url: this.#config.redisUrl,
      ttlSeconds: this.#config.orderCacheTtlSeconds,
      load: async (id) => {
        const order = await loadOrder(this.#database.manager, id);
        return order ? orderView(order) : undefined;
      },
      logger: this.#logger,
    });
  }

  #createRelay(): RepeatingTask {
    const relay = new OutboxRelay(this.#database, this.#publisher);
    const ready = () => this.#database.isInitialized && this.#publisher.ready;
    return new RepeatingTask({
      name: 'publishing the outbox',
      intervalMs: this.#config.outboxPollMs,
      run: async () => {
        if (ready()) await relay.drain();
      },
      logger: this.#logger,
    });
  }

  #createPayments(): OrderPayments {
    return new OrderPayments({
      database: this.#database,
      circuit: this.#circuit,
      changes: this.#changes,
      logger: this.#logger,
    });
  }

  /** An offset is committed when also the events that the message led to are published, if the broker lets us. */
  #createConsumer(payments: OrderPayments): EventConsumer {
    const saga = new OrderSaga({ changes: this.#changes, payments, logger: this.#logger });
    const prefix = this.#config.kafkaTopicPrefix;
    return new EventConsumer({
      kafka: this.#kafka,
      groupId: `${prefix}orders`,
      topic: `${prefix}stock_events`,
      handle: async ({ message }) => {
        await saga.handle(message.value);
        await this.#relay.wake();
      },
      logger: this.#logger,
    });
  }

  #createApp(): App {
    const app = createApp(this.#logger, () => this.#database.isInitialized);
    const users = new UserStore(this.#database);
    healthRoutes(app, {
      checks: {
        database: () => isDatabaseReady(this.#database),
        redis: () => this.#cache.ready,
        kafkaProducer: () => this.#publisher.ready,
        kafkaConsumer: () => this.#consumer.ready,
      },
      circuit: () => this.#circuit.state(),
    });
    userRoutes(app, users);
    adminRoutes(app, users, this.#config.adminToken);
    itemRoutes(app, this.#database);
    orderRoutes(app, {
      database: this.#database,
      cache: this.#cache,
      placement: new OrderPlacement(this.#database, (id) => this.#afterCommit(id)),
      changes: this.#changes,
    });
    return app;
  }

  /** The caller waits for the cache, which it may read next, but not for the broker. */
  async #afterCommit(orderId: string): Promise<void> {
    void this.#relay.wake();
    await this.#cache.refresh(orderId);
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
