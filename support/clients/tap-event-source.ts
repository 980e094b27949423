import type { Admin, Consumer, GroupDescription, ITopicConfig, Kafka, KafkaMessage } from 'kafkajs';
import { describeNextGeneration } from '../kafka-groups/next-generation.js';
import { bounded, eventually } from '../time';
import { type EventSource, type GroupProgress, rebalancing, type SourceRecord } from './event-source';
import { TapPositions } from './tap-positions';

/**
 * After a broker was restarted the recorder joins as a new member, and is given partitions when the old one's session is
 * over. Brokers allow no shorter one.
 */
const sessionTimeoutMs = 6_000;
const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 6 };
/** A consumer of a real cluster lags by some milliseconds. */
const caughtUpWithinMs = 10_000;
const disconnectLimitMs = 5_000;

/** What a tap reads of the lane it belongs to. */
export interface TapOptions {
  readonly kafka: Kafka;
  /** `host:port`, for requests that the client does not know. */
  readonly brokers: readonly string[];
  /** Prefix of the lane's topics and groups. */
  readonly topicPrefix: string;
}

/** The events of a real cluster: one consumer per topic, started before the scenarios, on all partitions. */
export class TapEventSource implements EventSource {
  private readonly admin: Admin;
  private readonly taps = new Map<string, Promise<Consumer>>();
  private readonly positions = new TapPositions();
  private ended = false;
  private listener: (record: SourceRecord) => void = () => {};

  private constructor(
    private readonly options: TapOptions,
    admin: Admin,
  ) {
    this.admin = admin;
  }

  static async connect(options: TapOptions): Promise<TapEventSource> {
    const admin = options.kafka.admin();
    await admin.connect();
    return new TapEventSource(options, admin);
  }

  follow(listener: (record: SourceRecord) => void): void {
    this.listener = listener;
  }

  async createTopic(topic: string, partitions: number): Promise<number> {
    await this.create({ topic, numPartitions: partitions });
    await this.watch(topic);
    const offsets = await hosted(() => this.admin.fetchTopicOffsets(topic));
    return offsets.length;
  }

  /** One that exists is fine. Waiting for its leaders, kafkajs asks a broker that may not know of it yet. */
  private async create(topic: ITopicConfig): Promise<void> {
    await hosted(() => this.admin.createTopics({ topics: [topic], waitForLeaders: true }));
  }

  async watch(topic: string): Promise<void> {
    let tap = this.taps.get(topic);
    if (tap === undefined) {
      tap = this.tap(topic);
      this.taps.set(topic, tap);
    }
    await tap;
  }

  isWatched(topic: string): boolean {
    return this.taps.has(topic);
  }

  async caughtUp(topic: string): Promise<void> {
    const offsets = await this.offsetsOf(topic);
    const look = async () => {
      const behind = offsets.find(
        ({ partition, high }) => !this.positions.hasRead(`${topic}/${partition}`, BigInt(high)),
      );
      if (behind !== undefined)
        throw new Error(
          `partition ${behind.partition} of topic "${topic}" is not recorded up to its end, ${behind.high}`,
        );
    };
    await eventually(look, { withinMs: caughtUpWithinMs });
  }

