import type { Kafka, Message, Producer } from 'kafkajs';
import { BrineError, didYouMean } from '../errors';
import type { KafkaBroker } from '../kafka-broker';
import type { EventDecoder } from '../schema-registry/facts';
import { eventually } from '../time';
import { BrokerEventSource } from './broker-event-source';
import { DecodingInOrder } from './event-decoding';
import { EventRecorder } from './event-recorder';
import { type EventSource, type GroupProgress, rebalancing } from './event-source';
import { TapEventSource } from './tap-event-source';

/** What the lane says of its Kafka. */
export interface EventClientOptions {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  /** What the recorded events of a scenario may take, in bytes; 64 MB unless given. */
  readonly eventMemory?: number;
  /** Decodes keys and values that bear a schema. */
  readonly decoder?: EventDecoder | undefined;
}

const usualMemory = 64 * 1024 ** 2;

/** An event to publish. */
export interface OutgoingEvent {
  readonly topic: string;
  readonly key?: string | Buffer | null;
  /** null is a tombstone. */
  readonly value: string | Buffer | null;
  /** A header with several values is sent as often. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
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

  readonly recorder: EventRecorder;
  private readonly decoding: DecodingInOrder;
  private readonly topicPrefix: string;

  private constructor(
    private readonly options: EventClientOptions,
    private readonly source: EventSource,
  ) {
    const { topicPrefix, eventMemory = usualMemory, decoder } = options;
    this.topicPrefix = topicPrefix;
    this.recorder = new EventRecorder({ topicPrefix, memory: eventMemory });
    this.decoding = new DecodingInOrder(decoder, (record, decoded) => this.recorder.record(record, decoded));
    source.follow((record) => this.decoding.take(record));
  }

  /** Connects to a cluster. */
  static async connect(options: EventClientOptions): Promise<EventClient> {
    const { brokers, topicPrefix } = options;
    const kafka = await kafkaOf(options);
    return new EventClient(options, await TapEventSource.connect({ kafka, brokers, topicPrefix }));
  }

  /** Of the lane's own embedded broker: nothing is to be waited for. */
  static beside(broker: KafkaBroker, options: EventClientOptions): EventClient {
    return new EventClient(options, new BrokerEventSource(broker));
  }

  /**
   * Creates a topic unless it exists.
   * @throws BrineError BRINE_STEP_002 when it exists with another number of partitions: it stays from scenario to scenario
   */
  async createTopic(topic: string, partitions: number): Promise<void> {
    const has = await this.source.createTopic(`${this.topicPrefix}${topic}`, partitions);
    if (has !== partitions) throw otherPartitions(topic, has, partitions);
  }

  /** Makes sure that the events of a topic are recorded. */
  async watch(topic: string): Promise<void> {
    await this.source.watch(`${this.topicPrefix}${topic}`);
  }

  /** Publishes one event and waits until the brokers have it, and the recorder, so that the next step sees it. */
  async publish(event: OutgoingEvent): Promise<PublishedEvent> {
    await this.watch(event.topic);
    const sent = await this.send(event.topic, [event]);
    const place = { topic: event.topic, partition: sent.partition, offset: sent.offset };
    await this.untilRecorded(place);
    return place;
  }

  /**
   * Publishes many events of one topic, in batches; those of a partition stay in order.
   * @returns where the last one lies
   */
  async publishAll(topic: string, events: readonly OutgoingEvent[]): Promise<PublishedEvent | undefined> {
    const last = events.at(-1);
    if (last === undefined) return undefined;
    await this.watch(topic);
    for (const batch of batchesOf(events.slice(0, -1))) await this.send(topic, batch);
    await this.caughtUp(topic);
    return this.publish(last);
  }

  /** @returns where the first of them lies */
  private async send(topic: string, events: readonly OutgoingEvent[]) {
    const producer = await this.connectedProducer();
    const sent = await producer.send({
      topic: `${this.topicPrefix}${topic}`,
      acks: -1,
      messages: events.map(kafkaMessage),
    });
    const [first] = sent;
    const reached = new Set(sent.map(({ partition }) => partition));
    const lost = events.filter(({ partition }) => partition !== undefined && !reached.has(partition));
    if (first?.baseOffset === undefined || lost.length > 0)
      throw notPublished(topic, lost.length > 0 ? lost : events);
    return { partition: first.partition, offset: BigInt(first.baseOffset) };
  }

  /** Waits until everything that is on a topic now has been recorded. */
  async caughtUp(topic: string): Promise<void> {
    await this.source.caughtUp(`${this.topicPrefix}${topic}`);
    await this.decoding.done;
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
    const producer = (await kafkaOf(this.options)).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }

