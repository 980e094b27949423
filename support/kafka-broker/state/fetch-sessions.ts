import { ErrorCode } from '../error-code';
import { noUuid } from '../uuid';
import type { Clock } from './clock';

/** What a client asks of one partition. */
export interface WantedPartition {
  readonly partition: number;
  readonly currentLeaderEpoch: number;
  readonly fetchOffset: bigint;
  readonly logStartOffset: bigint;
  readonly partitionMaxBytes: number;
}

interface TopicPartitions<P> {
  readonly topic: string;
  /** All zero where the client goes by names. */
  readonly topicId: string;
  readonly partitions: readonly P[];
}

/** What a fetch request says of its session. */
export interface SessionRequest {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  readonly topics: ReadonlyArray<TopicPartitions<WantedPartition>>;
  readonly forgottenTopicsData: ReadonlyArray<TopicPartitions<number>>;
}

/** What a session must know of an answer. */
export interface AnsweredPartition {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly highWatermark: bigint;
  readonly logStartOffset?: bigint;
  readonly records: readonly Buffer[];
}

/** One fetch: what it asks for in full, and what of the answer the client has to be told. */
export interface SessionUse {
  readonly topics: ReadonlyArray<TopicPartitions<WantedPartition>>;
  answer<A extends AnsweredPartition>(
    responses: ReadonlyArray<TopicPartitions<A>>,
  ): { readonly sessionId: number; readonly responses: ReadonlyArray<TopicPartitions<A>> };
}

export interface FetchSessionsOptions {
  readonly clock: Clock;
  /** From 0 (included) to 1 (not included). */
  readonly random: () => number;
  /** max.incremental.fetch.session.cache.slots */
  readonly slots: number;
}

type TopicKey = Pick<TopicPartitions<unknown>, 'topic' | 'topicId'>;

interface CachedPartition {
  readonly topic: string;
  readonly topicId: string;
  readonly wanted: WantedPartition;
  readonly told?: { readonly highWatermark: bigint; readonly logStartOffset: bigint };
}

interface Session {
  readonly id: number;
  /** The node that keeps it: another one does not know it. */
  readonly node: number;
  readonly usesTopicIds: boolean;
  epoch: number;
  lastUsed: number;
  /** In the order in which they are served: who got records goes to the end. */
  readonly partitions: Map<string, CachedPartition>;
}

const noSession = 0;
const finalEpoch = -1;
const initialEpoch = 0;
/** min.incremental.fetch.session.eviction.ms */
const evictionMs = 120_000;

/**
 * Fetch sessions (KIP-227): a client names its partitions once, then only what changes, and is told only what is new.
 * Simplified: a full cache gives up sessions not used for two minutes, and no others; who gets none sends full requests.
 */
export class FetchSessions {
  readonly #options: FetchSessionsOptions;
  /** The least recently used first. */
  readonly #sessions = new Map<number, Session>();

  constructor(options: FetchSessionsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /**
   * @param node to which the request came
   * @param usesTopicIds whether its version names topics by id: that cannot change within a session
   * @returns the error to answer when there is no such session, or the epoch is another
   */
  begin(
    request: SessionRequest,
    node: number,
    usesTopicIds = false,
  ): SessionUse | { readonly error: ErrorCode } {
    const { sessionId, sessionEpoch } = request;
    const session = this.#find(sessionId, node);
    if (sessionEpoch === finalEpoch || sessionEpoch === initialEpoch) {
      if (session) this.#sessions.delete(session.id);
      return sessionEpoch === finalEpoch ? withoutSession(request) : this.#full(request, node, usesTopicIds);
    }
    if (!session) return { error: ErrorCode.fetchSessionIdNotFound };
    if (session.epoch !== sessionEpoch) return { error: ErrorCode.invalidFetchSessionEpoch };
    if (session.usesTopicIds !== usesTopicIds) return { error: ErrorCode.fetchSessionTopicIdError };
    return this.#incremental(session, request);
  }

  #find(id: number, node: number): Session | undefined {
    const session = this.#sessions.get(id);
    return session?.node === node ? session : undefined;
  }

