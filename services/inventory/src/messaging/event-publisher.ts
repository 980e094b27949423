import { type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';

/** An event for a topic, named without the installation's prefix; events of one key keep their order. */
export interface OutgoingEvent {
  topic: string;
  key: string;
  type: string;
  payload: object;
}

/** Publishes messages; each promise is kept when the broker has acknowledged. */
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

  /** Publishes an event as JSON with the header `event-type`. */
  publish({ topic, key, type, payload }: OutgoingEvent): Promise<void> {
    return this.send(topic, { key, value: JSON.stringify(payload), headers: { 'event-type': type } });
  }

  /** Publishes a message as it is. */
  async send(topic: string, message: Message): Promise<void> {
    if (!this.#connected) throw new Error('the Kafka producer is not connected yet');
    await this.#producer.send({ topic: this.#topicPrefix + topic, acks: -1, messages: [message] });
  }
}
