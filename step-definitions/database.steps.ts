import type { DataTable } from '@cucumber/cucumber';
import type { ReadRows } from '../support/clients';
import { messageOf } from '../support/errors';
import type { TableFormat } from '../support/tables';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { counted, expectCells, fail, filledCells, indented, type Literal } from '../world/expectations';
import { renderRows } from '../world/row-text';
import { filledSql, isWrongSql, runSql, sqlFault } from '../world/sql-texts';
import { expectedRows, insertRows } from '../world/step-tables';
import {
  deleteRowsLike,
  expectTable,
  expectTableInOrder,
  rowsLike,
  type TableMode,
  type TableReference,
} from '../world/table-expectations';
import { stepsUsing } from './define';

const { action, assertion, setup } = stepsUsing('postgres');

const cellsWritten =
  'Cells are in [the language of tables](#json-and-tables), and PostgreSQL converts them to the types of their columns; `#default` is what the column has by default, as have columns that are not given.';

setup(
  'table {string}[ of {database}] receives rows[ {layout}]:',
  {
    doc: `Inserts rows, all of them or none. ${cellsWritten}`,
    examples: [
      'Given table "users" receives rows:\n  | username | email           |\n  | ada      | ada@example.org |',
      'Given table "users" of orders receives rows as columns:\n  | username | ada             | bob             |\n  | email    | ada@example.org | bob@example.org |',
    ],
  },
  async function (
    this: AcceptanceWorld,
    name: string,
    database: string | undefined,
    layout: string | undefined,
    table: DataTable,
  ) {
    await insertRows(this, { name, database }, { table, layout });
  },
);

setup(
  'table {string}[ of {database}] receives rows as {format}:',
  {
    doc: `Inserts rows that are written as CSV (its first line names the columns), JSON or YAML (a list of objects). ${cellsWritten} In CSV, \`"null"\` in quotes is the word.`,
    examples: [
      'Given table "users" receives rows as CSV:\n  """\n  username,email\n  ada,ada@example.org\n  """',
      'Given table "users" receives rows as JSON:\n  """\n  [{ "username": "ada", "email": "ada@example.org" }]\n  """',
      'Given table "users" receives rows as YAML:\n  """\n  - username: ada\n    email: ada@example.org\n  """',
    ],
  },
  async function (
    this: AcceptanceWorld,
    name: string,
    database: string | undefined,
    format: TableFormat,
    text: string,
  ) {
    await insertRows(this, { name, database }, { text, format });
  },
);

setup(
  'table {string}[ of {database}] receives rows from file {string}',
  {
    doc: 'Inserts the rows of a file in the test data folder (`testDataDir`), `.csv`, `.json`, `.yaml` or `.yml`. A CSV file may be large: it is inserted while it is read.',
    examples: ['Given table "users" receives rows from file "users.csv"'],
  },
  async function (this: AcceptanceWorld, name: string, database: string | undefined, file: string) {
    await insertRows(this, { name, database }, { file });
  },
);

setup(
  'table {string}[ of {database}] loses rows like:',
  {
    doc: 'Deletes the rows that match any of these; others stay. Cells are compared as those of a Then.',
    examples: ['Given table "users" loses rows like:\n  | username |\n  | ada      |'],
  },
  async function (this: AcceptanceWorld, name: string, database: string | undefined, table: DataTable) {
    await deleteRowsLike(this, { name, database }, await expectedRows(this, { table, layout: undefined }));
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
    await runSql(this, database, sql, 'the SQL of this step');
  },
);

action(
  'I run SQL[ on {database}] from file {string}',
  {
    doc: 'Runs the SQL statements of a file in the test data folder (`testDataDir`), `${...}` filled.',
    examples: ['When I run SQL from file "raise-prices.sql"'],
  },
  async function (this: AcceptanceWorld, database: string | undefined, file: string) {
    await runSql(this, database, this.testData(file), `file "${file}"`);
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
    const text = filledSql(this, sql, 'the SQL of this step');
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
    this.remembered.query = { database, sql: filledSql(this, sql, 'the query of this step') };
  },
);

