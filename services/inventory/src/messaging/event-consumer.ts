import type { Consumer, EachMessagePayload, Kafka } from 'kafkajs';
import type { Logger } from '../logger';

const PARTITIONS_AT_ONCE = 3;
const RESTART_MS = 500;

interface EventConsumerOptions {
  kafka: Kafka;
  groupId: string;
  topic: string;
  /** A rejection has the message delivered again, after a pause that grows. */
  handle: (payload: EachMessagePayload) => Promise<void>;
  logger: Logger;
}

/**
 * Consumes a topic from its beginning until stopped. The offset is committed after each message, so that a group
 * that has caught up has also done the work. kafkajs gives up on errors that it deems permanent; this does not.
 */
export class EventConsumer {
  readonly #options: EventConsumerOptions;
  #consumer: Consumer | undefined;
  #restart: NodeJS.Timeout | undefined;
  #joined = false;
  #stopped = false;

  constructor(options: EventConsumerOptions) {
    this.#options = options;
  }

  /** Whether this consumer is a member of its group. */
  get ready(): boolean {
    return this.#joined;
  }

  /** Returns at once; `ready` tells when it has joined. */
  start(): void {
    if (this.#stopped) return;
    const consumer = this.#createConsumer();
    this.#consumer = consumer;
    this.#run(consumer).catch((error: Error) => this.#startAgain(consumer, error));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#restart);
    await this.#consumer?.disconnect();
  }

  #createConsumer(): Consumer {
    const { kafka, groupId } = this.#options;
    const consumer = kafka.consumer({
      groupId,
      allowAutoTopicCreation: false,
      // Bounds how long stop() waits for a poll, and how long a killed instance keeps its partitions.
      maxWaitTimeInMs: 250,
      sessionTimeout: 6_000,
      heartbeatInterval: 1_000,
    });
    const { GROUP_JOIN, STOP, DISCONNECT, CRASH } = consumer.events;
    consumer.on(GROUP_JOIN, () => this.#setJoined(true));
    consumer.on(STOP, () => this.#setJoined(false));
    consumer.on(DISCONNECT, () => this.#setJoined(false));
    consumer.on(CRASH, ({ payload }) => {
      this.#setJoined(false);
      if (!payload.restart) this.#startAgain(consumer, payload.error);
    });
    return consumer;
  }

  async #run(consumer: Consumer): Promise<void> {
    const { topic, handle } = this.#options;
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommitThreshold: 1,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachMessage: (payload) => handle(payload).catch(rethrowRetriable),
    });
  }

  #setJoined(joined: boolean): void {
    this.#joined = joined;
  }

  #startAgain(consumer: Consumer, error: Error): void {
    if (this.#stopped || consumer !== this.#consumer) return;
    this.#options.logger.warn(
      { err: error },
      `the consumer of ${this.#options.topic} stopped and is started again`,
    );
    consumer.disconnect().catch(() => undefined);
    this.#restart = setTimeout(() => this.start(), RESTART_MS);
  }
}

/** kafkajs takes a TypeError and its like for permanent and would stop consuming; any other Error it retries. */
function rethrowRetriable(error: unknown): never {
  throw new Error('handling the message failed', { cause: error });
}
