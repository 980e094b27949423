import type { DataTable } from '@cucumber/cucumber';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { counted, expectRows, fail, indented, matchingRows } from '../world/expectations';
import { renderRows } from '../world/row-text';
import { stepsUsing } from './define';

const { action, assertion, setup } = stepsUsing('postgres');

setup(
  'table {string}[ of {database}] receives rows:',
  {
    doc: 'Inserts rows. A cell is text that PostgreSQL converts to the type of its column; `null` is NULL, `"null"` in quotes the word. Columns that are not in the table get their defaults.',
    examples: [
      'Given table "users" receives rows:\n  | username | email           |\n  | ada      | ada@example.org |',
    ],
  },
  async function (this: AcceptanceWorld, table: string, database: string | undefined, rows: DataTable) {
    const [columns = [], ...cells] = rows.raw();
    const filled = cells.map((row) =>
      row.map((cell) => this.variables.written(cell, `a cell of table "${table}"`)),
    );
    await this.database(database).insert(table, columns, filled);
  },
);

setup(
  'table {string}[ of {database}] is emptied',
  { doc: 'Deletes all rows of a table.', examples: ['Given table "items" is emptied'] },
  async function (this: AcceptanceWorld, table: string, database?: string) {
    await this.database(database).deleteAll(table);
  },
);

action(
  'I run SQL[ on {database}]:',
  {
    doc: 'Runs one or more SQL statements, `${...}` filled. An error of the database fails the step.',
    examples: ['When I run SQL:\n  """\n  UPDATE items SET price_cents = 0 WHERE sku = \'sku-01\'\n  """'],
  },
  async function (this: AcceptanceWorld, database: string | undefined, sql: string) {
    await this.database(database).query(this.variables.text(sql, 'the SQL of this step'));
  },
);

action(
  'I run SQL[ on {database}] in one transaction:',
  {
    doc: 'Runs the statements in one transaction: all of them or, when one fails, none. What became of it is asserted by the next steps.',
    examples: [
      "When I run SQL in one transaction:\n  \"\"\"\n  INSERT INTO users (username, email) VALUES ('ada', 'a@example.org');\n  INSERT INTO users (username, email) VALUES ('ada', 'b@example.org');\n  \"\"\"",
    ],
  },
  async function (this: AcceptanceWorld, database: string | undefined, sql: string) {
    const text = this.variables.text(sql, 'the SQL of this step');
    const transaction = this.database(database).inOneTransaction(text);
    const error = await transaction.then(
      () => null,
      (failure: Error) => failure,
    );
    this.remembered.transactions.push({ sql: text, error, seen: false });
  },
);

assertion(
  'the transaction was committed',
  {
    doc: 'The last transaction step was carried out whole.',
    examples: ['Then the transaction was committed'],
  },
  function (this: AcceptanceWorld) {
    const error = outcomeOf(this);
    if (error !== null) fail(`the transaction was rolled back: ${error.message}`);
  },
);

assertion(
  'the transaction was rolled back with {string}',
  {
    doc: "The last transaction step failed, and the database's message contains the text.",
    examples: ['Then the transaction was rolled back with "duplicate key"'],
  },
  function (this: AcceptanceWorld, part: string) {
    if (part === '') fail('say a part of the message: "" is in every message');
    const error = outcomeOf(this);
    if (error === null) return fail(`the transaction was committed, and not rolled back with "${part}"`);
    if (!error.message.includes(part))
      fail(`the transaction was rolled back, but not with "${part}": ${error.message}`);
  },
);

action(
  'I query[ from {database}]:',
  {
    doc: 'Names a query for the steps `the query returns ...`. It runs when they look, and again at each attempt of a guard.',
    examples: ['When I query:\n  """\n  SELECT count(*) AS users FROM users\n  """'],
  },
  function (this: AcceptanceWorld, database: string | undefined, sql: string) {
    this.remembered.query = { database, sql: this.variables.text(sql, 'the query of this step') };
  },
);