  /** Where the lane's consumer groups are behind; names are without the lane's prefix. */
  async lags(): Promise<GroupProgress[]> {
    const progress = await this.source.progress();
    return progress.filter(isBehind).map((lag) => this.own(lag));
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
    const name = `${this.topicPrefix}${topic}`;
    if (this.source.isWatched(name)) return this.watch(topic);
    const topics = await this.source.topics();
    if (topics.includes(name)) return this.watch(topic);
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
   * Where a group is behind, in words: `order_events/2 at 4 of 7 (lag 3)`.
   * @param topic of all topics unless given
   * @throws BrineError BRINE_STEP_001 when no consumer of the lane is in the group
   */
  async lagsOf(group: string, topic?: string): Promise<string[]> {
    const progress = await this.source.progress();
    const known = [...new Set(progress.map((one) => this.withoutPrefix(one.group)))];
    if (!known.includes(group)) throw unknownGroup(group, known);
    const own = progress.map((one) => this.own(one)).filter((one) => one.group === group);
    if (topic !== undefined && !own.some((one) => one.topic === topic || one.topic === rebalancing))
      throw notConsumed(group, topic, own);
    return own.filter((one) => isBehind(one) && isOf(one, topic)).map(describeLag);
  }

  private own(progress: GroupProgress): GroupProgress {
    return {
      ...progress,
      group: this.withoutPrefix(progress.group),
      topic: this.withoutPrefix(progress.topic),
    };
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

function kafkaMessage({ key = null, value, headers = {}, partition }: OutgoingEvent): Message {
  const sent = Object.entries(headers).map(([name, text]) => [
    name,
    typeof text === 'string' ? text : [...text],
  ]);
  return { key, value, headers: Object.fromEntries(sent), ...(partition === undefined ? {} : { partition }) };
}

/** What a broker takes at once is a megabyte, unless it was told otherwise. */
const mostBytes = 500_000;
const mostEvents = 5_000;

function* batchesOf(events: readonly OutgoingEvent[]): Generator<readonly OutgoingEvent[]> {
  let batch: OutgoingEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = 100 + Buffer.byteLength(event.value ?? '');
    if (batch.length > 0 && (bytes + size > mostBytes || batch.length === mostEvents)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function unknownGroup(group: string, known: readonly string[]): BrineError {
  return new BrineError('BRINE_STEP_001', {
    kind: 'consumer group (with a consumer in it)',
    name: group,
    suggestion: didYouMean(group, known),
    known: known.join(', ') || 'none',
  });
}

function otherPartitions(topic: string, has: number, wanted: number): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `topic "${topic}"`,
    reason: `it exists already, with ${has} partition${has === 1 ? '' : 's'} and not ${wanted}; topics stay from scenario to scenario`,
    advice: `give the number in the configuration (kafka.topics, "${topic}": { partitions: ${wanted} }), in all scenarios, or use another topic`,
  });
}

/** kafkajs gives no answer for a partition that there is not, and says nothing of it. */
function notPublished(topic: string, events: readonly OutgoingEvent[]): BrineError {
  const partitions = [...new Set(events.map(({ partition }) => partition ?? '(none given)'))];
  return new BrineError('BRINE_STEP_002', {
    place: `topic "${topic}"`,
    reason: `${counted(events.length)} not published: it has no partition ${partitions.join(', ')}`,
    advice: `partitions count from 0; say how many it has in the configuration (kafka.topics) or, before it is used: Given topic "${topic}" exists with 3 partitions`,
  });
}

function counted(count: number): string {
  return count === 1 ? 'an event was' : `${count} events were`;
}

/** A group whose partitions are being given out is behind on every topic. */
function isOf(progress: GroupProgress, topic: string | undefined): boolean {
  return topic === undefined || progress.topic === topic || progress.topic === rebalancing;
}

function notConsumed(group: string, topic: string, progress: readonly GroupProgress[]): BrineError {
  const known = [...new Set(progress.map((one) => one.topic))];
  return new BrineError('BRINE_STEP_001', {
    kind: `topic of consumer group "${group}"`,
    name: topic,
    suggestion: didYouMean(topic, known),
    known: known.join(', ') || 'none',
  });
}

function isBehind({ committed, end }: GroupProgress): boolean {
  return end > (committed < 0n ? 0n : committed);
}

/** `order_events/2 at 4 of 7 (lag 3)`, for messages. */
export function describeLag({ topic, partition, committed, end }: GroupProgress): string {
  const read = committed < 0n ? 0n : committed;
  return `${topic}/${partition} at ${read} of ${end} (lag ${end - read})`;
}
