import { isUtf8 } from 'node:buffer';
import { parseJson } from '../matching';
import type { SourceRecord } from './event-source';

/** An event as features see it. */
export interface RecordedEvent {
  /** Without the lane's prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number;
  readonly key: string | null;
  /** JSON where the value is JSON, else text; null for a tombstone; bytes in hexadecimal when it is no text. */
  readonly value: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** When the recorder saw it, in milliseconds since 1970. */
  readonly seenAt: number;
}

/** Records every event of a lane; a scenario sees only what came after its bookmark. */
export class EventRecorder {
  private events: RecordedEvent[] = [];
  private bookmarks: ReadonlyMap<string, bigint> = new Map();
  /** The last offset seen of each partition, by `topic/partition`. */
  private readonly positions = new Map<string, bigint>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly topicPrefix: string) {}

  /** Takes a record of the lane's; those of others are passed over. */
  record(record: SourceRecord): void {
    if (!record.topic.startsWith(this.topicPrefix)) return;
    const topic = record.topic.slice(this.topicPrefix.length);
    this.events.push(seen(record, topic));
    this.positions.set(`${topic}/${record.partition}`, record.offset);
    for (const listener of this.listeners) listener();
  }

  /**
   * Begins a scenario: what is on the topics now is behind the bookmark, and is forgotten.
   * @param ends the end offset of every partition, by `topic/partition` with the lane's prefix
   */
  bookmark(ends: ReadonlyMap<string, bigint>): void {
    this.bookmarks = new Map([...ends].map(([place, end]) => [place.slice(this.topicPrefix.length), end]));
    this.events = this.events.filter((event) => this.isAfterBookmark(event));
  }

  private isAfterBookmark({ topic, partition, offset }: RecordedEvent): boolean {
    return offset >= (this.bookmarks.get(`${topic}/${partition}`) ?? 0n);
  }

  /** The events of this scenario, of one topic or of all, in the order in which they were seen. */
  since(topic?: string): RecordedEvent[] {
    return this.events.filter(
      (event) => (topic === undefined || event.topic === topic) && this.isAfterBookmark(event),
    );
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

function seen(record: SourceRecord, topic: string): RecordedEvent {
  return {
    topic,
    partition: record.partition,
    offset: record.offset,
    timestamp: record.timestamp,
    key: record.key === null ? null : textOf(record.key),
    value: record.value === null ? null : payloadOf(record.value),
    headers: Object.fromEntries(
      record.headers.map(({ key, value }) => [key, value === null ? '' : textOf(value)]),
    ),
    seenAt: Date.now(),
  };
}

function textOf(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : `0x${bytes.toString('hex')}`;
}

function payloadOf(bytes: Buffer): unknown {
  const text = textOf(bytes);
  try {
    return parseJson(text, 'event');
  } catch {
    return text;
  }
}
