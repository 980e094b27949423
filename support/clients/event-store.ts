import type { RecordedEvent } from './recorded-event';

/** What a store holds at most. */
export interface StoreLimits {
  readonly bytes: number;
  readonly count: number;
}

/** Events in the order in which they were seen, of which the oldest are let go when there are too many. */
export class EventStore {
  private readonly all = new Queue<RecordedEvent>();
  private readonly byTopic = new Map<string, Queue<RecordedEvent>>();
  private readonly lost = new Map<string, number>();
  private bytes = 0;

  constructor(private readonly limits: StoreLimits) {}

  /** The newest one is kept, however large it is. */
  add(event: RecordedEvent): void {
    this.all.push(event);
    this.queueOf(event.topic).push(event);
    this.bytes += event.size;
    while (this.isTooMuch() && this.all.length > 1) this.letGoOldest();
  }

  private isTooMuch(): boolean {
    return this.bytes > this.limits.bytes || this.all.length > this.limits.count;
  }

  private letGoOldest(): void {
    const oldest = this.all.shift();
    if (oldest === undefined) return;
    this.queueOf(oldest.topic).shift(); // the oldest of all is the oldest of its topic, too
    this.bytes -= oldest.size;
    this.lost.set(oldest.topic, this.letGoOf(oldest.topic) + 1);
  }

  private queueOf(topic: string): Queue<RecordedEvent> {
    let queue = this.byTopic.get(topic);
    if (queue === undefined) {
      queue = new Queue();
      this.byTopic.set(topic, queue);
    }
    return queue;
  }

  /** The events that are kept, of one topic or of all, oldest first. */
  events(topic?: string): RecordedEvent[] {
    return topic === undefined ? this.all.toArray() : (this.byTopic.get(topic)?.toArray() ?? []);
  }

  /** How many events of each topic were let go, where any were. */
  get letGo(): ReadonlyMap<string, number> {
    return this.lost;
  }

  letGoOf(topic: string): number {
    return this.lost.get(topic) ?? 0;
  }
}

/** First in, first out, in constant time. */
class Queue<T> {
  private items: T[] = [];
  private first = 0;

  get length(): number {
    return this.items.length - this.first;
  }

  push(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.items[this.first++];
    // what was shifted is held until here, at most as much again as what is left
    if (this.first > 1_000 && this.first > this.length) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
    return item;
  }

  toArray(): T[] {
    return this.items.slice(this.first);
  }
}
