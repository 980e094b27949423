import type { Pickle } from '@cucumber/messages';
import type { AcceptanceWorld } from './acceptance-world';
import { snapshotOf, type TableSnapshot } from './table-snapshots';
import { type SummedColumn, summedColumns, sumOf } from './table-sums';

const unchangedTable = /\btable (?:"([^"]*)"|'([^']*)')(?: of ([\w-]+))? is unchanged$/;
const unchangedSum = /\bthe sum of these columns is unchanged:$/;

/** What a step of the scenario will compare with is looked at before anything changes it. */
export async function rememberBaselines(world: AcceptanceWorld, { steps }: Pickle): Promise<void> {
  for (const { text, argument } of steps) {
    const [, double, single, database] = unchangedTable.exec(text) ?? [];
    const table = double ?? single;
    if (table !== undefined && !table.includes('${'))
      await rememberTable(world, table, database).catch(() => {}); // the step that compares says so
    if (!unchangedSum.test(text)) continue;
    const rows = argument?.dataTable?.rows.map(({ cells }) => cells.map(({ value }) => value)) ?? [];
    await rememberSum(world, summedColumns({ raw: () => rows })).catch(() => {});
  }
}

/** Remembers what a table holds now. */
export async function rememberTable(world: AcceptanceWorld, table: string, database?: string): Promise<void> {
  const client = world.database(database);
  world.remembered.tables.set(keyOf(client.name, table), await snapshotOf(client, table));
}

/** What a table held when it was remembered last; undefined when it never was. */
export function rememberedTable(
  world: AcceptanceWorld,
  table: string,
  database?: string,
): TableSnapshot | undefined {
  return world.remembered.tables.get(keyOf(world.database(database).name, table));
}

/** Remembers the sum of columns now. */
export async function rememberSum(world: AcceptanceWorld, columns: readonly SummedColumn[]): Promise<void> {
  world.remembered.sums.set(sumKey(columns), await sumOf(world, columns));
}

/** The sum of columns when it was remembered last; undefined when it never was. */
export function rememberedSum(world: AcceptanceWorld, columns: readonly SummedColumn[]): string | undefined {
  return world.remembered.sums.get(sumKey(columns));
}

function keyOf(database: string, table: string): string {
  return JSON.stringify([database, table]);
}

function sumKey(columns: readonly SummedColumn[]): string {
  return JSON.stringify(columns.map(({ database, table, column }) => [database, table, column]));
}
