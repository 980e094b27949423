import type { OutgoingEvent } from '../support/clients';
import { BrineError, unknownColumn } from '../support/errors';
import { type JsonObject, jsonOrText, parseJson, setAtPath, stringifyJson } from '../support/matching';
import type { TextTable } from '../support/tables';
import type { AcceptanceWorld } from './acceptance-world';
import type { Criterion } from './event-criteria';
import type { Literal } from './expectations';

export { bytesFrom } from '../support/clients';

/** What a step says of an event beside its value. */
export type EventAddress = Pick<OutgoingEvent, 'key' | 'headers' | 'partition'>;

/** Headers by name; one that comes more than once has all its values. */
type Headers = Readonly<Record<string, readonly string[]>>;

/**
 * Key, headers and partition of an event to be published, with the headers that were given for the next event.
 * @throws BrineError BRINE_STEP_002 for what can only be compared
 */
export function addressFrom(world: AcceptanceWorld, criteria: readonly Criterion[] = []): EventAddress {
  const headers = new Map(Object.entries(world.remembered.nextHeaders));
  let key: string | null = null;
  let partition: number | undefined;
  for (const criterion of criteria) {
    if (criterion.kind === 'key') key = literalText(world, criterion.value, 'the key of the event');
    else if (criterion.kind === 'partition') partition = criterion.value;
    else if (criterion.kind === 'header') headers.set(...headerOf(world, criterion));
    else throw onlyCompared(criterion.path);
  }
  return { key, headers: Object.fromEntries(headers), ...(partition === undefined ? {} : { partition }) };
}

function headerOf(
  world: AcceptanceWorld,
  { name, value }: Extract<Criterion, { kind: 'header' }>,
): [string, readonly string[]] {
  const filled = world.variables.text(name, 'the name of a header');
  const text = literalText(world, value, `header "${filled}"`);
  if (text === null) throw nullHeader(`header "${filled}"`);
  return [filled, [text]];
}

function literalText(world: AcceptanceWorld, value: Literal, place: string): string | null {
  return value === null ? null : writtenText(world, String(value), place);
}

/** Headers of a table with the columns `name` and `value`; a name may come more than once. */
export function headersFrom(pairs: ReadonlyArray<readonly [name: string, value: string]>): Headers {
  const headers = new Map<string, string[]>();
  for (const [name, value] of pairs) headers.set(name, [...(headers.get(name) ?? []), value]);
  return Object.fromEntries(headers);
}

/**
 * The value of an event as it is written in a step or a file. Without `${...}` it is the text as it stands; in JSON, variables keep
 * their types, as in the body of a request.
 * @throws BrineError BRINE_STEP_002 when it is empty, which may be a slip
 */
export function valueFrom(world: AcceptanceWorld, text: string, place: string): string {
  return valueFiller(world, text, place)();
}

/** As {@link valueFrom}, for many events of the same text: each call fills it anew. */
export function valueFiller(world: AcceptanceWorld, text: string, place: string): () => string {
  const asJson = text.includes('${') && isJson(text, place);
  return () => {
    const value = asJson
      ? stringifyJson(world.variables.json(text, place))
      : world.variables.text(text, place);
    if (value.trim() !== '') return value;
    throw new BrineError('BRINE_STEP_002', {
      place,
      reason: 'it is empty',
      advice:
        'write a value; `with bytes "0x"` publishes an empty one, `receives a tombstone with key "..."` none at all',
    });
  };
}

/** `{ "n": ${n} }` is none before it is filled. */
function isJson(text: string, place: string): boolean {
  try {
    parseJson(text, place);
    return true;
  } catch {
    return false;
  }
}

/** A tombstone deletes what was said of a key before, so it must have one. */
export function tombstoneFrom(
  world: AcceptanceWorld,
  topic: string,
  criteria: readonly Criterion[],
): OutgoingEvent {
  const address = addressFrom(world, criteria);
  if (typeof address.key === 'string' || world.remembered.nextKey !== undefined)
    return { topic, value: null, ...address };
  throw new BrineError('BRINE_STEP_002', {
    place: 'this step',
    reason: 'a tombstone without a key deletes nothing',
    advice: 'write: receives a tombstone with key "...", or before it: the next event has the key:',
  });
}

/** So many events, each with its own `${uuid}` and `${number}`, which counts from 1. */
export function numberedEvents(
  world: AcceptanceWorld,
  count: number,
  one: () => OutgoingEvent,
): OutgoingEvent[] {
  if (count < 1) {
    throw new BrineError('BRINE_STEP_002', {
      place: 'this step',
      reason: 'it publishes no event',
      advice: 'write how many events: 1 or more',
    });
  }
  return Array.from({ length: count }, (_, at) => world.variables.during('number', at + 1, one));
}

/**
 * The events that a table describes, to be published.
 * @param place what the table is, for errors: `the table of events`
 * @throws BrineError BRINE_MATCH_003, BRINE_STEP_002 for columns or cells that events have not
 */
export function outgoingFrom(
  world: AcceptanceWorld,
  topic: string,
  { columns, rows }: TextTable,
  place: string,
): OutgoingEvent[] {
  assertColumns(columns, place);
  if (rows.length === 0)
    throw wrongTable(
      place,
      'it has a header and no rows',
      'add a row for each event that is to be published',
    );
  return rows.map((row, at) => outgoing(world, topic, columns, row, `row ${at + 1} of ${place}`));
}

