import { before } from 'node:test';
import { type FailureCases, featureOf, testFailures } from './failures';
import { type RunResult, runOnce } from './project';

const schema = `
  CREATE SCHEMA archive;
  CREATE TABLE users (id integer PRIMARY KEY, name text, email text, height numeric(4, 2));
  CREATE TABLE archive.users (id integer PRIMARY KEY, name text);
  INSERT INTO archive.users VALUES (7, 'old');
  CREATE TABLE types (code char(5), flags bit(4), span interval, bytes bytea);
  CREATE MATERIALIZED VIEW frozen AS SELECT 1 AS one;
  CREATE TYPE state AS ENUM ('placed', 'paid', 'sent');
  CREATE DOMAIN known_state AS state;
  CREATE DOMAIN currency AS text CHECK (VALUE IN ('EUR', 'USD'));
  CREATE DOMAIN adult AS integer;
  CREATE TABLE grown (n adult);
  INSERT INTO grown VALUES (-1);
  ALTER DOMAIN adult ADD CHECK (VALUE > 0) NOT VALID;
  CREATE TABLE orders (id uuid, state state, was known_state, states state[], currency currency, quantity integer,
    total numeric(10, 2), paid boolean, tags text[], sizes integer[], at timestamptz, due date, code varchar(3), doc jsonb);
  INSERT INTO orders VALUES (NULL, 'placed', 'paid', '{placed,paid}', 'EUR', 3, 1.5, true, '{a}', '{1}', 'infinity',
    '2026-01-31', 'abc', '{"state": "placed"}');
  CREATE TABLE many (n integer PRIMARY KEY, name text, kind text);
  INSERT INTO many SELECT n, 'm' || n, 'k' FROM generate_series(1, 5000) AS n;`;

const other =
  "CREATE TABLE users (id integer PRIMARY KEY, name text); INSERT INTO users VALUES (8, 'other');";

