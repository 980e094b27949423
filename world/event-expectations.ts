import type { RecordedEvent } from '../support/clients';
import { type Json, jsonMatcher, matchJson, renderMismatches, renderValue } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { eventHints } from './event-hints';
import { type EventLook, placeOf, shown } from './event-look';
import { counted, fail, indented } from './expectations';

/** What the value of an event is to be. */
export interface ExpectedValue {
  /** JSON with `${...}` and markers. */
  readonly text: string;
  /** What it is, for errors: `the JSON of this step`, `file "order.json"`. */
  readonly place: string;
  readonly mode: 'contains' | 'exactly';
}

/** The JSON of a step, of which an event has at least these fields. */
export function jsonBelow(text: string, mode: ExpectedValue['mode'] = 'contains'): ExpectedValue {
  return { text, place: 'the JSON of this step', mode };
}

/** As {@link jsonBelow}, of a file in the test data folder. */
export function jsonOfFile(
  world: AcceptanceWorld,
  file: string,
  mode: ExpectedValue['mode'] = 'contains',
): ExpectedValue {
  return { text: world.testData(file), place: `file "${file}"`, mode };
}

/** An event that is meant is there, with that value if one is given. Keeps what markers captured. */
export function expectEvent(look: EventLook, expected?: ExpectedValue): void {
  const value = expected === undefined ? anyValue : new ValueMatch(look.world, expected);
  const found = look.events.find((event) => value.matches(event));
  if (found === undefined) {
    fail(
      () => {
        return look.events.length === 0
          ? look.nothing()
          : `${look.place} has no event${look.selection.words} like this; ${value.unlike(look)}`;
      },
      hintsOf(look, value),
    );
  }
  look.selection.capture(found);
  value.capture(found);
}

/** So many events are meant, of those with that value if one is given. */
export function expectCount(look: EventLook, count: number, expected?: ExpectedValue): void {
  if (expected === undefined && look.selection.words === '') expectTotal(look, count);
  else expectFound(look, count, expected === undefined ? anyValue : new ValueMatch(look.world, expected));
}

/** How many events there are of all is known even of those that were let go. */
function expectTotal(look: EventLook, count: number): void {
  const total = look.all.length + look.letGo;
  if (total === count) return;
  const list = () => (total === 0 ? '' : `:\n${shown(look.all)}${look.letGoNotice()}`);
  fail(() => `${look.place} has ${counted(total, 'event')}, not ${wanted(count)}${list()}`);
}

function wanted(count: number): string {
  return count === 0 ? 'none' : String(count);
}

function expectFound(look: EventLook, count: number, value: EventValue): void {
  look.assertAllAreKept();
  const found = look.events.filter((event) => value.matches(event));
  if (found.length === count) return;
  const { place, selection } = look;
  const that = `${selection.words}${value.words}`;
  const list = found.length === 0 ? '' : `:\n${shown(found)}`;
  const message = () => `${place} has ${counted(found.length, 'event')}${that}, not ${wanted(count)}${list}`;
  if (found.length > 0) fail(message);
  const instead = () => (look.events.length === 0 ? look.nothing() : value.unlike(look));
  fail(() => `${message()}\n${instead()}`, hintsOf(look, value));
}

function hintsOf(look: EventLook, value: EventValue) {
  return () => eventHints(look, value === anyValue ? undefined : (event) => value.matches(event));
}

/** So many of the events that are meant match any row of a table. */
export function expectCountLike(look: EventLook, found: readonly RecordedEvent[], count: number): void {
  look.assertAllAreKept();
  if (found.length === count) return;
  const list = found.length === 0 ? look.events : found;
  const shownOnes = list.length === 0 ? '' : `:\n${shown(list)}`;
  const has = `${look.place} has ${counted(found.length, 'event')}${look.selection.words} like that, not ${wanted(count)}`;
  const there = found.length === 0 && list.length > 0 ? '; there are' : '';
  fail(() => `${has}${there}${shownOnes}`);
}

/** The values that events may have. */
interface EventValue {
  /** ` like this`, for messages. */
  readonly words: string;
  matches(event: RecordedEvent): boolean;
  capture(event: RecordedEvent): void;
  /** What the nearest event has instead. */
  unlike(look: EventLook): string;
}

const anyValue: EventValue = {
  words: '',
  matches: () => true,
  capture: () => {},
  unlike: (look) => look.nothing(),
};

/** JSON of a step, read once for many events. */
class ValueMatch implements EventValue {
  readonly words = ' like this';
  private readonly expected: Json;
  private readonly matcher: ReturnType<typeof jsonMatcher>;

