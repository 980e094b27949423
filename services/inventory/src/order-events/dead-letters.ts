import type { EachMessagePayload, IHeaders } from 'kafkajs';
import type { EventPublisher } from '../messaging/event-publisher';

export interface Failure {
  error: Error;
  attempts: number;
}

/** Sends a message that cannot be handled to `order_events.dlq` as it came, with headers that tell why and whence. */
export async function sendToDeadLetters(
  publisher: EventPublisher,
  { topic, partition, message }: EachMessagePayload,
  { error, attempts }: Failure,
): Promise<void> {
  const headers: IHeaders = {
    ...message.headers,
    error: error.message,
    'original-topic': topic,
    'original-partition': String(partition),
    'original-offset': message.offset,
    attempts: String(attempts),
  };
  await publisher.send('order_events.dlq', { key: message.key, value: message.value, headers });
}
