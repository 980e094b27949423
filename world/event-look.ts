import type { RecordedEvent } from '../support/clients';
import { BrineError } from '../support/errors';
import { formatDuration } from '../support/time';
import type { AcceptanceWorld } from './acceptance-world';
import type { Criterion } from './event-criteria';
import { Selection } from './event-selection';
import { asRow, counted, indented } from './expectations';
import type { Lane } from './lane';
import { renderRows } from './row-text';

/**
 * The events of this scenario on a topic, everything that lies on it now included.
 * @throws BrineError BRINE_STEP_001 when there is no such topic
 */
export async function eventsOf(world: AcceptanceWorld, topic: string): Promise<RecordedEvent[]> {
  await world.events.find(topic);
  await world.events.caughtUp(topic);
  return world.events.recorder.since(topic);
}

/**
 * On a real cluster it takes a moment until a topic that nobody has named before is recorded, which is no part of the
 * time that a guard gives. A topic that does not exist yet may be made while the guard waits.
 */
export async function followTopic(this: AcceptanceWorld, topic: string): Promise<void> {
  try {
    await this.events.find(topic);
  } catch (error) {
    if (!(error instanceof BrineError)) throw error;
  }
}

/** One look at the events that a step means. */
export class EventLook {
  private constructor(
    readonly world: AcceptanceWorld,
    readonly topic: string,
    readonly selection: Selection,
    /** All events of this scenario on the topic. */
    readonly all: readonly RecordedEvent[],
    /** Those of them that are meant. */
    readonly events: readonly RecordedEvent[],
  ) {}

  /** @param criteria all events of the topic are meant unless given */
  static async at(
    world: AcceptanceWorld,
    topic: string,
    criteria?: readonly Criterion[],
  ): Promise<EventLook> {
    const selection = Selection.of(world, criteria);
    const all = await eventsOf(world, topic);
    const events = criteria === undefined ? all : all.filter((event) => selection.accepts(event));
    return new EventLook(world, topic, selection, all, events);
  }

  /** `topic "orders"`. */
  get place(): string {
    return `topic "${this.topic}"`;
  }

  /** How many events of this scenario on this topic were let go, and so cannot be looked at. */
  get letGo(): number {
    return this.world.events.recorder.letGo.get(this.topic) ?? 0;
  }

  /**
   * For what is said of all events.
   * @throws BrineError BRINE_STEP_002 when some were let go
   */
  assertAllAreKept(): void {
    if (this.letGo === 0) return;
    throw new BrineError('BRINE_STEP_002', {
      place: this.place,
      reason: `nothing can be said of all its events: ${this.letGoInWords()}`,
      advice: 'raise kafka.eventMemory, or say something of fewer events',
    });
  }

  private letGoInWords(): string {
    return describeLetGo(this.letGo, this.letGo + this.all.length, this.world.events.recorder.memory);
  }

  /** Said after a failure to find something; '' when nothing was let go. */
  letGoNotice(): string {
    return this.letGo === 0
      ? ''
      : `\nnot looked at: ${this.letGoInWords()}; raise kafka.eventMemory to keep them`;
  }

  /** The events in words and as a table: `the 3 events with key "a" since the scenario began:`. */
  listed(events: readonly RecordedEvent[] = this.events): string {
    const the = events.length === 1 ? 'the only event' : `the ${counted(events.length, 'event')}`;
    return `${the}${this.selection.words} since the scenario began:\n${shown(events)}`;
  }

  /** Why there is nothing: what is there instead. */
  nothing(noun = 'event'): string {
    const none = `${this.place} has no ${noun}${this.selection.words} since the scenario began`;
    if (this.all.length > 0)
      return `${none}; it has ${counted(this.all.length, 'other')}:\n${shown(this.all)}${this.letGoNotice()}`;
    const elsewhere = new Map<string, number>();
    for (const { topic } of this.world.events.recorder.since())
      elsewhere.set(topic, (elsewhere.get(topic) ?? 0) + 1);
    if (elsewhere.size === 0) return `${none}; no topic has any`;
    const others = [...elsewhere].map(([topic, count]) => `${topic} (${count})`);
    return `${none}; events came to: ${others.join(', ')}`;
  }
}

/** Events as an indented table. */
export function shown(events: readonly RecordedEvent[]): string {
  return indented(renderRows(events.slice(0, mostShown).map(asRow), events.length));
}

const mostShown = 20;

/** Where an event lies: `orders/0@12`. */
export function placeOf({
  topic,
  partition,
  offset,
}: Pick<RecordedEvent, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}/${partition}@${offset}`;
}

/** For each topic whose events were let go in this scenario, what the report should say. */
export function letGoNotes({ recorder }: Pick<Lane, 'recorder'>): string[] {
  if (recorder === undefined) return [];
  return [...recorder.letGo].map(([topic, letGo]) => {
    const total = letGo + recorder.since(topic).length;
    return `topic "${topic}": ${describeLetGo(letGo, total, recorder.memory)}`;
  });
}

/** An event that came before the scenario, in words. */
export function early({ world }: EventLook, event: RecordedEvent): string {
  const before = formatDuration(Math.max(0, world.evidence.startedAt - event.seenAt));
  return `an event like that came ${before} before this scenario began, which sees only what came after: ${placeOf(event)}`;
}

/** `the first 1,200 of 50,000 events of this scenario were let go, for the recorder keeps about 64 MB`. */
function describeLetGo(letGo: number, total: number, memory: number): string {
  const [first, of] = [letGo, total].map((count) => count.toLocaleString('en-US'));
  const megabytes = Number((memory / 1024 ** 2).toPrecision(2)).toLocaleString('en-US');
  return `the first ${first} of ${of} events of this scenario were let go, for the recorder keeps about ${megabytes} MB (kafka.eventMemory)`;
}