  private async tap(topic: string): Promise<Consumer> {
    const existing = await this.admin.listTopics();
    if (!existing.includes(topic)) await this.create({ topic });
    const consumer = this.options.kafka.consumer({
      groupId: `${this.recorderPrefix()}${topic}`,
      maxWaitTimeInMs: 100,
      minBytes: 1,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: sessionTimeoutMs / 6,
      // kafkajs begins anew by itself, also after it was told to end
      retry: { ...retry, restartOnFailure: async () => !this.ended },
    });
    await consumer.connect();
    await hosted(() => consumer.subscribe({ topics: [topic], fromBeginning: true }));
    // also for batches that hold nothing but markers or what was aborted (kafkajs 1256)
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) =>
      this.positions.passed(`${payload.topic}/${payload.partition}`, BigInt(payload.lastOffset)),
    );
    const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
    await consumer.run({
      eachMessage: async ({ topic: from, partition, message }) => this.record(from, partition, message),
    });
    await joined;
    return consumer;
  }

  private record(topic: string, partition: number, message: KafkaMessage): void {
    const offset = BigInt(message.offset);
    const place = `${topic}/${partition}`;
    // after a rebalance a consumer is given again what it had not committed
    if (this.positions.hasRead(place, offset + 1n)) return;
    this.positions.recorded(place, offset);
    this.listener({
      topic,
      partition,
      offset,
      timestamp: Number(message.timestamp),
      key: message.key,
      value: message.value,
      headers: headersOf(message.headers ?? {}),
    });
  }

  private recorderPrefix(): string {
    return `${this.options.topicPrefix}brine-recorder-`;
  }

  async ends(): Promise<ReadonlyMap<string, bigint>> {
    const topics = [...this.taps.keys()];
    const offsets = await Promise.all(topics.map((topic) => this.offsetsOf(topic)));
    return new Map(
      topics.flatMap((topic, index) =>
        (offsets[index] ?? []).map(({ partition, high }) => [`${topic}/${partition}`, BigInt(high)] as const),
      ),
    );
  }

  /** A cluster that was started anew without its data counts from 0 again, as does a topic that was made anew. */
  private async offsetsOf(topic: string) {
    const read = this.positions.now();
    const offsets = await hosted(() => this.admin.fetchTopicOffsets(topic));
    for (const { partition, high } of offsets)
      this.positions.endsAt(`${topic}/${partition}`, BigInt(high), read);
    return offsets;
  }

  topics(): Promise<readonly string[]> {
    return this.admin.listTopics();
  }

  async progress(): Promise<GroupProgress[]> {
    const ends = await this.ends();
    const { groups } = await this.admin.listGroups();
    const ours = groups
      .map(({ groupId }) => groupId)
      .filter((id) => id.startsWith(this.options.topicPrefix) && !id.startsWith(this.recorderPrefix()));
    if (ours.length === 0) return [];
    const { groups: described } = await this.admin.describeGroups(ours);
    const dead = described.filter(({ state }) => state === 'Dead').map(({ groupId }) => groupId);
    const progress = await Promise.all([
      ...described.map((group) => this.progressOfClassic(group, ends)),
      ...dead.map((groupId) => this.progressOfNew(groupId, ends)),
    ]);
    return progress.flat();
  }

  private async progressOfClassic(
    { groupId, state, members }: GroupDescription,
    ends: ReadonlyMap<string, bigint>,
  ): Promise<GroupProgress[]> {
    if (members.length === 0) return [];
    return this.progressOf({ groupId, state, topics: await topicsOf(members) }, ends);
  }

  /** What DescribeGroups says is dead may be a group of the protocol of KIP-848. */
  private async progressOfNew(groupId: string, ends: ReadonlyMap<string, bigint>): Promise<GroupProgress[]> {
    const { brokers } = this.options;
    const group = await describeNextGeneration(brokers, groupId).catch(() => undefined);
    if (group === undefined || group.members.length === 0) return [];
    const topics = [...new Set(group.members.flatMap((member) => member.topics))];
    return this.progressOf({ groupId, state: group.state, topics }, ends);
  }

  /** Of the partitions that the group's members have, also those on which nothing was committed yet. */
  private async progressOf(
    { groupId, state, topics }: { groupId: string; state: string; topics: string[] },
    ends: ReadonlyMap<string, bigint>,
  ): Promise<GroupProgress[]> {
    if (state !== 'Stable')
      return [{ group: groupId, topic: rebalancing, partition: 0, committed: 0n, end: 1n }];
    if (topics.length === 0) return [];
    const offsets = await this.admin.fetchOffsets({ groupId, topics });
    return offsets.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => ({
        group: groupId,
        topic,
        partition,
        committed: BigInt(offset),
        end: this.readableEnd(`${topic}/${partition}`, ends),
      })),
    );
  }

  private readableEnd(place: string, ends: ReadonlyMap<string, bigint>): bigint {
    return this.positions.readableEnd(place, ends.get(place) ?? 0n);
  }

  /** Ends the consumers, and deletes the lane's topics and groups: they are ours by their prefix. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.ended = true;
    const taps = await Promise.allSettled(this.taps.values());
    await Promise.allSettled(
      taps.map((tap) => (tap.status === 'fulfilled' ? disconnected(tap.value) : undefined)),
    );
    if (this.options.topicPrefix !== '') await Promise.allSettled([this.deleteTopics(), this.deleteGroups()]);
    await this.admin.disconnect();
  }

  private async deleteTopics(): Promise<void> {
    const topics = await this.admin.listTopics();
    const ours = topics.filter((topic) => topic.startsWith(this.options.topicPrefix));
    if (ours.length > 0) await this.admin.deleteTopics({ topics: ours });
  }

  private async deleteGroups(): Promise<void> {
    const { groups } = await this.admin.listGroups();
    const ours = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(this.options.topicPrefix));
    if (ours.length > 0) await this.admin.deleteGroups(ours);
  }
}

async function disconnected(consumer: Consumer): Promise<void> {
  await bounded(consumer.disconnect(), disconnectLimitMs, () => new Error('the consumer does not end'));
}

const hostedWithinMs = 10_000;
const passingFaults = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
]);

function otherThanUnhosted(failure: unknown): Error | undefined {
  if (!(failure instanceof Error)) return new Error(String(failure));
  return 'type' in failure && passingFaults.has(String(failure.type)) ? undefined : failure;
}

/** A broker may not know yet of a topic that the controller has just created; kafkajs does not retry these. */
async function hosted<T>(attempt: () => Promise<T>): Promise<T> {
  return (await eventually(attempt, { withinMs: hostedWithinMs, giveUp: otherThanUnhosted })).value;
}

async function topicsOf(members: GroupDescription['members']): Promise<string[]> {
  const { AssignerProtocol } = await import('kafkajs');
  const assigned = members.flatMap(({ memberAssignment }) =>
    Object.keys(AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {}),
  );
  return [...new Set(assigned)];
}

type Headers = Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;

function headersOf(headers: Headers): Array<{ key: string; value: Buffer | null }> {
  return Object.entries(headers).flatMap(([key, value]) => {
    const values = Array.isArray(value) ? value : [value];
    return values.map((one) => ({ key, value: one === undefined || one === null ? null : Buffer.from(one) }));
  });
}
