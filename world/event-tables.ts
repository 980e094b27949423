import type { DataTable } from '@cucumber/cucumber';
import type { OutgoingEvent, RecordedEvent } from '../support/clients';
import { BrineError, didYouMean } from '../support/errors';
import { parseJson, stringifyJson } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';

/** The events of this scenario on a topic, of one key or of all. */
export async function eventsOf(
  world: AcceptanceWorld,
  topic: string,
  key?: string,
): Promise<RecordedEvent[]> {
  await world.events.watch(topic);
  const events = world.events.recorder.since(topic);
  if (key === undefined) return events;
  const wanted = world.variables.text(key, 'the key of the event');
  return events.filter((event) => event.key === wanted);
}

/** The events that a table of a step describes, to be published. */
export function outgoingFrom(world: AcceptanceWorld, topic: string, table: DataTable): OutgoingEvent[] {
  const [columns = [], ...rows] = table.raw();
  columns.forEach(assertColumn);
  return rows.map((row) => outgoing(world, topic, columns, row));
}

const plainColumns = ['key', 'value', 'partition'];

function assertColumn(column: string): void {
  if (plainColumns.includes(column) || /^(headers|value)\../.test(column)) return;
  const known = [...plainColumns, 'headers.NAME', 'value.FIELD'];
  throw new BrineError('BRINE_STEP_001', {
    kind: 'column of a table of events',
    name: column,
    suggestion: didYouMean(column, known),
    known: known.join(', '),
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
    ...(partition === undefined || partition === null ? {} : { partition: Number(partition) }),
  };
}

/** Cells that read as JSON are that, others are text. */
function jsonOf(fields: ReadonlyArray<{ column: string; text: string | null }>): string {
  const entries = fields.map(
    ({ column, text }) => [column.slice('value.'.length), jsonOrText(text)] as const,
  );
  return stringifyJson(Object.fromEntries(entries));
}

function jsonOrText(text: string | null) {
  if (text === null) return null;
  try {
    return parseJson(text, 'a cell');
  } catch {
    return text;
  }
}
