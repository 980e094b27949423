import type { DataTable } from '@cucumber/cucumber';
import type { OutgoingEvent, RecordedEvent } from '../support/clients';
import { BrineError, unknownColumn } from '../support/errors';
import { parseJson, stringifyJson } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';

/** The events of this scenario on a topic, of one key or of all. */
export async function eventsOf(
  world: AcceptanceWorld,
  topic: string,
  key?: string,
): Promise<RecordedEvent[]> {
  await world.events.find(topic);
  const events = world.events.recorder.since(topic);
  return key === undefined ? events : events.filter((event) => event.key === key);
}

/** The events that a table of a step describes, to be published. */
export function outgoingFrom(world: AcceptanceWorld, topic: string, table: DataTable): OutgoingEvent[] {
  const [columns = [], ...rows] = table.raw();
  columns.forEach(assertColumn);
  const twice = columns.find(
    (column, at) => columns.indexOf(column) !== at || (column === 'value' && hasFields(columns)),
  );
  if (twice !== undefined) throw ambiguous(twice);
  return rows.map((row) => outgoing(world, topic, columns, row));
}

const plainColumns = ['key', 'value', 'partition'];

function assertColumn(column: string): void {
  if (plainColumns.includes(column) || /^(headers|value)\../.test(column)) return;
  const known = [...plainColumns, 'headers.NAME', 'value.FIELD'];
  throw unknownColumn('a table of events', column, known);
}

function hasFields(columns: readonly string[]): boolean {
  return columns.some((column) => column.startsWith('value.'));
}

function ambiguous(column: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: 'the table of events',
    reason: `column "${column}" is given twice, or beside "value.FIELD"`,
    advice: 'give the value as a whole or by its fields',
  });
}

/** @throws BrineError naming the cell when it is no number */
function partitionOf(cell: string): number {
  if (/^\d+$/.test(cell)) return Number(cell);
  throw new BrineError('BRINE_STEP_002', {
    place: `the cell "${cell}" of column "partition"`,
    reason: 'it is no number of a partition',
    advice: 'partitions count from 0',
  });
}

function outgoing(
  world: AcceptanceWorld,
  topic: string,
  columns: readonly string[],
  row: readonly string[],
): OutgoingEvent {
  const cells = columns.map((column, index) => ({
    column,
    text: world.variables.written(row[index] ?? '', `column "${column}" of the events`),
  }));
  const cell = (name: string) => cells.find(({ column }) => column === name)?.text;
  const fields = cells.filter(({ column }) => column.startsWith('value.'));
  const headers = cells.filter(({ column }) => column.startsWith('headers.'));
  const partition = cell('partition');
  return {
    topic,
    key: cell('key') ?? null,
    value: fields.length > 0 ? jsonOf(fields) : (cell('value') ?? null),
    headers: Object.fromEntries(
      headers.map(({ column, text }) => [column.slice('headers.'.length), text ?? '']),
    ),
    ...(partition === undefined || partition === null ? {} : { partition: partitionOf(partition) }),
  };
}

/** Cells that read as JSON are that, others are text. */
function jsonOf(fields: ReadonlyArray<{ column: string; text: string | null }>): string {
  const value = noFields();
  for (const { column, text } of fields) put(value, column.split('.').slice(1), jsonOrText(text));
  return stringifyJson(value);
}

interface JsonFields {
  [name: string]: unknown;
}

/** Without a prototype, so that a column `value.__proto__.x` is a field like any other. */
function noFields(): JsonFields {
  return Object.create(null) as JsonFields;
}

/** Columns are paths here as they are where events are compared: `value.user.name`. */
function put(target: JsonFields, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name];
  const fields: JsonFields = typeof inner === 'object' && inner !== null ? (inner as JsonFields) : noFields();
  target[name] = fields;
  put(fields, rest, value);
}

function jsonOrText(text: string | null) {
  if (text === null) return null;
  try {
    return parseJson(text, 'a cell');
  } catch {
    return text;
  }
}