/** By scenario: its steps, and the words of its failure. */
const cases: Record<string, FailureCases[string]> = {
  'closest row': [
    `Then table "users" has rows:
      | id | name | email |
      | 1  | Ada  | a@x   |`,
    `table "users": 1 of 1 expected row missing; there are 2 rows
missing (row 1 of the table):
  | id | name | email |
  | 1  | Ada  | a@x   |
  closest is row 1 of 2, which differs in:
    | name |
    | ada  |
    name: expected Ada, was ada (only upper and lower case differ)`,
  ],
  'closest row of many': [
    `Then table "many" has rows:
      | n    | name  | kind |
      | 4711 | m4711 | l    |`,
    `table "many": 1 of 1 expected row missing; there are 5,000 rows
missing (row 1 of the table):
  | n    | name  | kind |
  | 4711 | m4711 | l    |
  the closest row differs in:
    | kind |
    | k    |`,
  ],
  'another schema': [
    `Then table "users" has rows:
      | id | name |
      | 7  | old  |`,
    `  -> a row like that is in table "archive.users" of the same database`,
  ],
  'another database': [
    `Then within 20 ms table "users" has rows:
      | id | name  |
      | 8  | other |`,
    `  -> a row like that is in table "users" of database "second": say table "users" of second`,
  ],
  unchanged: [
    `When I run SQL:
      """
      UPDATE users SET name = 'eve' WHERE id = 1
      """
    Then table "users" is unchanged`,
    `table "users" has changed:
  1 of 1 expected row missing, 1 unexpected row; there is 1 row
  missing (row 1 of the table):
    | id | name | email | height |
    | 1  | ada  | a@x   | 1.70   |
    the only row differs in:
      | name |
      | eve  |`,
  ],
  equal: [
    `Then table "users" equals table "users" of second by "id"`,
    `table "users" of first and table "users" of second differ in 3 rows
  only in table "users" of first:
    | id | name |
    | 1  | ada  |
    | 2  | bob  |
  only in table "users" of second:
    | id | name  |
    | 8  | other |`,
  ],
  'a column of every row': [
    `Then table "users" has exactly these rows:
      | id | name |
      | 1  | ada  |`,
    `the table of this step (table "users"): it lacks "email", "height", and exactly these rows means every column
  -> add the columns (#ignore says that any value will do), or say: has only these rows  [BRINE_STEP_002]`,
  ],
  'a marker that is written': [
    `Given table "users" receives rows:
      | id    |
      | #uuid |`,
    `column "id" in row 1 of table "users": the marker #uuid says what is compared, and nothing that could be written`,
  ],
  'a value that does not fit': [
    `Given table "users" receives rows:
      | id | height |
      | 3  | 1.80   |
      | 4  | tall   |`,
    `column "height" in row 2 of table "users": "tall" is no value of its type numeric(4,2): invalid input syntax for type numeric: "tall"`,
  ],
  'a line of CSV': [
    `Given table "users" receives rows as CSV:
      """
      id,name
      3,eve
      4,x,y
      """`,
    `line 3 of the CSV of this step: it has 3 cells, the header 2
  -> give each line as many cells as the header; a cell with a comma stands in "..."  [BRINE_STEP_002]`,
  ],
  'broken YAML': [
    `Given table "users" receives rows as YAML:
      """
      - id: 3
        name: [
      """`,
    `the YAML of this step, line 2, column 10: Flow sequence in block collection must be sufficiently indented and end with a ]  [BRINE_STEP_002]`,
  ],
  'broken JSON': [
    `Given table "users" receives rows as JSON:
      """
      [{ "id": 3, }]
      """`,
    `the JSON of this step is not valid JSON at line 1, column 11: a comma stands before the closing }`,
  ],
  'no such file': [
    `Given table "users" receives rows from file "user.csv"`,
    `did you mean "users.csv"? files are looked for in the folder testDataDir`,
  ],
  'a file of another kind': [
    `Given table "users" receives rows from file "users.txt"`,
    `file "users.txt": its name does not tell what it is
  -> rows are read from files that end in .csv, .json, .yaml, .yml  [BRINE_STEP_002]`,
  ],
  'no such database': [
    `Then table "users" of secnd has no rows`,
    `unknown database "secnd"
  -> did you mean "second"? known: first, second  [BRINE_STEP_001]`,
  ],
  'SQL that is none': [
    `When I run SQL:
      """
      UPDATE users SET name = 'x';
      UPDAET users SET name = 'y'
      """`,
    'the SQL of this step, line 2, column 1: syntax error at or near "UPDAET"  [BRINE_STEP_002]',
  ],
  'SQL that refers to what is not there': [
    `When I query:
      """
      SELECT id,
             nmae FROM users
      """
    Then within 5 seconds the query returns no rows`,
    `the query, line 2, column 8: column "nmae" does not exist
  -> Perhaps you meant to reference the column "users.name"  [BRINE_STEP_002]`,
  ],
  'SQL that does nothing': [
    `When I run SQL:
      """
      -- UPDATE users SET name = 'x'
      """`,
    `the SQL of this step: there is none
  -> write a statement  [BRINE_STEP_002]`,
  ],
  'a query that asks nothing': [
    `When I query:
      """
      """
    Then the query returns no rows`,
    `the query of this step: there is none
  -> write a statement  [BRINE_STEP_002]`,
  ],
  'a column that is given twice': [
    `Given table "users" receives rows:
      | id | id |
      | 3  | 4  |`,
    `the table of this step: it has the column "id" more than once
  -> remove one of the two, or give it the name of the column that is meant  [BRINE_STEP_002]`,
  ],
  'a table without rows': [
    `Given table "users" receives rows:
      | id | name |`,
    `the table of this step: it has a header and no rows
  -> add a row, or leave the step out; its first line names the columns  [BRINE_STEP_002]`,
  ],
  'NULL in capitals that is written': [
    `Given table "users" receives rows:
      | id | name |
      | 3  | NULL |`,
    `column "name" in row 1 of table "users": NULL is neither NULL nor clearly a text
  -> NULL is written null, in small letters; the word is written "NULL", in double quotes  [BRINE_STEP_002]`,
  ],
  'NULL in capitals that is expected': [
    `Then table "users" has rows:
      | id | height |
      | 2  | NULL   |`,
    `column "height" in row 1 of the table of this step (table "users"): "NULL" is no value of its type numeric(4,2)
  -> it holds numbers; NULL is written null, in small letters  [BRINE_STEP_002]`,
  ],
  'CSV with semicolons': [
    `Given table "users" receives rows as CSV:
      """
      id;name
      3;eve
      """`,
    `line 1 of the CSV of this step: it names one column, "id;name"
  -> cells are separated by commas, not by ;  [BRINE_STEP_002]`,
  ],
  'bytes that are none': [
    `Given table "types" receives rows:
      | bytes |
      | 0x0g  |`,
    `column "bytes" in row 1 of table "types": 0x0g is no sequence of bytes: after 0x come pairs of hexadecimal digits
  -> write 0x0a0b, base64:Cgs=, or text  [BRINE_STEP_002]`,
  ],
  'a table that takes no rows': [
    `Given table "frozen" receives rows:
      | one |
      | 2   |`,
    `rows of table "frozen": cannot change materialized view "frozen"
  -> none of the rows was inserted  [BRINE_STEP_002]`,
  ],
  'types whose values have several texts': [
    `Given table "types" receives rows:
      | code | flags | span     |
      | ab   | 1010  | 26 hours |
    Then table "types" has only these rows:
      | code | flags | span          |
      | ab   | 1010  | 1 day 2 hours |
    And table "types" has only these rows:
      | code    | flags | span     |
      | "ab   " | 1010  | 26 hours |
    And table "types" has rows:
      | code | flags | span    |
      | ac   | 1011  | 1 month |`,
    `differs in:
    | code | flags | span     |
    | ab   | 1010  | 26:00:00 |`,
  ],
  'no numbers': [
    `Then the sum of "name" in table "users" is 1`,
    `column "name" of table "users": it holds no numbers that could be summed: its type is text  [BRINE_STEP_002]`,
  ],
};

