import type { EachMessagePayload } from 'kafkajs';
import type { DataSource } from 'typeorm';
import { isUnavailable } from '../database/postgres-errors';
import type { Logger } from '../logger';
import type { EventPublisher } from '../messaging/event-publisher';
import { AttemptsExhausted, attempt } from './attempt';
import { type Failure, sendToDeadLetters } from './dead-letters';
import { type OrderEvent, parseOrderEvent, UnreadableEvent } from './order-event';
import { processEvent } from './process-event';
import { ProcessedEvent } from './processed-event';

interface OrderEventHandlerParts {
  database: DataSource;
  publisher: EventPublisher;
  maxRetries: number;
  retryDelayMs: number;
  logger: Logger;
}

/**
 * Handles messages of `order_events`: effect and outcome in one transaction, then the outcome is published, and only
 * then may the offset move on. After a crash in between, the next delivery finds the outcome and publishes it.
 *
 * A message that cannot be handled goes to the dead letters. That the database or the broker is away is no fault of
 * the message: then `handle` throws, and the message is delivered again until they are back.
 */
export class OrderEventHandler {
  readonly #parts: OrderEventHandlerParts;

  constructor(parts: OrderEventHandlerParts) {
    this.#parts = parts;
  }

  async handle(payload: EachMessagePayload): Promise<void> {
    const processed = await this.#process(payload.message.value).catch((error) => this.#bury(payload, error));
    if (processed) await this.#publish(processed);
  }

  async #process(value: Buffer | null): Promise<ProcessedEvent | undefined> {
    const event = parseOrderEvent(value);
    if (!event) return undefined;
    const { maxRetries, retryDelayMs } = this.#parts;
    return attempt(() => this.#processOnce(event), {
      retries: maxRetries,
      delayMs: retryDelayMs,
      isFinal: isUnavailable,
    });
  }

  #processOnce(event: OrderEvent): Promise<ProcessedEvent> {
    return this.#parts.database.transaction((manager) => processEvent(manager, event));
  }

  async #publish({ eventId, type, orderId, outcome, publishedAt }: ProcessedEvent): Promise<void> {
    const { database, publisher, logger } = this.#parts;
    if (outcome && !publishedAt) {
      await publisher.publish({ topic: 'stock_events', key: orderId, type: outcome.type, payload: outcome });
      await database.manager.update(ProcessedEvent, eventId, { publishedAt: new Date() });
    }
    logger.info({ eventId, type, orderId, outcome, repeated: publishedAt !== null }, `${type} processed`);
  }

  /** @throws the error itself when it says nothing about the message. */
  async #bury(payload: EachMessagePayload, error: unknown): Promise<undefined> {
    const failure = failureOf(error);
    if (!failure) throw error;
    const { topic, partition, message } = payload;
    this.#parts.logger.error(
      { err: failure.error, topic, partition, offset: message.offset, attempts: failure.attempts },
      'message sent to the dead letters',
    );
    await sendToDeadLetters(this.#parts.publisher, payload, failure);
  }
}

function failureOf(error: unknown): Failure | undefined {
  if (error instanceof UnreadableEvent) return { error, attempts: 1 };
  if (error instanceof AttemptsExhausted) return { error: error.last, attempts: error.attempts };
  return undefined;
}
