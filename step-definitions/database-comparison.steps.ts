import type { DataTable } from '@cucumber/cucumber';
import { BrineError } from '../support/errors';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { rememberedSum, rememberedTable, rememberSum, rememberTable } from '../world/baselines';
import { fail, type Literal } from '../world/expectations';
import { type ColumnPair, expectEqualTables } from '../world/table-comparison';
import { expectUnchanged } from '../world/table-snapshots';
import { expectSum, summedColumns, sumOf } from '../world/table-sums';
import { stepsUsing } from './define';

const { assertion, setup } = stepsUsing('postgres');

setup(
  'table {string}[ of {database}] is remembered',
  {
    doc: 'What the table holds now is what `is unchanged` compares with from now on, instead of what it held when the scenario began.',
    examples: ['Given table "orders" is remembered'],
  },
  async function (this: AcceptanceWorld, table: string, database?: string) {
    await rememberTable(this, table, database);
  },
);

assertion(
  'table {string}[ of {database}] is unchanged',
  {
    doc: 'The table holds the same rows as when the scenario began, or when a step remembered it since.',
    examples: [
      'Then table "orders" is unchanged',
      'Then for 1 second table "stock" of inventory is unchanged',
    ],
  },
  async function (this: AcceptanceWorld, table: string, database?: string) {
    const before = rememberedTable(this, table, database);
    if (before === undefined) throw notRemembered(table);
    await expectUnchanged(this.database(database), table, before);
  },
);

assertion(
  'table {string}[ of {database}] equals table {string}[ of {database}][ by {string}]',
  {
    doc: 'Both tables have the same rows, in the columns that both have. `by "id"` says which rows belong together (several columns are separated by commas), so that only what differs is shown.',
    examples: [
      'Then within 5 seconds table "products" of orders equals table "items" of inventory by "sku"',
      'Then table "orders" equals table "orders_copy"',
    ],
  },
  async function (
    this: AcceptanceWorld,
    one: string,
    oneDatabase: string | undefined,
    other: string,
    otherDatabase: string | undefined,
    by: string | undefined,
  ) {
    await expectEqualTables(compared(this, one, oneDatabase), compared(this, other, otherDatabase), by);
  },
);

assertion(
  'table {string}[ of {database}] equals table {string}[ of {database}][ by {string}] in columns:',
  {
    doc: 'Both tables have the same rows, in these columns: those of the first table stand in the first column, those of the second beside them.',
    examples: [
      'Then table "products" of orders equals table "items" of inventory by "sku" in columns:\n  | products | items |\n  | sku      | sku   |\n  | title    | name  |',
    ],
  },
  async function (
    this: AcceptanceWorld,
    one: string,
    oneDatabase: string | undefined,
    other: string,
    otherDatabase: string | undefined,
    by: string | undefined,
    table: DataTable,
  ) {
    const pairs = table.rows().map(([left = '', right = left]): ColumnPair => [left, right]);
    await expectEqualTables(
      compared(this, one, oneDatabase),
      compared(this, other, otherDatabase),
      by,
      pairs,
    );
  },
);

assertion(
  'the sum of {string} in table {string}[ of {database}] is {literal}',
  {
    doc: 'The sum of a column, exactly; 0 of a table without rows. Text may be a marker.',
    examples: [
      'Then the sum of "balance" in table "accounts" is 100',
      'Then the sum of "qty" in table "stock" of inventory is "#? _ >= 0"',
    ],
  },
  async function (
    this: AcceptanceWorld,
    column: string,
    table: string,
    database: string | undefined,
    expected: Literal,
  ) {
    const columns = [{ database, table, column }];
    await expectSum(this, columns, expected, `the sum of "${column}" in table "${table}"`);
  },
);

assertion(
  'the sum of {string} in table {string}[ of {database}] equals the sum of {string} in table {string}[ of {database}]',
  {
    doc: 'Both columns have the same sum, in whatever databases they are.',
    examples: [
      'Then within 5 seconds the sum of "qty" in table "order_lines" of orders equals the sum of "reserved" in table "stock" of inventory',
    ],
  },
  async function (
    this: AcceptanceWorld,
    column: string,
    table: string,
    database: string | undefined,
    otherColumn: string,
    otherTable: string,
    otherDatabase: string | undefined,
  ) {
    const one = await sumOf(this, [{ database, table, column }]);
    const other = await sumOf(this, [{ database: otherDatabase, table: otherTable, column: otherColumn }]);
    if (one !== other)
      fail(
        `the sum of "${column}" in table "${table}" is ${one}, and that of "${otherColumn}" in table "${otherTable}" is ${other}`,
      );
  },
);

assertion(
  'the sum of these columns is {literal}:',
  {
    doc: 'The sum of several columns together; a `database` may be given for each.',
    examples: [
      'Then the sum of these columns is 100:\n  | database  | table    | column  |\n  | orders    | payments | amount  |\n  | inventory | refunds  | amount  |',
    ],
  },
  async function (this: AcceptanceWorld, expected: Literal, table: DataTable) {
    await expectSum(this, summedColumns(table), expected, 'the sum of these columns');
  },
);

assertion(
  'the sum of these columns is unchanged:',
  {
    doc: 'What goes from one column to another is neither lost nor doubled: their sum is as it was when the scenario began, or when a step remembered it since.',
    examples: [
      'Then within 5 seconds the sum of these columns is unchanged:\n  | database  | table    | column   |\n  | inventory | stock    | on_hand  |\n  | inventory | stock    | reserved |',
    ],
  },
  async function (this: AcceptanceWorld, table: DataTable) {
    const columns = summedColumns(table);
    const before = rememberedSum(this, columns);
    if (before === undefined) throw notRemembered('...');
    const now = await sumOf(this, columns);
    if (now !== before) fail(`the sum of these columns was ${before}, and is ${now}`);
  },
);

setup(
  'the sum of these columns is remembered:',
  {
    doc: 'Their sum now is what `is unchanged` compares with from now on.',
    examples: [
      'Given the sum of these columns is remembered:\n  | table    | column  |\n  | accounts | balance |',
    ],
  },
  async function (this: AcceptanceWorld, table: DataTable) {
    await rememberSum(this, summedColumns(table));
  },
);

function notRemembered(table: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: 'this step',
    reason: 'what it compares with could not be seen when the scenario began',
    advice: `if it exists only since, or is named by a variable, say before: Given table "${table}" is remembered`,
  });
}

function compared(world: AcceptanceWorld, name: string, database: string | undefined) {
  const client = world.database(database);
  return { client, name, called: `table "${name}" of ${client.name}` };
}
