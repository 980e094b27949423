import type { RecordedEvent } from '../support/clients';
import { type EventLook, early, placeOf } from './event-look';

/** What else an event is to have. */
type Condition = (event: RecordedEvent) => boolean;

const anything: Condition = () => true;

/**
 * Where an event that is looked for is instead: one line for each cause that is known.
 * @param condition none where it is the selection alone that says what is looked for
 */
export async function eventHints(look: EventLook, condition?: Condition): Promise<string[]> {
  const isLike = (event: RecordedEvent) => look.selection.accepts(event) && (condition ?? anything)(event);
  return [
    ...(condition === undefined && look.selection.size < 2 ? [] : withAnother(look, condition ?? anything)),
    ...elsewhere(look, isLike),
  ];
}

/** Events like that on other topics, and before the scenario. */
export function elsewhere(look: EventLook, isLike: Condition): string[] {
  return [...onOtherTopics(look, isLike), ...beforeTheScenario(look, isLike)];
}

/** One criterion alone keeps them out; the last of them is named. */
function withAnother(look: EventLook, condition: Condition): string[] {
  const found = new Map<string, string>();
  for (const { event, instead } of look.selection.nearlyAccepted(look.all)) {
    if (found.size === mostHints) break;
    if (!found.has(instead) && condition(event))
      found.set(instead, `an event like that ${instead}: ${placeOf(event)}`);
  }
  return [...found.values()];
}

const mostHints = 3;

function onOtherTopics(look: EventLook, isLike: Condition): string[] {
  const last = new Map<string, RecordedEvent>();
  for (const event of look.world.events.recorder.since()) {
    if (event.topic !== look.topic && isLike(event)) last.set(event.topic, event);
  }
  return [...last.values()]
    .slice(-mostHints)
    .map((event) => `an event like that came to topic "${event.topic}": ${placeOf(event)}`);
}

function beforeTheScenario(look: EventLook, isLike: Condition): string[] {
  const found = look.world.events.recorder.earlier(look.topic).findLast(isLike);
  return found === undefined ? [] : [early(look, found)];
}
