import type { RecordedEvent } from '../support/clients';
import { type Row, type RowsMode, rowMatcher } from '../support/matching';
import type { TextTable } from '../support/tables';
import { elsewhere } from './event-hints';
import { type EventLook, placeOf } from './event-look';
import { eventPath } from './event-selection';
import { asRow, eventColumns, expectCells, filledCells } from './expectations';

/** Compares the events that are meant with a table of a step, and keeps what its markers captured. */
export function expectEventRows(look: EventLook, table: TextTable, mode: RowsMode): void {
  if (mode !== 'contains') look.assertAllAreKept();
  const what = `${look.place}${look.selection.words === '' ? '' : `, events${look.selection.words}`}`;
  const cells = cellsOf(look, table);
  expectCells(look.world, cells, look.events.map(asRow), {
    what,
    mode,
    noun: 'event',
    columns: eventColumns,
    hints: async (missing) => [
      ...rowHints(look, cells.columns, missing),
      ...orderHints(look, mode),
      ...(look.letGo === 0 ? [] : [look.letGoNotice().trim()]),
    ],
  });
}

/** The events that are meant and match any row of a table; captures nothing. */
export function eventsLike(look: EventLook, table: TextTable): RecordedEvent[] {
  const matches = matcherOf(look, cellsOf(look, table));
  return look.events.filter((event) => matches(asRow(event)));
}

/** Columns are paths, as they are where events are meant. */
function cellsOf({ world, place }: EventLook, table: TextTable): TextTable {
  const { columns, rows } = filledCells(world, table, place);
  return { columns: columns.map(eventPath), rows };
}

function matcherOf(look: EventLook, cells: TextTable): (row: Row) => boolean {
  const { captured } = look.world.variables;
  return rowMatcher(cells, { captured, owner: look.place, columns: eventColumns });
}

/** Where missing events are instead. */
function rowHints(look: EventLook, columns: readonly string[], rows: TextTable['rows']): string[] {
  if (rows.length === 0) return [];
  const matches = matcherOf(look, { columns, rows });
  const isLike = (event: RecordedEvent) => matches(asRow(event));
  const unselected = look.all.find((event) => !look.selection.accepts(event) && isLike(event));
  return [
    ...(unselected === undefined
      ? []
      : [`an event like that is not one${look.selection.words}: ${placeOf(unselected)}`]),
    ...elsewhere(look, isLike),
  ];
}

/** Kafka keeps the order of events within a partition only. */
function orderHints(look: EventLook, mode: RowsMode): string[] {
  const partitions = new Set(look.events.map(({ partition }) => partition));
  if (!mode.endsWith('in order') || partitions.size < 2) return [];
  return [
    `these events lie on ${partitions.size} partitions, and only those of one partition are in order: say whose order is meant, with key "..."`,
  ];
}