const plainColumns = ['key', 'value', 'headers', 'partition'];
const known = [...plainColumns, 'headers.NAME', 'value.FIELD', 'key.FIELD'];

function assertColumns(columns: readonly string[], place: string): void {
  for (const column of columns) {
    if (!plainColumns.includes(column) && !/^(headers|value|key)\../.test(column))
      throw unknownColumn('a table of events', column, known);
  }
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) throw wrongTable(place, `column "${twice}" is given twice`, 'remove one');
  for (const whole of ['key', 'value', 'headers']) {
    if (!columns.includes(whole) || !columns.some((column) => column.startsWith(`${whole}.`))) continue;
    const part = whole === 'headers' ? 'NAME' : 'FIELD';
    throw wrongTable(
      place,
      `column "${whole}" stands beside "${whole}.${part}"`,
      `give the ${whole} as a whole or by parts`,
    );
  }
  if (!columns.some((column) => column === 'value' || column.startsWith('value.')))
    throw wrongTable(
      place,
      'it has no column for the value',
      'add "value" (null is a tombstone), or "value.FIELD" for the fields of JSON',
    );
}

function wrongTable(place: string, reason: string, advice: string): BrineError {
  return new BrineError('BRINE_STEP_002', { place, reason, advice });
}

interface Cell {
  readonly column: string;
  readonly place: string;
  /** null for the word null; undefined for `#notpresent`. */
  readonly text: string | null | undefined;
}

function outgoing(
  world: AcceptanceWorld,
  topic: string,
  columns: readonly string[],
  row: readonly string[],
  place: string,
): OutgoingEvent {
  const cells = columns.map((column, at): Cell => {
    const where = `column "${column}" in ${place}`;
    return { column, place: where, text: cellText(world, row[at] ?? '', where) };
  });
  const cell = (name: string) => cells.find(({ column }) => column === name);
  const partsOf = (name: string) => cells.filter(({ column }) => column.startsWith(`${name}.`));
  const [inKey, fields] = [partsOf('key'), partsOf('value')];
  const partition = cell('partition');
  return {
    topic,
    key: inKey.length > 0 ? jsonOf(inKey) : (cell('key')?.text ?? null),
    value: fields.length > 0 ? jsonOf(fields) : (cell('value')?.text ?? null),
    headers: { ...world.remembered.nextHeaders, ...headersOf(cells) },
    ...(partition?.text === undefined || partition.text === null
      ? {}
      : { partition: partitionOf(partition) }),
  };
}

function cellText(world: AcceptanceWorld, text: string, place: string): string | null | undefined {
  if (text === 'null') return null;
  if (text === '#notpresent') return undefined;
  const filled = writtenText(world, text, place);
  return filled === '"null"' ? 'null' : filled;
}

/** Text with `${...}` filled, which itself is no marker. */
function writtenText(world: AcceptanceWorld, text: string, place: string): string {
  if (text.startsWith('#')) {
    throw new BrineError('BRINE_STEP_002', {
      place,
      reason: `the marker ${text} says what is compared, and nothing that could be published`,
      advice:
        'write a value, ${uuid} or ${now}; in a table #notpresent leaves it out; text that begins with # is written \\#...',
    });
  }
  return world.variables.text(text.replace(/^\\(?=\\*#)/, ''), place);
}

function headersOf(cells: readonly Cell[]): Record<string, string | readonly string[]> {
  const headers = new Map<string, string | readonly string[]>();
  for (const cell of cells) {
    const { column, text } = cell;
    if (column === 'headers') for (const [name, value] of wholeHeaders(cell)) headers.set(name, value);
    if (!column.startsWith('headers.') || text === undefined) continue;
    if (text === null) throw nullHeader(cell.place);
    headers.set(column.slice('headers.'.length), text);
  }
  return Object.fromEntries(headers);
}

/** The cell of all headers: an object, as rows of files in JSON have it. */
function wholeHeaders({ text, place }: Cell): Array<readonly [string, string | readonly string[]]> {
  if (text === undefined || text === null || text === '') return [];
  const value = parseJson(text, place);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongTable(place, 'it is no object of headers', 'write { "name": "value" }');
  return Object.entries(value as JsonObject).map(([name, header]) => {
    if (header === null) throw nullHeader(place);
    return [name, Array.isArray(header) ? header.map(String) : String(header)] as const;
  });
}

function nullHeader(place: string): BrineError {
  return wrongTable(place, 'a header cannot be published as null', 'write "", or leave it out: #notpresent');
}

/** @throws BrineError naming the cell when it is no number */
function partitionOf({ text, place }: Cell): number {
  if (/^\d+$/.test(text ?? '')) return Number(text);
  throw wrongTable(place, `"${text}" is no number of a partition`, 'partitions count from 0');
}

/** Cells that read as JSON are that, others are text. Columns are paths, as they are where events are compared: `value.user.name`. */
function jsonOf(fields: readonly Cell[]): string {
  const value: Record<string, unknown> = {};
  for (const { column, text } of fields) {
    if (text === undefined) continue;
    setAtPath(value, column.split('.').slice(1), text === null ? null : jsonOrText(text));
  }
  return stringifyJson(value);
}

function onlyCompared(path: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `where "${path}" is ...`,
    reason: 'it says which events are meant, and nothing that could be published',
    advice: 'give a key, headers or a partition: with key "..." and header "..." "..." on partition 0',
  });
}
