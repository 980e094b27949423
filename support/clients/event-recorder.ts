import type { DecodedParts } from './event-decoding';
import type { SourceRecord } from './event-source';
import { EventStore } from './event-store';
import { type RecordedEvent, recordedEvent } from './recorded-event';

export interface RecorderOptions {
  readonly topicPrefix: string;
  /** What the events of a scenario may take, in bytes, about; the oldest are let go beyond it. */
  readonly memory: number;
}

/** Events of earlier scenarios that are kept, to explain a failure. */
const mostEarlier = 1_000;
const shareOfEarlier = 1 / 16;

/** Records every event of a lane; a scenario sees only what came after its bookmark. */
export class EventRecorder {
  private store: EventStore;
  private before: EventStore;
  private bookmarks: ReadonlyMap<string, bigint> = new Map();
  /** The last offset seen of each partition, by `topic/partition`. */
  private readonly positions = new Map<string, bigint>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly options: RecorderOptions) {
    this.store = this.newStore();
    this.before = this.newStoreOfEarlier();
  }

  private newStore(): EventStore {
    return new EventStore({ bytes: this.options.memory, count: Number.POSITIVE_INFINITY });
  }

  private newStoreOfEarlier(): EventStore {
    return new EventStore({ bytes: this.options.memory * shareOfEarlier, count: mostEarlier });
  }

  /**
   * Takes a record of the lane's; those of others are passed over.
   * @param decoded what its bytes say, where they bear a schema
   */
  record(record: SourceRecord, decoded: DecodedParts = {}): void {
    const { topicPrefix } = this.options;
    if (!record.topic.startsWith(topicPrefix)) return;
    const topic = record.topic.slice(topicPrefix.length);
    this.keep(recordedEvent(record, topic, decoded));
    this.positions.set(`${topic}/${record.partition}`, record.offset);
    for (const listener of this.listeners) listener();
  }

  private keep(event: RecordedEvent): void {
    (this.isAfterBookmark(event) ? this.store : this.before).add(event);
  }

  /**
   * Begins a scenario: what is on the topics now is behind the bookmark; some of it is kept to explain failures.
   * @param ends the end offset of every partition, by `topic/partition` with the lane's prefix
   */
  bookmark(ends: ReadonlyMap<string, bigint>): void {
    const { length } = this.options.topicPrefix;
    this.bookmarks = new Map([...ends].map(([place, end]) => [place.slice(length), end]));
    const known = [...this.before.events(), ...this.store.events()];
    this.store = this.newStore();
    this.before = this.newStoreOfEarlier();
    for (const event of known) this.keep(event);
  }

  private isAfterBookmark({ topic, partition, offset }: RecordedEvent): boolean {
    return offset >= (this.bookmarks.get(`${topic}/${partition}`) ?? 0n);
  }

  /** The events of this scenario that are kept, of one topic or of all, in the order in which they were seen. */
  since(topic?: string): RecordedEvent[] {
    return this.store.events(topic);
  }

  /** The last events of a topic that came before this scenario. */
  earlier(topic: string): RecordedEvent[] {
    return this.before.events(topic);
  }

  /** How many events of this scenario were let go, by topic, where any were: the oldest ones. */
  get letGo(): ReadonlyMap<string, number> {
    return this.store.letGo;
  }

  /** What the events of a scenario may take, in bytes. */
  get memory(): number {
    return this.options.memory;
  }

  /** Whether the event at a place, or a later one of its partition, was seen. */
  hasSeen({ topic, partition, offset }: Pick<RecordedEvent, 'topic' | 'partition' | 'offset'>): boolean {
    return (this.positions.get(`${topic}/${partition}`) ?? -1n) >= offset;
  }

  /** Calls the listener at every event; returns how to stop. */
  onEvent(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
