import { type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';

/** An event for a topic, named without the installation's prefix; events of one key keep their order. */
export interface OutgoingEvent {
  topic: string;
  key: string;
  type: string;
  payload: object;
}

/** Publishes events as JSON with the header `event-type`. */
export class EventPublisher {
  readonly #producer: Producer;
  readonly #topicPrefix: string;
  #connected = false;

  constructor(kafka: Kafka, topicPrefix: string) {
    this.#topicPrefix = topicPrefix;
    this.#producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
  }

  get ready(): boolean {
    return this.#connected;
  }

  async connect(): Promise<void> {
    await this.#producer.connect();
    this.#connected = true;
  }

  async disconnect(): Promise<void> {
    this.#connected = false;
    await this.#producer.disconnect();
  }

  /** Resolves when the broker has acknowledged all of them. @throws when it has not; some may be published then. */
  async publish(events: OutgoingEvent[]): Promise<void> {
    if (!this.#connected) throw new Error('the Kafka producer is not connected yet');
    await this.#producer.sendBatch({
      acks: -1,
      topicMessages: topicsOf(events).map((topic) => ({
        topic: this.#topicPrefix + topic,
        messages: events.filter((event) => event.topic === topic).map(toMessage),
      })),
    });
  }
}

function toMessage({ key, type, payload }: OutgoingEvent): Message {
  return { key, value: JSON.stringify(payload), headers: { 'event-type': type } };
}

function topicsOf(events: OutgoingEvent[]): string[] {
  return [...new Set(events.map(({ topic }) => topic))];
}
