import type { OutgoingEvent } from '../support/clients';
import type { AcceptanceWorld } from './acceptance-world';

/** Few go one after the other, so that they come in this order on all partitions together. */
const few = 100;

/** Publishes the events of a step, all of one topic, and remembers the last. */
export async function publishEvents(world: AcceptanceWorld, events: readonly OutgoingEvent[]): Promise<void> {
  const { remembered } = world;
  const keyed = await withNextKey(world, events);
  remembered.nextHeaders = {};
  remembered.nextKey = undefined;
  remembered.outgoing = keyed.at(-1);
  const [first] = keyed;
  if (first !== undefined && keyed.length > few) {
    remembered.published = await world.events.publishAll(first.topic, keyed);
    return;
  }
  for (const event of keyed) remembered.published = await world.events.publish(event);
}

/** What a step says of a key itself goes before what was said of the next one. */
async function withNextKey(
  { remembered: { nextKey } }: AcceptanceWorld,
  events: readonly OutgoingEvent[],
): Promise<readonly OutgoingEvent[]> {
  const first = events.find((event) => hasNoKey(event));
  if (nextKey === undefined || first === undefined) return events;
  const key = await nextKey(first.topic);
  return events.map((event) => (hasNoKey(event) ? { ...event, key } : event));
}

function hasNoKey({ key }: OutgoingEvent): boolean {
  return key === undefined || key === null;
}