  #full({ topics }: SessionRequest, node: number, usesTopicIds: boolean): SessionUse {
    return {
      topics,
      answer: (responses) => {
        const session = this.#create(topics, node, usesTopicIds);
        if (session) for (const each of placesIn(responses)) remember(session, each, each.partition, false);
        return { sessionId: session?.id ?? noSession, responses };
      },
    };
  }

  #incremental(session: Session, request: SessionRequest): SessionUse {
    this.#use(session);
    session.epoch = session.epoch === 0x7fffffff ? 1 : session.epoch + 1;
    for (const { partitions, ...topic } of request.forgottenTopicsData) {
      for (const partition of partitions) session.partitions.delete(keyOf(topic, partition));
    }
    cache(session, request.topics);
    return {
      topics: inRuns([...session.partitions.values()], ({ wanted, ...topic }) => [topic, wanted]),
      answer: (responses) => {
        const news = placesIn(responses).filter((each) => isNews(session, each, each.partition));
        for (const each of news) remember(session, each, each.partition, true);
        return {
          sessionId: session.id,
          responses: inRuns(news, ({ partition, ...topic }) => [topic, partition]),
        };
      },
    };
  }

  #create(topics: SessionRequest['topics'], node: number, usesTopicIds: boolean): Session | undefined {
    const { clock, slots } = this.#options;
    if (topics.length === 0) return undefined;
    if (this.#sessions.size >= slots) {
      const [oldest] = this.#sessions.values();
      if (!oldest || clock.now() - oldest.lastUsed < evictionMs) return undefined;
      this.#sessions.delete(oldest.id);
    }
    const id = this.#newId();
    const session: Session = {
      id,
      node,
      usesTopicIds,
      epoch: 1,
      lastUsed: clock.now(),
      partitions: new Map(),
    };
    cache(session, topics);
    this.#sessions.set(session.id, session);
    return session;
  }

  #use(session: Session): void {
    session.lastUsed = this.#options.clock.now();
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
  }

  #newId(): number {
    for (;;) {
      const id = 1 + Math.floor(this.#options.random() * 0x7ffffffe);
      if (!this.#sessions.has(id)) return id;
    }
  }
}

function withoutSession({ topics }: SessionRequest): SessionUse {
  return { topics, answer: (responses) => ({ sessionId: noSession, responses }) };
}

function cache(session: Session, topics: SessionRequest['topics']): void {
  for (const { topic, topicId, partitions } of topics) {
    for (const wanted of partitions) {
      const key = keyOf({ topic, topicId }, wanted.partition);
      session.partitions.set(key, { ...session.partitions.get(key), topic, topicId, wanted });
    }
  }
}

/** Kafka's CachedPartition.maybeUpdateResponseData: records, an error, or an end of the log that has moved. */
function isNews(session: Session, topic: TopicKey, answer: AnsweredPartition): boolean {
  if (answer.errorCode !== ErrorCode.none || answer.records.length > 0) return true;
  const told = session.partitions.get(keyOf(topic, answer.partitionIndex))?.told;
  return told?.highWatermark !== answer.highWatermark || told.logStartOffset !== answer.logStartOffset;
}

/**
 * Notes what the client knows now; after an error, all is told again.
 * @param takesTurns who got records is served last the next time
 */
function remember(session: Session, topic: TopicKey, answer: AnsweredPartition, takesTurns: boolean): void {
  const key = keyOf(topic, answer.partitionIndex);
  const cached = session.partitions.get(key);
  if (!cached) return;
  const { highWatermark, logStartOffset = -1n } = answer;
  const { told: _, ...untold } = cached;
  const isFailed = answer.errorCode !== ErrorCode.none;
  if (takesTurns && answer.records.length > 0) session.partitions.delete(key);
  session.partitions.set(key, isFailed ? untold : { ...cached, told: { highWatermark, logStartOffset } });
}

function placesIn<A>(responses: ReadonlyArray<TopicPartitions<A>>): Array<TopicKey & { partition: A }> {
  return responses.flatMap(({ topic, topicId, partitions }) =>
    partitions.map((partition) => ({ topic, topicId, partition })),
  );
}

/** Keeps the order: a topic comes again when others lie between its partitions. */
function inRuns<T, P>(items: readonly T[], split: (item: T) => readonly [TopicKey, P]): TopicPartitions<P>[] {
  const runs: Array<TopicKey & { partitions: P[] }> = [];
  for (const item of items) {
    const [{ topic, topicId }, partition] = split(item);
    const last = runs.at(-1);
    if (last?.topic === topic && last.topicId === topicId) last.partitions.push(partition);
    else runs.push({ topic, topicId, partitions: [partition] });
  }
  return runs;
}

function keyOf({ topic, topicId }: TopicKey, partition: number): string {
  return `${topicId === noUuid ? topic : topicId}/${partition}`;
}
