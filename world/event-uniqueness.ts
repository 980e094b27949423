import type { RecordedEvent } from '../support/clients';
import { lookUp, renderValue } from '../support/matching';
import { mostly, someEvents } from './event-expectations';
import { type EventLook, placeOf } from './event-look';
import { eventPath } from './event-selection';
import { asRow, fail } from './expectations';

/** No two of the events that are meant have the same at a path. */
export function expectUniqueEvents(look: EventLook, path: string): void {
  const at = eventPath(path);
  const events = someEvents(look);
  const without = events.find((event) => !lookUp(asRow(event), at).found);
  if (without !== undefined)
    fail(`event ${placeOf(without)} has no "${path}": ${renderValue(asRow(without))}`);
  const twice = repeated(events, (event) => distinctText(lookUp(asRow(event), at).value));
  if (twice.length === 0) return;
  const list = mostly(twice, ([before, event]) => {
    return `${placeOf(before)} and ${placeOf(event)} both have ${renderValue(lookUp(asRow(event), at).value)}`;
  });
  fail(`"${path}" is not unique on ${look.place}:\n${list.join('\n')}`);
}

/** No two of the events that are meant have the same key and value. */
export function expectNoDuplicates(look: EventLook): void {
  look.assertAllAreKept();
  const twice = repeated(look.events, ({ key, payload }) => {
    return JSON.stringify([key, payload === null ? null : payload.toString('latin1')]);
  });
  if (twice.length === 0) return;
  const list = mostly(twice, ([before, event]) => {
    return `${placeOf(before)} and ${placeOf(event)}: key ${renderValue(event.key)}, value ${renderValue(event.value)}`;
  });
  fail(`${look.place} has duplicate events:\n${list.join('\n')}`);
}

/** A text that is the same for equal values, and for no others. */
function distinctText(value: unknown): string {
  return typeof value === 'string' ? `"${value}` : renderValue(value, { limit: Number.POSITIVE_INFINITY });
}

/** Events that say the same as one before them, with the first that does. */
function repeated(
  events: readonly RecordedEvent[],
  say: (event: RecordedEvent) => string,
): Array<readonly [RecordedEvent, RecordedEvent]> {
  const first = new Map<string, RecordedEvent>();
  return events.flatMap((event) => {
    const said = say(event);
    const before = first.get(said);
    if (before !== undefined) return [[before, event] as const];
    first.set(said, event);
    return [];
  });
}

/** The events that are meant lie on so many partitions. */
export function expectPartitions(look: EventLook, count: number): void {
  const partitions = new Map<number, number>();
  for (const { partition } of someEvents(look))
    partitions.set(partition, (partitions.get(partition) ?? 0) + 1);
  if (partitions.size === count) return;
  const list = [...partitions]
    .sort(([a], [b]) => a - b)
    .map(([partition, events]) => `${partition} (${events})`);
  fail(
    `${look.place} has events${look.selection.words} on ${partitions.size} partition${partitions.size === 1 ? '' : 's'}, not ${count}: ${list.join(', ')}`,
  );
}

/** Events with the same key lie on the same partition: so their order is kept. */
export function expectKeysKeptTogether(look: EventLook): void {
  const first = new Map<string, RecordedEvent>();
  const apart: Array<readonly [RecordedEvent, RecordedEvent]> = [];
  for (const event of someEvents(look)) {
    if (event.key === null) continue;
    const before = first.get(event.key);
    if (before === undefined) first.set(event.key, event);
    else if (before.partition !== event.partition) apart.push([before, event]);
  }
  if (first.size === 0) fail(`no event of ${look.place} has a key`);
  if (apart.length === 0) return;
  const list = mostly(apart, ([before, event]) => {
    return `key ${renderValue(event.key)} is on ${placeOf(before)} and on ${placeOf(event)}`;
  });
  fail(`${look.place} has keys on more than one partition:\n${list.join('\n')}`);
}
