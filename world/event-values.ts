import { lookUp, renderValue } from '../support/matching';
import { type EventLook, placeOf } from './event-look';
import { eventPath } from './event-selection';
import { asRow, counted, fail } from './expectations';

/** A part of the event that is meant, by its path; of several it fails, or it is the last one's. */
export function valueOfEvent(look: EventLook, path: string, which: 'only' | 'last'): unknown {
  const at = eventPath(path);
  const event = look.events.at(-1);
  if (event === undefined) return fail(() => look.nothing());
  const { length } = look.events;
  if (which === 'only' && length > 1) {
    const events = counted(length, 'event');
    fail(
      `${look.place} has ${events}${look.selection.words}, not one: say more of it, or: the last event; ${look.listed()}`,
    );
  }
  const { found, value } = lookUp(asRow(event), at);
  return found ? value : fail(`event ${placeOf(event)} has no "${path}": ${renderValue(asRow(event))}`);
}
