import type { AcceptanceWorld } from './acceptance-world';
import { placeOf } from './event-look';
import { brief, type EvidenceEntry } from './evidence';

/** A line that the progress formatter and the report show beside the scenario, without failing it. */
export const noteMediaType = 'text/x.brine.note+plain';

/** Everything that happened in a scenario on one timeline: exchanges, events, calls of stubs, logs of services. */
export function timelineOf(world: AcceptanceWorld): string {
  const since = world.evidence.startedAt;
  return world.evidence.timeline([
    ...eventEntries(world),
    ...stubEntries(world),
    ...logEntries(world, since),
  ]);
}

function eventEntries({ lane }: AcceptanceWorld): EvidenceEntry[] {
  const events = lane.recorder?.since() ?? [];
  return events.map((event) => ({
    at: event.seenAt,
    source: 'event',
    // of many events most are left out
    get text() {
      return `${placeOf(event)} key ${brief(event.key)}: ${brief(event.value)}`;
    },
  }));
}

function stubEntries({ lane }: AcceptanceWorld): EvidenceEntry[] {
  return [...lane.stubs.values()].flatMap(({ name, shown }) =>
    shown.map(({ method, path, body, status = 'dropped', at, unexpected }) => ({
      at,
      source: `stub ${name}`,
      text: `${method} ${path} ${body} -> ${status}${unexpected === undefined ? '' : `: no step describes this call: ${unexpected}`}`,
    })),
  );
}

function logEntries({ lane }: AcceptanceWorld, since: number): EvidenceEntry[] {
  return [...lane.services.values()].flatMap((service) =>
    service.logSince(since).map(({ at, text }) => ({ at, source: `log ${service.name}`, text })),
  );
}
