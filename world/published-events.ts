import type { OutgoingEvent } from '../support/clients';
import type { AcceptanceWorld } from './acceptance-world';

/** Few go one after the other, so that they come in this order on all partitions together. */
const few = 100;

/** Publishes the events of a step, all of one topic, and remembers the last. */
export async function publishEvents(world: AcceptanceWorld, events: readonly OutgoingEvent[]): Promise<void> {
  const { remembered } = world;
  remembered.nextHeaders = {};
  remembered.outgoing = events.at(-1);
  const [first] = events;
  if (first !== undefined && events.length > few) {
    remembered.published = await world.events.publishAll(first.topic, events);
    return;
  }
  for (const event of events) remembered.published = await world.events.publish(event);
}
