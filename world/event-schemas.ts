import type { OutgoingEvent } from '../support/clients';
import { parseJson } from '../support/matching';
import type { UsableSchema } from '../support/schema-registry';
import { faultInWords } from '../support/schema-registry/faults';
import type { AcceptanceWorld } from './acceptance-world';
import { mostly, someEvents } from './event-expectations';
import { type EventLook, placeOf } from './event-look';
import { counted, fail, indented } from './expectations';
import { outgoingFrom } from './outgoing-events';
import { publishEvents } from './published-events';
import { codecOfFile, draftOf, messageIn, schemaFile } from './schema-files';
import { type RowsSource, writtenRows } from './step-tables';

/** Registers a schema of a file under a subject. */
export async function registerSchema(world: AcceptanceWorld, file: string, subject: string): Promise<void> {
  await world.schemas.register(subject, await draftOf(world, schemaFile(world, file)));
}

/** What an event is to be encoded with. */
export interface EventEncoding {
  readonly schema: UsableSchema;
  readonly message: string | undefined;
}

/** The schema of a file, registered for the topic unless a subject is named. */
export async function encodingOf(
  world: AcceptanceWorld,
  topic: string,
  named: string,
  subject: string = world.schemas.subjectOf(topic),
): Promise<EventEncoding> {
  const file = schemaFile(world, named);
  const schema = await world.schemas.use(subject, await draftOf(world, file), file.place);
  return { schema, message: messageIn(schema.codec, file) };
}

/** The next event has a key that is encoded with the schema of a file, registered for the keys of its topic unless a subject is named. */
export function keyOfSchema(
  world: AcceptanceWorld,
  named: string,
  subject: string | undefined,
  key: unknown,
): void {
  schemaFile(world, named); // a name that is wrong is told here
  world.remembered.nextKey = async (topic) => {
    const ofKeys = subject ?? world.schemas.subjectOf(topic, 'key');
    const { schema, message } = await encodingOf(world, topic, named, ofKeys);
    return world.schemas.encode(schema, key, message);
  };
}

/** Publishes an event, its value encoded. */
export async function publishEncoded(
  world: AcceptanceWorld,
  event: Omit<OutgoingEvent, 'value'>,
  { schema, message }: EventEncoding,
  value: unknown,
): Promise<void> {
  await publishEvents(world, [{ ...event, value: world.schemas.encode(schema, value, message) }]);
}

/** An event for each row; values are JSON, null is a tombstone. */
export async function publishRows(
  world: AcceptanceWorld,
  topic: string,
  source: RowsSource,
  { schema, message }: EventEncoding,
): Promise<void> {
  const place = 'the table of events';
  const events = outgoingFrom(world, topic, await writtenRows(world, source), place);
  const encoded = events.map((event, at) => {
    if (event.value === null) return event;
    const value = parseJson(String(event.value), `the value in row ${at + 1} of ${place}`);
    return { ...event, value: world.schemas.encode(schema, value, message) };
  });
  await publishEvents(world, encoded);
}

/** An event that is meant was encoded with the schema of this name. Keeps what markers captured. */
export function expectEventOfSchema(look: EventLook, name: string): void {
  const found = look.events.find(({ schema }) => schema?.name === name);
  if (found === undefined) fail(() => noneOfSchema(look, name));
  look.selection.capture(found);
}

function noneOfSchema(look: EventLook, name: string): string {
  if (look.events.length === 0) return look.nothing();
  return `${look.place} has no event${look.selection.words} of schema "${name}"; ${look.listed()}`;
}

/** The value of every event that is meant fits the schema of a file, whatever it was encoded with. */
export async function expectEventsConform(look: EventLook, named: string): Promise<void> {
  const file = schemaFile(look.world, named);
  const codec = await codecOfFile(file);
  const message = messageIn(codec, file);
  const events = someEvents(look).filter(({ payload }) => payload !== null);
  if (events.length === 0) fail(`${look.place} has only tombstones${look.selection.words}`);
  const wrong = events.flatMap((event) => {
    const own = codec.names.find((name) => name === event.schema?.name);
    const lines = codec.faults(event.value, message ?? own).map(faultInWords);
    return lines.length === 0 ? [] : [`${placeOf(event)}:\n${indented(lines.join('\n'))}`];
  });
  if (wrong.length === 0) return;
  const which = `${counted(events.length, 'event')}${look.selection.words}`;
  const verb = wrong.length === 1 ? 'does' : 'do';
  fail(
    `${look.place}: ${wrong.length} of ${which} ${verb} not conform to ${file.place}:\n${mostly(wrong, (one) => one).join('\n')}`,
  );
}

/** The registry takes the schema of a file as a new version of a subject. */
export async function expectAccepted(world: AcceptanceWorld, named: string, subject: string): Promise<void> {
  const file = schemaFile(world, named);
  const reasons = await world.schemas.refusals(subject, await draftOf(world, file));
  if (reasons.length > 0)
    fail(`${file.place} is not compatible with subject "${subject}":\n${indented(reasons.join('\n'))}`);
}

const directions = { backward: 'BACKWARD', forward: 'FORWARD', fully: 'FULL' } as const;
export type DirectionWord = keyof typeof directions;

/** The schema of a file is compatible with the newest one of a subject, whatever the registry demands. */
export async function expectCompatible(
  world: AcceptanceWorld,
  named: string,
  word: DirectionWord,
  subject: string,
): Promise<void> {
  const file = schemaFile(world, named);
  const draft = await draftOf(world, file);
  const reasons = await world.schemas.incompatibilities(directions[word], subject, draft);
  if (reasons.length > 0)
    fail(
      `${file.place} is not ${word} compatible with subject "${subject}":\n${indented(reasons.join('\n'))}`,
    );
}

/** A subject has so many versions. */
export async function expectVersions(world: AcceptanceWorld, subject: string, count: number): Promise<void> {
  const versions = await world.schemas.versions(subject);
  if (versions.length !== count)
    fail(
      `subject "${subject}" has ${counted(versions.length, 'version')}, not ${count}: ${versions.join(', ')}`,
    );
}