assertion(
  'the query returns rows:',
  {
    doc: 'The rows of the last query step are these and no others, in this order.',
    examples: ['Then the query returns rows:\n  | users |\n  | 1     |'],
  },
  async function (this: AcceptanceWorld, expected: DataTable) {
    const { query } = this.remembered;
    if (query === undefined) return fail('there is no query yet; say before: When I query:');
    const rows = await this.database(query.database).query(query.sql);
    expectRows(this, expected, rows, { what: 'the query', mode: 'only in order', noun: 'row' });
  },
);

assertion(
  'table {string}[ of {database}] has rows:',
  {
    doc: 'The table has a row for each of these, and may have others. Only the given columns are compared; a cell may be a marker.',
    examples: [
      'Then within 5 seconds table "orders" has rows:\n  | id         | status    |\n  | ${orderId} | confirmed |',
    ],
  },
  async function (this: AcceptanceWorld, table: string, database: string | undefined, expected: DataTable) {
    await expectTable(this, table, database, expected, 'contains');
  },
);

assertion(
  'table {string}[ of {database}] has only these rows:',
  {
    doc: 'The table has these rows and no others, in any order.',
    examples: ['Then table "users" has only these rows:\n  | username |\n  | ada      |'],
  },
  async function (this: AcceptanceWorld, table: string, database: string | undefined, expected: DataTable) {
    await expectTable(this, table, database, expected, 'only');
  },
);

assertion(
  'table {string}[ of {database}] has {int} row(s)',
  {
    doc: 'The number of rows of the table.',
    examples: ['Then table "users" has 1 row', 'Then table "reservations" of inventory has 2 rows'],
  },
  async function (this: AcceptanceWorld, table: string, database: string | undefined, count: number) {
    const rows = await this.database(database).rows(table);
    if (rows.length === count) return;
    fail(`table "${table}" has ${counted(rows.length, 'row')}, not ${count}${shown(renderRows(rows))}`);
  },
);

assertion(
  'table {string}[ of {database}] has no rows',
  { doc: 'The table is empty.', examples: ['Then table "orders" has no rows'] },
  async function (this: AcceptanceWorld, table: string, database?: string) {
    const rows = await this.database(database).rows(table);
    if (rows.length > 0)
      fail(`table "${table}" has ${counted(rows.length, 'row')}, not none:\n${indented(renderRows(rows))}`);
  },
);

assertion(
  'table {string}[ of {database}] has no row like:',
  {
    doc: 'No row of the table matches any of these.',
    examples: ['Then for 1 second table "orders" has no row like:\n  | status    |\n  | confirmed |'],
  },
  async function (this: AcceptanceWorld, table: string, database: string | undefined, unwanted: DataTable) {
    const client = this.database(database);
    const { columns } = await client.describe(table);
    const found = matchingRows(this, unwanted, await client.rows(table), {
      what: `table "${table}"`,
      columnTypes: columns,
    });
    if (found.length > 0)
      fail(`table "${table}" has ${counted(found.length, 'row')} like that:\n${indented(renderRows(found))}`);
  },
);

async function expectTable(
  world: AcceptanceWorld,
  table: string,
  database: string | undefined,
  expected: DataTable,
  mode: 'contains' | 'only',
): Promise<void> {
  const client = world.database(database);
  const { columns } = await client.describe(table);
  expectRows(world, expected, await client.rows(table), {
    what: `table "${table}"`,
    mode,
    noun: 'row',
    columnTypes: columns,
    columns: [...columns.keys()],
  });
}

function outcomeOf(world: AcceptanceWorld): Error | null {
  const last = world.remembered.transactions.at(-1);
  if (last === undefined)
    return fail('there was no transaction; say before: When I run SQL in one transaction:');
  last.seen = true;
  return last.error;
}

function shown(rows: string): string {
  return rows === '' ? '' : `:\n${indented(rows)}`;
}