/** By column: a cell that no row can be like, and why. */
const impossible: ReadonlyArray<readonly [column: string, cell: string, words: string]> = [
  [
    'state',
    'plcaed',
    `"plcaed" is no value of its type state: invalid input value for enum state: "plcaed"
  -> did you mean "placed"? its values: placed, paid, sent  [BRINE_STEP_002]`,
  ],
  ['state', 'Paid', `-> did you mean "paid"? its values: placed, paid, sent  [BRINE_STEP_002]`],
  [
    'was',
    'sentt',
    `"sentt" is no value of its type known_state: invalid input value for enum state: "sentt"
  -> did you mean "sent"? its values: placed, paid, sent  [BRINE_STEP_002]`,
  ],
  ['states', '{plcaed}', `-> did you mean "placed"? its values: placed, paid, sent  [BRINE_STEP_002]`],
  [
    'states',
    '["#string", "payd"]',
    `"payd" is no value of its type state: invalid input value for enum state: "payd"
  -> did you mean "paid"? its values: placed, paid, sent  [BRINE_STEP_002]`,
  ],
  ['states', 'placed', `-> an array is written ["a", "b"] or {a,b}  [BRINE_STEP_002]`],
  [
    'currency',
    'eur',
    `"eur" is no value of its type currency: value for domain currency violates check constraint "currency_check"  [BRINE_STEP_002]`,
  ],
  ['quantity', 'three', '"three" is no value of its type integer\n  -> it holds numbers  [BRINE_STEP_002]'],
  ['quantity', '1.5', `"1.5" is no value of its type integer: invalid input syntax for type integer: "1.5"`],
  ['quantity', '3000000000', 'value "3000000000" is out of range for type integer  [BRINE_STEP_002]'],
  ['quantity', '', '-> it holds numbers; an empty cell is the empty text; NULL is written null'],
  ['paid', 'yes', '"yes" is no value of its type boolean\n  -> it holds true and false  [BRINE_STEP_002]'],
  ['id', '4711', `"4711" is no value of its type uuid: invalid input syntax for type uuid: "4711"`],
  ['tags', '[1]', '1 is no value of its type text\n  -> write "1"  [BRINE_STEP_002]'],
  ['sizes', '["1"]', '"1" is no value of its type integer\n  -> it holds numbers  [BRINE_STEP_002]'],
  ['at', 'yesterday', '-> it holds timestamps, written 2026-01-31T10:00:00Z  [BRINE_STEP_002]'],
  ['due', '2026-02-30', '-> it holds dates, written 2026-01-31  [BRINE_STEP_002]'],
  ['code', 'abcd', 'value too long for type character varying(3)  [BRINE_STEP_002]'],
];

for (const [column, cell, words] of impossible) {
  cases[`no row can be like ${column} ${cell}`] = [
    `Then table "orders" has no row like:
      | ${column} |
      | ${cell} |`,
    words,
  ];
}

const place = 'column "state" in row 2 of the table of this step (table "orders"): "plcaed" is no value';
const twoStates = `
      | state  |
      | placed |
      | plcaed |`;

Object.assign(cases, {
  'a number of rows, of which one can be like none': [
    `Then table "orders" has 1 row like:${twoStates}`,
    place,
  ],
  'rows that are lost, like which there can be none': [
    `Given table "orders" loses rows like:${twoStates}`,
    place,
  ],
  'rows that there never can be': [`Then within 1 minute table "orders" has rows:${twoStates}`, place],
  'only rows that there never can be': [`Then table "orders" has only these rows:${twoStates}`, place],
  'sorted rows that there never can be': [
    `Then table "orders" has only these rows in order of "state":${twoStates}`,
    place,
  ],
  'values of all types that there can be': [
    `Then table "orders" has no row like:
      | state   | was     | states              | currency | quantity | total   | paid  | tags       | sizes | at       | due   | doc                  |
      | #string | #ignore | ["#string", "paid"] | USD      | 3.0      | 10.9999 | FALSE | ["#ignore", "b"] | [2]   | infinity | null  | {"state": "plcaed"}  |
      | sent    | "sent"  | {sent,paid}         | #null    | 3e0      | NaN     | true  | {a,b}      | {}    | ${'2026-01-31 10:00+01'} | #date | plcaed |
    And table "grown" has 1 row like:
      | n  |
      | -1 |
      | -2 |
    And table "orders" has 1 row like:
      | doc                  |
      | {"state": "plcaed"}  |`,
    'table "orders" has no rows like that, not 1',
  ],
} satisfies FailureCases);

const background = `
  Background:
    Given table "users" receives rows:
      | id | name | email | height |
      | 1  | ada  | a@x   | 1.70   |
      | 2  | bob  | b@x   | null   |
    And table "users" is remembered
`;

let run: RunResult;

before(async () => {
  run = await runOnce({
    brine:
      "{ provider: 'embedded', databases: { first: { sql: ['first.sql'] }, second: { sql: ['second.sql'] } } }",
    files: {
      'first.sql': schema,
      'second.sql': other,
      'test-data/users.csv': 'id\n3\n',
      'test-data/users.txt': 'id\n3\n',
      'features/all.feature': featureOf(cases, background),
    },
  });
});

testFailures('a failure of a database step teaches', cases, () => run);