assertion(
  'the query returns rows[ {layout}]:',
  {
    doc: 'The rows of the last query step are these and no others, in this order.',
    examples: ['Then the query returns rows:\n  | users |\n  | 1     |'],
  },
  async function (this: AcceptanceWorld, layout: string | undefined, table: DataTable) {
    const { rows, columns } = await queried(this);
    const expected = filledCells(this, await expectedRows(this, { table, layout }), 'the query');
    expectCells(this, expected, rows, {
      what: 'the query',
      mode: 'only in order',
      noun: 'row',
      columnTypes: columns,
      columns: [...columns.keys()],
    });
  },
);

assertion(
  'the query returns {int} row(s)',
  { doc: 'The number of rows of the last query step.', examples: ['Then the query returns 2 rows'] },
  async function (this: AcceptanceWorld, count: number) {
    const { rows } = await queried(this);
    if (rows.length === count) return;
    fail(`the query returns ${counted(rows.length, 'row')}, not ${count}${shown(renderRows(rows))}`);
  },
);

assertion(
  'the query returns no rows',
  { doc: 'The last query step gives nothing.', examples: ['Then the query returns no rows'] },
  async function (this: AcceptanceWorld) {
    const { rows } = await queried(this);
    if (rows.length > 0)
      fail(`the query returns ${counted(rows.length, 'row')}, not none${shown(renderRows(rows))}`);
  },
);

assertion(
  'the query returns value {literal}',
  {
    doc: 'The last query step gives one row of one column, with this value. Text may be a marker, which may capture.',
    examples: ['Then the query returns value 3', 'Then the query returns value "#number as users"'],
  },
  async function (this: AcceptanceWorld, value: Literal) {
    const { rows, columns } = await queried(this);
    const [column] = columns.keys();
    if (column === undefined || columns.size > 1 || rows.length !== 1) {
      const found = `${counted(rows.length, 'row')} of ${counted(columns.size, 'column')}`;
      return fail(`the query returns ${found}, not one value${shown(renderRows(rows))}`);
    }
    const cell = typeof value === 'string' ? value : String(value);
    const expected = filledCells(this, { columns: [column], rows: [[cell]] }, 'the query');
    const expectation = { what: 'the query', mode: 'only', noun: 'row', columnTypes: columns } as const;
    expectCells(this, expected, rows, expectation);
  },
);

/** What rows of a table may be asserted to be, in words. */
const rowsAsserted: ReadonlyArray<{
  readonly words: string;
  readonly mode: TableMode;
  readonly doc: string;
}> = [
  {
    words: 'rows',
    mode: 'contains',
    doc: 'The table has a row for each of these, and may have others. Only the given columns are compared; a cell may be a marker.',
  },
  {
    words: 'only these rows',
    mode: 'only',
    doc: 'The table has these rows and no others, in any order. Only the given columns are compared.',
  },
  {
    words: 'exactly these rows',
    mode: 'exactly',
    doc: 'The table has these rows and no others, in any order, and every column of it is given.',
  },
];

for (const { words, mode, doc } of rowsAsserted) {
  assertion(
    `table {string}[ of {database}] has ${words}[ {layout}]:`,
    {
      doc,
      examples: [
        `Then within 5 seconds table "orders" has ${words}:\n  | id         | status    |\n  | \${orderId} | confirmed |`,
        `Then table "orders" of orders has ${words} as columns:\n  | id     | \${orderId} |\n  | status | confirmed  |`,
      ],
    },
    async function (
      this: AcceptanceWorld,
      name: string,
      database: string | undefined,
      layout: string | undefined,
      table: DataTable,
    ) {
      await expectTable(this, { name, database }, await expectedRows(this, { table, layout }), mode);
    },
  );

  assertion(
    `table {string}[ of {database}] has ${words} as {format}:`,
    {
      doc: `${doc} They are written as CSV, JSON or YAML; a field that a row lacks there is not looked at.`,
      examples: [
        `Then table "orders" has ${words} as JSON:\n  """\n  [{ "id": "\${orderId}", "status": "confirmed" }]\n  """`,
      ],
    },
    async function (
      this: AcceptanceWorld,
      name: string,
      database: string | undefined,
      format: TableFormat,
      text: string,
    ) {
      await expectTable(this, { name, database }, await expectedRows(this, { text, format }), mode);
    },
  );

  assertion(
    `table {string}[ of {database}] has ${words} from file {string}`,
    {
      doc: `${doc} They are those of a file in the test data folder (\`testDataDir\`).`,
      examples: [`Then table "orders" has ${words} from file "orders.csv"`],
    },
    async function (this: AcceptanceWorld, name: string, database: string | undefined, file: string) {
      await expectTable(this, { name, database }, await expectedRows(this, { file }), mode);
    },
  );
}

