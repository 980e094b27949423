import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { columnDefault, DatabaseClient, quoted } from '../../support/clients';
import { firstMisfit } from '../../support/clients/database-misfits';
import { laneDatabase, query, sharedServer } from '../environment/postgres';

const schema = `
  CREATE SCHEMA sales;
  CREATE TYPE mood AS ENUM ('good', 'bad');
  CREATE DOMAIN sku AS text CHECK (VALUE ~ '^sku-');
  CREATE DOMAIN checked_later AS integer;
  ALTER DOMAIN checked_later ADD CHECK (VALUE > 0) NOT VALID;
  CREATE TABLE everything (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, big bigint, exact numeric, price numeric(10, 2),
    wide double precision, at timestamptz, local timestamp, day date, span interval, doc jsonb, plain json,
    tags text[], numbers numeric[], moods mood[], mood mood, bytes bytea, key uuid, active boolean,
    during tstzrange, sku sku, code char(5), short varchar(3), doubled numeric GENERATED ALWAYS AS (exact * 2) STORED);
  CREATE TABLE sales.many (n integer PRIMARY KEY, name text);
  CREATE TABLE parent (id integer PRIMARY KEY);
  CREATE TABLE child (id integer PRIMARY KEY, parent integer NOT NULL REFERENCES parent, amount integer CHECK (amount > 0));
  CREATE VIEW names AS SELECT n, upper(name) AS name FROM sales.many;
  CREATE MATERIALIZED VIEW frozen AS SELECT 1::int8 AS one;`;

const server = sharedServer();
let url: string;
let client: DatabaseClient;

before(async () => {
  url = (await laneDatabase(await server(), schema)).url;
  client = await DatabaseClient.connect('shop', url);
});

after(() => client[Symbol.asyncDispose]());

/** What is read back of one cell of the table of all types. */
async function stored(column: string, text: string): Promise<unknown> {
  await client.insert('everything', [column], [[text]]);
  const [row] = await client.rows('everything');
  await client.deleteAll('everything');
  return row?.[column];
}

