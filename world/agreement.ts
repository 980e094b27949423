import { BrineError } from '../support/errors';
import { literalCell, lookUp, numberKey, parseJson, readInstant, renderTable } from '../support/matching';
import type { TextTable } from '../support/tables';
import type { AcceptanceWorld } from './acceptance-world';
import { cachedValue } from './cache-values';
import { eventsOf } from './event-look';
import { asRow, fail, indented } from './expectations';
import { rowsLike } from './table-expectations';

/** What stands in a place: an object whose fields are looked at; undefined when there is none. */
type Look = (world: AcceptanceWorld, parts: readonly string[]) => Promise<unknown> | unknown;

const places: ReadonlyArray<readonly [pattern: RegExp, look: Look]> = [
  [/^the response$/, (world) => parseJson(world.lastExchange.text, 'the response body')],
  [/^table "([^"]*)"(?: of ([\w-]+))? with (\S+) (.+)$/, rowOf],
  [/^topic "([^"]*)" with key (.+)$/, eventOf],
  [/^cache key "([^"]*)"$/, async (world, [key = '']) => cachedValue(await world.cache.read(key))],
];

/**
 * Compares what several places say of the same thing: the first column names the places, each other column is one
 * fact, its cells the paths at which the places have it; an empty cell says that a place has it not.
 * @throws BrineError BRINE_STEP_002 for a place that is none, and for a table that would be true of anything
 */
export async function expectAgreement(world: AcceptanceWorld, { columns, rows }: TextTable): Promise<void> {
  const [, ...facts] = columns;
  assertCompares(facts, rows);
  const found = await Promise.all(
    rows.map(async ([place = '', ...paths]) => {
      const where = world.variables.text(place, 'a place of this step');
      const value = await look(world, where);
      return { where, cells: paths.map((path) => (path === '' ? undefined : factOf(value, path))) };
    }),
  );
  const differing = facts.flatMap((_, at) => (agree(found.map(({ cells }) => cells[at])) ? [] : [at]));
  if (differing.length === 0) return;
  const header = ['where', ...differing.map((at) => facts[at] ?? '')];
  const lines = found.map(({ where, cells }) => [where, ...differing.map((at) => cells[at] ?? '')]);
  fail(`these do not agree:\n${indented(renderTable(header, lines))}`);
}

/** What only one place says agrees with itself. */
function assertCompares(facts: readonly string[], rows: TextTable['rows']): void {
  const place = 'the table of this step';
  if (facts.length === 0 || rows.length < 2) {
    const reason =
      facts.length === 0 ? 'it compares nothing' : 'it names one place, which always agrees with itself';
    const advice =
      'write a row for each place, and beside the places a column for each fact with the paths to it';
    throw new BrineError('BRINE_STEP_002', { place, reason, advice });
  }
  for (const [at, fact] of facts.entries()) {
    const said = rows.filter((cells) => (cells[at + 1] ?? '') !== '').length;
    if (said >= 2) continue;
    const reason = `${said === 0 ? 'no place has' : 'only one place has'} "${fact}", so there is nothing to compare`;
    const advice = 'write a path into at least two cells of that column';
    throw new BrineError('BRINE_STEP_002', { place, reason, advice });
  }
}

async function look(world: AcceptanceWorld, place: string): Promise<unknown> {
  for (const [pattern, find] of places) {
    const match = pattern.exec(place);
    if (match !== null) return find(world, match.slice(1));
  }
  throw new BrineError('BRINE_STEP_002', {
    place: `"${place}" in the table of this step`,
    reason: 'it is no place that could be looked at',
    advice:
      'write: the response, table "..." with column value, topic "..." with key ..., or cache key "..."',
  });
}

async function rowOf(
  world: AcceptanceWorld,
  [name = '', database, column = '', value = '']: readonly string[],
) {
  const wanted = { columns: [column], rows: [[value]] };
  const { count, first } = await rowsLike(world, { name, database }, wanted);
  return count > 1 ? fail(`table "${name}" has ${count} rows with ${column} ${value}, not one`) : first[0];
}

async function eventOf(world: AcceptanceWorld, [topic = '', key = '']: readonly string[]): Promise<unknown> {
  const events = await eventsOf(world, topic);
  const last = events.findLast((event) => event.key === key);
  return last === undefined ? undefined : asRow(last);
}

/** As a cell; an absent thing or field is said to be that. */
function factOf(value: unknown, path: string): string {
  if (value === undefined || value === null) return '(nothing there)';
  const found = lookUp(value, path);
  return found.found ? literalCell(found.value) : '(absent)';
}

function agree(cells: readonly (string | undefined)[]): boolean {
  const said = cells.filter((cell) => cell !== undefined);
  const keys = new Set(said.map((cell) => numberKey(cell) ?? readInstant(cell)?.toString() ?? cell));
  return keys.size <= 1 && !said.some((cell) => cell === '(nothing there)' || cell === '(absent)');
}