assertion(
  'table {string}[ of {database}] has only these rows in order of {string}:',
  {
    doc: 'The table, sorted by a column, has these rows and no others, in this order. `"placed_at descending"` sorts the last first.',
    examples: [
      'Then table "orders" has only these rows in order of "placed_at":\n  | status    |\n  | confirmed |\n  | cancelled |',
    ],
  },
  async function (
    this: AcceptanceWorld,
    name: string,
    database: string | undefined,
    order: string,
    table: DataTable,
  ) {
    const [, column = order, descending] = /^(.*?)( descending)?$/s.exec(order) ?? [];
    const expected = await expectedRows(this, { table, layout: undefined });
    const sorted = { column, descending: descending !== undefined };
    await expectTableInOrder(this, { name, database }, expected, sorted);
  },
);

assertion(
  'table {string}[ of {database}] has {int} row(s)',
  {
    doc: 'The number of rows of the table.',
    examples: ['Then table "users" has 1 row', 'Then table "reservations" of inventory has 2 rows'],
  },
  async function (this: AcceptanceWorld, table: string, database: string | undefined, count: number) {
    const client = this.database(database);
    const found = await client.count(table);
    if (found === count) return;
    const rows = await client.rowsUpTo(table, mostShown);
    const some = rows === undefined ? '' : shown(renderRows(rows));
    fail(`table "${table}" has ${counted(found, 'row')}, not ${count}${some}`);
  },
);

assertion(
  'table {string}[ of {database}] has no rows',
  { doc: 'The table is empty.', examples: ['Then table "orders" has no rows'] },
  async function (this: AcceptanceWorld, table: string, database?: string) {
    const client = this.database(database);
    const count = await client.count(table);
    if (count === 0) return;
    const rows = await client.rowsUpTo(table, mostShown);
    const some = rows === undefined ? '' : shown(renderRows(rows));
    fail(`table "${table}" has ${counted(count, 'row')}, not none${some}`);
  },
);

assertion(
  'table {string}[ of {database}] has {int} row(s) like:',
  {
    doc: 'So many rows of the table match any of these.',
    examples: ['Then table "orders" has 3 rows like:\n  | status    |\n  | confirmed |'],
  },
  async function (
    this: AcceptanceWorld,
    name: string,
    database: string | undefined,
    count: number,
    table: DataTable,
  ) {
    await expectCount(this, { name, database }, count, table);
  },
);

assertion(
  'table {string}[ of {database}] has no row like:',
  {
    doc: 'No row of the table matches any of these. A value that the type of its column does not have, such as a label that an enumeration lacks, is an error: no row could be like that.',
    examples: ['Then for 1 second table "orders" has no row like:\n  | status    |\n  | confirmed |'],
  },
  async function (this: AcceptanceWorld, name: string, database: string | undefined, table: DataTable) {
    await expectCount(this, { name, database }, 0, table);
  },
);

/** Rows that a failure shows of a table whose number is wrong; of one with more, none are. */
const mostShown = 100;

async function expectCount(
  world: AcceptanceWorld,
  reference: TableReference,
  count: number,
  table: DataTable,
): Promise<void> {
  const wanted = await expectedRows(world, { table, layout: undefined });
  const found = await rowsLike(world, reference, wanted);
  if (found.count === count) return;
  const but = count === 0 ? '' : `, not ${count}`;
  fail(
    `table "${reference.name}" has ${counted(found.count, 'row')} like that${but}${shown(renderRows(found.first))}`,
  );
}

async function queried(world: AcceptanceWorld): Promise<ReadRows> {
  const { query } = world.remembered;
  if (query === undefined) return fail('there is no query yet; say before: When I query:');
  return world
    .database(query.database)
    .queryExactly(query.sql)
    .catch((error) => {
      const fault = sqlFault(error, query.sql, 'the query');
      throw isWrongSql(error) ? fault : new Error(messageOf(fault), { cause: error });
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
