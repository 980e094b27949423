import type { DatabaseClient } from '../support/clients';
import { rowMatcher } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';

/** Rows that a table lacks. */
export interface MissingRows {
  readonly client: DatabaseClient;
  readonly name: string;
  readonly columns: readonly string[];
  readonly missing: readonly (readonly string[])[];
}

/** Where it is looked for a missing row: a table of some database. */
interface Elsewhere {
  readonly client: DatabaseClient;
  readonly name: string;
  readonly called: string;
}

/** Rows of another table that are looked through at most. */
const mostRows = 10_000;

/** Where missing rows are instead, and who may be about to write them; one line for each cause that is known. */
export async function tableHints(world: AcceptanceWorld, rows: MissingRows): Promise<string[]> {
  if (rows.missing.length === 0) return [];
  const places = [...(await inOtherSchemas(rows)), ...inOtherDatabases(world, rows)];
  const found = await Promise.all(places.map((place) => hasOne(world, place, rows)));
  const writers = await rows.client.writersOf(rows.name);
  return [
    ...places.filter((_, at) => found[at]).map(({ called }) => `a row like that is in ${called}`),
    ...writers.map(
      (writer) => `an open transaction has written to the table, and nobody sees that yet: ${writer}`,
    ),
  ];
}

async function inOtherSchemas({ client, name }: MissingRows): Promise<Elsewhere[]> {
  const names = await client.namesakes(name);
  return names.map((other) => ({ client, name: other, called: `table "${other}" of the same database` }));
}

function inOtherDatabases({ lane }: AcceptanceWorld, { client, name }: MissingRows): Elsewhere[] {
  return [...lane.databases]
    .filter(([, other]) => other.client !== client)
    .map(([database, other]) => ({
      client: other.client,
      name,
      called: `table "${name}" of database "${database}": say table "${name}" of ${database}`,
    }));
}

async function hasOne(
  world: AcceptanceWorld,
  place: Elsewhere,
  { columns, missing }: MissingRows,
): Promise<boolean> {
  try {
    const { columns: kinds } = await place.client.describe(place.name);
    const rows = await place.client.rowsUpTo(place.name, mostRows);
    const options = { captured: world.variables.captured, columnTypes: kinds, columns: [...kinds.keys()] };
    return rows?.some(rowMatcher({ columns, rows: missing }, options)) ?? false;
  } catch {
    return false; // no such table there, or no such column
  }
}