describe('a value is read without loss', () => {
  const cases: ReadonlyArray<readonly [column: string, text: string, value: unknown]> = [
    ['big', '9223372036854775807', '9223372036854775807'],
    ['exact', '0.12345678901234567890123', '0.12345678901234567890123'],
    ['price', '1.5', '1.50'],
    ['wide', '0.1', 0.1],
    ['wide', 'NaN', 'NaN'],
    ['at', '2026-01-31T11:00:00.123456+01', '2026-01-31T10:00:00.123456Z'],
    ['at', '2026-01-31T11:00:00+05:30', '2026-01-31T05:30:00.000Z'],
    ['at', 'infinity', 'infinity'],
    ['local', '2026-03-29T02:30:00.5', '2026-03-29T02:30:00.5'],
    ['day', '1815-12-10', '1815-12-10'],
    ['span', '25 hours', '25:00:00'],
    ['doc', '{"n": 12345678901234567890}', { n: 12345678901234567890n }],
    ['plain', '"text"', 'text'],
    ['tags', '{a,"b c",NULL,"NULL","\\"",""}', ['a', 'b c', null, 'NULL', '"', '']],
    [
      'tags',
      '{{a,b},{c,d}}',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['tags', '{}', []],
    ['tags', '[2:3]={a,b}', ['a', 'b']],
    ['numbers', '{1.5,12345678901234567890}', [1.5, 12345678901234567890n]],
    ['moods', '{good,bad}', ['good', 'bad']],
    ['mood', 'bad', 'bad'],
    ['bytes', '\\x00ff', Buffer.from([0, 255])],
    ['key', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['active', 'yes', true],
    ['sku', 'sku-1', 'sku-1'],
    ['short', '', ''],
  ];
  for (const [column, text, value] of cases) {
    test(`${column} ${text}`, async () => assert.deepEqual(await stored(column, text), value));
  }

  test('of queries, views and materialised views, with the kinds of their columns', async () => {
    const read = await client.queryExactly(
      "SELECT 1.50 AS price, 'a' AS name, now() AS at, '{}'::mood[] AS moods",
    );
    assert.deepEqual(
      [...read.columns],
      [
        ['price', 'number'],
        ['name', 'text'],
        ['at', 'timestamp'],
        ['moods', 'unknown'],
      ],
    );
    assert.equal(read.rows[0]?.price, '1.50');
    assert.deepEqual(await client.rows('frozen'), [{ one: '1' }]);
    assert.deepEqual(await client.rows('names'), []);
  });

  test('of a range, as the server writes it, and an expected text is read by it', async () => {
    const { details } = await client.describe('everything');
    const canonical = (column: string, text: string) => client.canonical(text, details.get(column)!.type);
    assert.equal(await canonical('span', '1 day 2 hours'), '1 day 02:00:00');
    assert.equal(
      await canonical('key', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'),
      'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    );
    assert.equal(await canonical('tags', '{a,NULL}'), '["a",null]');
    assert.equal(await canonical('tags', '["a"]'), '["a"]');
    assert.equal(await canonical('span', 'a while'), 'a while');
    assert.equal(await canonical('short', 'x'), 'x');
  });
});

describe('a value that does not fit is told with its row, column and type', () => {
  const refusals: ReadonlyArray<readonly [columns: string[], rows: string[][], message: string]> = [
    [
      ['exact', 'mood'],
      [
        ['1', 'good'],
        ['2', 'god'],
      ],
      'column "mood" in row 2 of table "everything": "god" is no value of its type mood: invalid input value for enum mood: "god"\n' +
        '  -> did you mean "good"? its values: good, bad  [BRINE_STEP_002]',
    ],
    [
      ['exact'],
      [['']],
      'column "exact" in row 1 of table "everything": "" is no value of its type numeric: invalid input syntax for type numeric: ""\n' +
        '  -> an empty cell is the empty text; NULL is written null  [BRINE_STEP_002]',
    ],
    [
      ['short'],
      [['abc'], ['abcd']],
      'column "short" in row 2 of table "everything": "abcd" is no value of its type character varying(3): value too long for type character varying(3)  [BRINE_STEP_002]',
    ],
    [
      ['price'],
      [['123456789.00']],
      'column "price" in row 1 of table "everything": "123456789.00" is no value of its type numeric(10,2): numeric field overflow  [BRINE_STEP_002]',
    ],
    [
      ['id'],
      [['1']],
      'rows of table "everything": cannot insert a non-DEFAULT value into column "id"\n' +
        '  -> leave the column out, or write #default into its cells  [BRINE_STEP_002]',
    ],
  ];
  for (const [columns, rows, message] of refusals) {
    test(`${columns} ${rows.at(-1)}`, () =>
      assert.rejects(client.insert('everything', columns, rows), { code: 'BRINE_STEP_002', message }));
  }

  test('also by a server that has no pg_input_is_valid, as before PostgreSQL 16', async () => {
    const before16 = async (sql: string, parameters: readonly unknown[]) => {
      if (!sql.includes('pg_input')) return client.ask(sql, parameters);
      return client.ask(sql.replaceAll('pg_input', 'no_input'), parameters);
    };
    const texts = [
      { value: 'good', type: 'mood' },
      { value: '{good,god}', type: 'mood[]' },
    ];
    assert.deepEqual(await firstMisfit(texts, before16), {
      at: 1,
      reason: '"{good,god}" is no value of its type mood[]: invalid input value for enum mood: "god"',
      advice: 'did you mean "good"? its values: good, bad',
    });
    const broken = await firstMisfit([{ value: 'x', type: 'sku' }], before16);
    assert.match(
      broken?.reason ?? '',
      /^"x" is no value of its type sku: value for domain sku violates check/,
    );
    const long = await firstMisfit([{ value: 'abcd', type: 'character varying(3)' }], before16);
    assert.match(long?.reason ?? '', /value too long for type character varying\(3\)$/);
    const fitting = [
      { value: 'sku-1', type: 'sku' },
      { value: 'abc ', type: 'character varying(3)' },
      { value: '-1', type: 'checked_later' },
    ];
    assert.equal(await firstMisfit(fitting, before16), undefined);
    assert.equal(await client.firstMisfit(fitting), undefined);
  });

  test('what breaks a rule of the table is told with the rule, and none of the rows is inserted', async () => {
    const insert = (columns: string[], row: (string | null)[]) => client.insert('child', columns, [row]);
    await assert.rejects(insert(['id', 'parent'], ['1', '7']), {
      message:
        'rows of table "child": insert or update on table "child" violates foreign key constraint "child_parent_fkey" ' +
        '(Key (parent)=(7) is not present in table "parent".)\n  -> none of the rows was inserted  [BRINE_STEP_002]',
    });
    await assert.rejects(insert(['id'], ['1']), {
      message:
        'column "parent" in rows of table "child": it is not given, and has no default\n' +
        '  -> add the column to the table of this step  [BRINE_STEP_002]',
    });
    await assert.rejects(insert(['id', 'parent'], ['1', null]), {
      message:
        'column "parent" in row 1 of table "child": it must not be NULL\n  -> write a value into the cell  [BRINE_STEP_002]',
    });
  });

  test('defaults and generated columns are written by #default', async () => {
    await client.insert('everything', ['id', 'exact', 'doubled'], [[columnDefault, '2', columnDefault]]);
    const [row] = await client.rows('everything');
    assert.equal(row?.doubled, '4');
    await client.deleteAll('everything');
  });
});

describe('a table of 100,000 rows', () => {
  const count = 100_000;

  async function* portions() {
    for (let from = 0; from < count; from += 1_000) {
      yield Array.from({ length: 1_000 }, (_, at) => [String(from + at), `name ${from + at}`]);
    }
  }

  before(() => client.insertAll('many', ['n', 'name'], portions()));
  after(() => client.deleteAll('many'));

  test('is inserted in portions, and counted by the server', async () => {
    assert.equal(await client.count('many'), count);
    assert.equal(await client.sum('many', 'n'), String((count * (count - 1)) / 2));
  });

  test('is inserted whole or not at all', async () => {
    async function* twice() {
      yield [['100000', 'a']];
      yield [['0', 'b']];
    }
    await assert.rejects(client.insertAll('many', ['n', 'name'], twice()), /Key \(n\)=\(0\) already exists/);
    assert.equal(await client.count('many'), count);
  });

  test('is looked through with few of its rows in memory', async () => {
    let [seen, most] = [0, 0];
    const statement = { sql: 'SELECT * FROM sales.many', parameters: [] };
    await client.scan(statement, (rows) => {
      seen += rows.length;
      most = Math.max(most, rows.length);
      return true;
    });
    assert.deepEqual([seen, most <= 1_000], [count, true]);
  });

  test('is not read further than is asked for', async () => {
    let seen = 0;
    await client.scan({ sql: 'SELECT * FROM sales.many', parameters: [] }, (rows) => {
      seen += rows.length;
      return false;
    });
    assert.equal(seen, 1_000);
  });

  test('is not read whole by mistake', async () => {
    await assert.rejects(client.rows('many'), /it has more than 10,000 rows[\s\S]*count them/);
    assert.equal(await client.rowsUpTo('many', 100), undefined);
  });

  test('has a fingerprint that any change changes', async () => {
    const before = await client.fingerprint('many');
    assert.deepEqual(await client.fingerprint('many'), before);
    await query(url, "UPDATE sales.many SET name = 'other' WHERE n = 5");
    assert.notEqual((await client.fingerprint('many')).fingerprint, before.fingerprint);
  });
});

test('any identifier and any text survive the way there and back', async () => {
  const identifier = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((name) => !name.includes('\0') && Buffer.byteLength(name) < 60 && !/\p{Surrogate}/u.test(name));
  const text = fc
    .string({ unit: 'grapheme' })
    .filter((value) => !value.includes('\0') && !/\p{Surrogate}/u.test(value));
  await fc.assert(
    fc.asyncProperty(identifier, identifier, text, async (table, column, value) => {
      await client.query(`CREATE TABLE sales.${quoted(`x${table}`)} (${quoted(column)} text)`);
      try {
        await client.insert(`sales.x${table}`, [column], [[value]]);
        assert.deepEqual(
          (await client.rows(`x${table}`)).map((row) => row[column]),
          [value],
        );
      } finally {
        await client.query(`DROP TABLE sales.${quoted(`x${table}`)}`);
      }
    }),
    {
      numRuns: 60,
      examples: [
        ['Order', 'user name', "'; --"],
        ['a.b', '__proto__', '${x}'],
        ['"', '$1', '\\'],
        [
          'y'.repeat(59),
          'y'.repeat(59),
          'names in the catalogue end after 63 bytes, with the schema they are longer',
        ],
      ],
    },
  );
});
