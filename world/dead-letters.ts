import type { RecordedEvent } from '../support/clients';
import { matchJson, renderMismatches, renderValue } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { mostly, someEvents } from './event-expectations';
import { type EventLook, placeOf } from './event-look';
import { fail, indented } from './expectations';

/** Names of headers, and what they are to be: text, or a marker. */
export type ExpectedHeaders = ReadonlyArray<readonly [name: string, value: string]>;

/**
 * Each of the original events that are meant came to a dead-letter topic, unchanged: with the same key and the same bytes
 * as its value; with these headers. Keeps what markers captured.
 */
export function expectDeadLetters(
  originals: EventLook,
  deadLetters: EventLook,
  headers: ExpectedHeaders,
): void {
  const left = new Set(deadLetters.events);
  for (const original of someEvents(originals)) {
    const found = [...left].find(
      (event) => isSame(event, original) && hasHeaders(originals.world, event, headers),
    );
    if (found === undefined) fail(() => whyNot(original, [...left], deadLetters, headers));
    left.delete(found);
    captureHeaders(originals.world, found, headers);
  }
}

function isSame(event: RecordedEvent, original: RecordedEvent): boolean {
  return event.key === original.key && hasSameValue(event, original);
}

function hasSameValue({ payload }: RecordedEvent, original: RecordedEvent): boolean {
  if (payload === null || original.payload === null) return payload === original.payload;
  return payload.equals(original.payload);
}

function hasHeaders(world: AcceptanceWorld, event: RecordedEvent, headers: ExpectedHeaders): boolean {
  return headersResult(world, event, headers).mismatches.length === 0;
}

function headersResult({ variables }: AcceptanceWorld, event: RecordedEvent, headers: ExpectedHeaders) {
  const place = 'the table of headers';
  const options = { mode: 'contains', captured: variables.captured, place } as const;
  return matchJson(Object.fromEntries(headers), event.headers, options);
}

function captureHeaders(world: AcceptanceWorld, event: RecordedEvent, headers: ExpectedHeaders): void {
  world.variables.capture(headersResult(world, event, headers).captured);
}

function whyNot(
  original: RecordedEvent,
  left: readonly RecordedEvent[],
  look: EventLook,
  headers: ExpectedHeaders,
): string {
  const what = `event ${placeOf(original)} (key ${renderValue(original.key)})`;
  const same = left.filter((event) => isSame(event, original));
  if (same.length > 0) {
    const list = mostly(same, (event) => {
      const { mismatches } = headersResult(look.world, event, headers);
      return `${placeOf(event)}:\n${indented(renderMismatches(mismatches).replace(/^\$\./gm, 'header '))}`;
    });
    return `${what} came to ${look.place}, but with other headers:\n${list.join('\n')}`;
  }
  const near = left.filter((event) => event.key === original.key || hasSameValue(event, original));
  if (near.length > 0) {
    const list = mostly(near, (event) => `${placeOf(event)} ${difference(event, original)}`);
    return `${what} did not come to ${look.place} as it was:\n${list.join('\n')}`;
  }
  const all = look.events.length === 0 ? look.nothing() : look.listed();
  return `${what} did not come to ${look.place}; ${all}`;
}

function difference(event: RecordedEvent, original: RecordedEvent): string {
  if (event.key !== original.key)
    return `has the same value, and the key ${renderValue(event.key)} instead of ${renderValue(original.key)}`;
  return `has the same key, and another value:\n  it was:    ${renderValue(original.value)}\n  it became: ${renderValue(event.value)}`;
}