  constructor(
    private readonly world: AcceptanceWorld,
    private readonly wanted: ExpectedValue,
  ) {
    this.expected = world.variables.expected(wanted.text, wanted.place);
    this.matcher = jsonMatcher(this.expected, this.options);
  }

  private get options() {
    const { mode, place } = this.wanted;
    return { mode, place, captured: this.world.variables.captured };
  }

  matches({ value }: RecordedEvent): boolean {
    return this.matcher.matches(value);
  }

  capture({ value }: RecordedEvent): void {
    this.world.variables.capture(matchJson(this.expected, value, this.options).captured);
  }

  mismatches({ value }: RecordedEvent): string {
    return indented(renderMismatches(matchJson(this.expected, value, this.options).mismatches));
  }

  unlike(look: EventLook): string {
    const { events } = look;
    const closest = this.closestOf(events);
    const which = events.length === 1 ? 'the only one' : `the closest of ${events.length}`;
    return [
      `${which}, ${placeOf(closest)}, does not match:`,
      this.mismatches(closest),
      'it was:',
      indented(renderValue(closest.value)),
      ...(events.length === 1 ? [] : [look.listed()]),
    ]
      .join('\n')
      .concat(look.letGoNotice());
  }

  /** Of equally near ones the last. */
  private closestOf(events: readonly RecordedEvent[]): RecordedEvent {
    let [best] = events as readonly [RecordedEvent, ...RecordedEvent[]];
    let most = Number.NEGATIVE_INFINITY;
    for (const event of events) {
      const near = this.matcher.nearness(event.value);
      if (near >= most) [best, most] = [event, near];
    }
    return best;
  }
}

/** Every event that is meant has such a value; the first that have not are listed. */
export function expectEachEvent(look: EventLook, expected: ExpectedValue): void {
  const events = someEvents(look);
  const value = new ValueMatch(look.world, expected);
  const wrong = events.filter((event) => !value.matches(event));
  if (wrong.length === 0) return;
  const head = `${wrong.length} of ${counted(events.length, 'event')}${look.selection.words} of ${look.place} ${wrong.length === 1 ? 'does' : 'do'} not match:`;
  fail(() =>
    [head, ...mostly(wrong, (event) => `${placeOf(event)}:\n${value.mismatches(event)}`)].join('\n'),
  );
}

/** Of no events anything would be true. */
export function someEvents(look: EventLook): readonly RecordedEvent[] {
  look.assertAllAreKept();
  if (look.events.length > 0) return look.events;
  return fail(() => look.nothing());
}

const mostListed = 5;

/** The first of many, indented. */
export function mostly<T>(things: readonly T[], render: (thing: T) => string): string[] {
  const lines = things.slice(0, mostListed).map((thing) => indented(render(thing)));
  const more = things.length - lines.length;
  return more > 0 ? [...lines, indented(`... and ${more.toLocaleString('en-US')} more`)] : lines;
}

/** An event that is meant has no value at all. */
export function expectTombstone(look: EventLook): void {
  expectOne(look, isTombstone, 'tombstone', () => {
    return `${look.place} has no tombstone${look.selection.words}; ${look.listed()}`;
  });
}

function isTombstone({ payload }: RecordedEvent): boolean {
  return payload === null;
}

/** An event that is meant has just these bytes as its value. */
export function expectBytes(look: EventLook, bytes: Buffer, written: string): void {
  const has = ({ payload }: RecordedEvent) => payload?.equals(bytes) === true;
  expectOne(look, has, 'event', () => {
    return `${look.place} has no event${look.selection.words} with the bytes ${written}; there are:\n${bytesOf(look.events)}`;
  });
}

/** An event that is meant has just this text as its value. */
export function expectText(look: EventLook, text: string): void {
  const has = ({ payload }: RecordedEvent) => payload?.toString('utf8') === text;
  expectOne(look, has, 'event', () => {
    const texts = mostly(
      look.events,
      (event) => `${placeOf(event)}: ${renderValue(event.payload?.toString('utf8') ?? null)}`,
    );
    return `${look.place} has no event${look.selection.words} of the text ${renderValue(text)}; there are:\n${texts.join('\n')}`;
  });
}

/** @param unlike what the events that are meant have instead */
function expectOne(
  look: EventLook,
  has: (event: RecordedEvent) => boolean,
  noun: string,
  unlike: () => string,
): void {
  const found = look.events.find(has);
  if (found !== undefined) look.selection.capture(found);
  else
    fail(
      () => (look.events.length === 0 ? look.nothing(noun) : `${unlike()}${look.letGoNotice()}`),
      () => eventHints(look, has),
    );
}

function bytesOf(events: readonly RecordedEvent[]): string {
  return mostly(events, (event) => `${placeOf(event)}: ${renderValue(event.payload)}`).join('\n');
}
