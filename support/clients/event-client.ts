import type { Kafka, Producer } from 'kafkajs';
import { BrineError, didYouMean } from '../errors';
import type { KafkaBroker } from '../kafka-broker';
import { eventually } from '../time';
import { BrokerEventSource } from './broker-event-source';
import { EventRecorder } from './event-recorder';
import type { EventSource, GroupProgress } from './event-source';
import { TapEventSource } from './tap-event-source';

/** What the lane says of its Kafka. */
export interface EventClientOptions {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  /** The lane's own embedded broker, where it has one. */
  readonly broker?: KafkaBroker | undefined;
}

/** An event to publish. */
export interface OutgoingEvent {
  readonly topic: string;
  readonly key?: string | null;
  /** null is a tombstone. */
  readonly value: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly partition?: number;
}

/** Where a published event lies. */
export interface PublishedEvent {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** On a real cluster the recorder is a consumer, which lags by some milliseconds. */
const recordedWithinMs = 10_000;

/** The world's own view of the lane's topics: it publishes through kafkajs and records everything. */
export class EventClient implements AsyncDisposable {
  private producer: Promise<Producer> | undefined;

  private constructor(
    private readonly kafka: () => Promise<Kafka>,
    private readonly source: EventSource,
    private readonly topicPrefix: string,
    readonly recorder: EventRecorder,
  ) {}

  static async connect(options: EventClientOptions): Promise<EventClient> {
    const kafka = () => kafkaOf(options);
    const source =
      options.broker === undefined
        ? await TapEventSource.connect({ kafka: await kafka(), topicPrefix: options.topicPrefix })
        : new BrokerEventSource(options.broker);
    const recorder = new EventRecorder(options.topicPrefix);
    source.follow((record) => recorder.record(record));
    return new EventClient(kafka, source, options.topicPrefix, recorder);
  }

  /** Creates a topic unless it exists. */
  async createTopic(topic: string, partitions: number): Promise<void> {
    await this.source.createTopic(`${this.topicPrefix}${topic}`, partitions);
  }

  /** Makes sure that the events of a topic are recorded. */
  async watch(topic: string): Promise<void> {
    await this.source.watch(`${this.topicPrefix}${topic}`);
  }

  /** Publishes one event and waits until the brokers have it, and the recorder, so that the next step sees it. */
  async publish(event: OutgoingEvent): Promise<PublishedEvent> {
    await this.watch(event.topic);
    const producer = await this.connectedProducer();
    const { key = null, value, headers = {}, partition } = event;
    const [sent] = await producer.send({
      topic: `${this.topicPrefix}${event.topic}`,
      acks: -1,
      messages: [{ key, value, headers: { ...headers }, ...(partition === undefined ? {} : { partition }) }],
    });
    if (sent?.baseOffset === undefined) throw nothingPublished(event);
    const place = { topic: event.topic, partition: sent.partition, offset: BigInt(sent.baseOffset) };
    await this.untilRecorded(place);
    return place;
  }

  private async untilRecorded(place: PublishedEvent): Promise<void> {
    const isRecorded = async () => {
      if (!this.recorder.hasSeen(place))
        throw new Error(`${place.topic}/${place.partition}@${place.offset} was not recorded`);
    };
    const onChange = (wake: () => void) => this.recorder.onEvent(wake);
    await eventually(isRecorded, { withinMs: recordedWithinMs, onChange });
  }

  private connectedProducer(): Promise<Producer> {
    this.producer ??= this.connectProducer();
    return this.producer;
  }

  private async connectProducer(): Promise<Producer> {
    const { Partitioners } = await import('kafkajs');
    const producer = (await this.kafka()).producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    return producer;
  }

  /** Where the lane's consumer groups are behind; names are without the lane's prefix. */
  async lags(): Promise<GroupProgress[]> {
    const progress = await this.source.progress();
    return progress.filter(isBehind).map((lag) => ({
      ...lag,
      group: this.withoutPrefix(lag.group),
      topic: this.withoutPrefix(lag.topic),
    }));
  }

  /** The end offset of every partition, by `topic/partition`; names with the lane's prefix. */
  ends(): Promise<ReadonlyMap<string, bigint>> {
    return this.source.ends();
  }

  /**
   * Makes sure that the events of a topic are recorded; unlike {@link watch} it creates none.
   * @throws BrineError BRINE_STEP_001 with the nearest topic when there is no such topic
   */
  async find(topic: string): Promise<void> {
    const topics = await this.source.topics();
    if (topics.includes(`${this.topicPrefix}${topic}`)) return this.watch(topic);
    const known = topics.map((name) => this.withoutPrefix(name)).filter((name) => !name.startsWith('__'));
    throw new BrineError('BRINE_STEP_001', {
      kind: 'topic',
      name: topic,
      suggestion: didYouMean(topic, known),
      known:
        known.join(', ') ||
        'none; name it in kafka.topics, or say before: Given topic "..." exists with 1 partition',
    });
  }

  /**
   * Where a group is behind, in words: `order_events/2 at 4 of 7`.
   * @throws BrineError BRINE_STEP_001 when no consumer of the lane is in the group
   */
  async lagsOf(group: string): Promise<string[]> {
    const progress = await this.source.progress();
    const known = [...new Set(progress.map((one) => this.withoutPrefix(one.group)))];
    if (!known.includes(group)) throw unknownGroup(group, known);
    return (await this.lags()).filter((lag) => lag.group === group).map(describeLag);
  }

  private withoutPrefix(name: string): string {
    return name.startsWith(this.topicPrefix) ? name.slice(this.topicPrefix.length) : name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const producer = await this.producer?.catch(() => undefined);
    await producer?.disconnect();
    await this.source[Symbol.asyncDispose]();
  }
}

/** Loads kafkajs, which a lane with a broker of its own needs only when a step publishes. */
async function kafkaOf({ brokers, topicPrefix }: EventClientOptions): Promise<Kafka> {
  const { Kafka, logLevel } = await import('kafkajs');
  return new Kafka({
    clientId: `${topicPrefix}brine`,
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 6 },
  });
}

function unknownGroup(group: string, known: readonly string[]): BrineError {
  return new BrineError('BRINE_STEP_001', {
    kind: 'consumer group (with a consumer in it)',
    name: group,
    suggestion: didYouMean(group, known),
    known: known.join(', ') || 'none',
  });
}

/** kafkajs gives no answer for a partition that there is not. */
function nothingPublished({ topic, partition }: OutgoingEvent): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `topic "${topic}"`,
    reason: `nothing was published: it has no partition ${partition ?? '(none given)'}`,
    advice: 'partitions count from 0; "topic ... exists with n partitions" makes more',
  });
}

function isBehind({ committed, end }: GroupProgress): boolean {
  return end > (committed < 0n ? 0n : committed);
}

/** `order_events/2 at 4 of 7`, for messages. */
export function describeLag({ topic, partition, committed, end }: GroupProgress): string {
  return `${topic}/${partition} at ${committed < 0n ? 0n : committed} of ${end}`;
}
