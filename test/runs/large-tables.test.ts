import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { failureMessages, featureOf } from './failures';
import { type RunResult, runOnce } from './project';

const rows = 100_000;

/** 150 MB, where the run has less: whoever loads it whole runs out of memory. */
const schema = `
  CREATE TABLE wide (n integer PRIMARY KEY, name text, filling text);
  INSERT INTO wide SELECT n, 'w' || n, repeat(md5(n::text), 48) FROM generate_series(1, ${rows}) AS n;
  CREATE TABLE slim (n integer PRIMARY KEY, name text);`;
const littleMemory = { NODE_OPTIONS: '--max-old-space-size=128' };

const csv = (changed: number, count: number) =>
  `n,name\n${Array.from({ length: count }, (_, at) => `${at + 1},${at + 1 === changed ? 'x' : 'w'}${at + 1}`).join('\n')}\n`;
const few = 20_000;
const objects = Array.from({ length: few }, (_, at) => ({ n: at + 1, name: `w${at + 1}` }));

/** By scenario: its steps, and the words of its failure; none when it holds. */
type Cases = Readonly<Record<string, readonly [steps: string, failure?: string]>>;

const wide: Cases = {
  'rows that are there': [
    `Then table "wide" has rows:
      | n     | name   |
      | 1     | w1     |
      | 99999 | w99999 |
    And table "wide" has 100000 rows
    And table "wide" has 11112 rows like:
      | name            |
      | #regex w9[0-9]* |
      | w1              |`,
  ],
  'only these': [
    `Then table "wide" has only these rows:
      | n     | name   |
      | 1     | w1     |
      | 50000 | v50000 |`,
    `table "wide": 1 of 2 expected rows missing, 99,999 unexpected rows; there are 100,000 rows
missing (row 2 of the table):
  | n     | name   |
  | 50000 | v50000 |
unexpected:
  | n  | name |
  | 2  | w2   |`,
  ],
  'no others than these': [
    `Then table "wide" has only these rows:
      | name            |
      | #regex w[0-9]*  |`,
    'table "wide": 99,999 unexpected rows; there are 100,000 rows\nunexpected:\n  | name |\n',
  ],
  'in order': [
    `Then table "wide" has only these rows in order of "n descending":
      | n      |
      | 100000 |
      | 99999  |`,
    `table "wide": 99,998 unexpected rows; there are 100,000 rows
unexpected:
  | n     |
  | 99998 |
`,
  ],
  'a row of a table compared with the cache': [
    `Given cache key "w" is set to:
      """
      { "n": 77777, "name": "w77777" }
      """
    Then cache key "w" equals the row of table "wide" where:
      | n     |
      | 77777 |`,
  ],
};

/** The rows of a step are in memory: they may be as many. */
const files: Cases = {
  'seeded from CSV, all rows compared with those of a file': [
    `Given table "slim" receives rows from file "all.csv"
    Then table "slim" has ${rows} rows
    And table "slim" has rows from file "all.csv"
    And table "slim" has only these rows from file "all.csv"`,
  ],
  'one row of a file differs': [
    `Given table "slim" receives rows from file "all.csv"
    Then table "slim" has only these rows from file "changed.csv"`,
    `table "slim": 1 of 100,000 expected rows missing, 1 unexpected row; there are 100,000 rows
missing (row 77777 of the table):
  | n     | name   |
  | 77777 | x77777 |
  the closest row differs in:
    | name   |
    | w77777 |`,
  ],
  'seeded from JSON': [
    `Given table "slim" receives rows from file "some.json"
    Then table "slim" has only these rows from file "some.csv"`,
  ],
  'seeded from YAML': [
    `Given table "slim" receives rows from file "some.yaml"
    Then table "slim" has ${few} rows
    And table "slim" has only these rows from file "some.json"`,
  ],
};

function runOf(cases: Cases, env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
  return runOnce(
    {
      brine: "{ provider: 'embedded', timeout: '60 s', databases: { shop: { sql: ['shop.sql'] } } }",
      files: {
        'shop.sql': schema,
        'test-data/all.csv': csv(0, rows),
        'test-data/changed.csv': csv(77_777, rows),
        'test-data/some.csv': csv(0, few),
        'test-data/some.json': JSON.stringify(objects),
        'test-data/some.yaml': objects.map(({ n, name }) => `- n: ${n}\n  name: ${name}\n`).join(''),
        'features/all.feature': featureOf(cases),
      },
    },
    [],
    env,
  );
}

function assertOutcome(run: RunResult, name: string, words: string | undefined): void {
  const message = failureMessages(run).get(name);
  assert.match(run.output, new RegExp(`[✓✗] ${name} `), run.output);
  if (words === undefined) assert.equal(message, undefined);
  else assert.ok(message?.includes(words), `${message}\n--- has not ---\n${words}`);
}

describe('a table of 150 MB is compared with less memory than that:', () => {
  let run: RunResult;
  before(async () => {
    run = await runOf(wide, littleMemory);
  });
  for (const [name, [, words]] of Object.entries(wide)) {
    test(name, () => assertOutcome(run, name, words));
  }
});

describe('100,000 rows of a file', () => {
  let run: RunResult;
  before(async () => {
    run = await runOf(files);
  });
  for (const [name, [, words]] of Object.entries(files)) {
    test(name, () => assertOutcome(run, name, words));
  }
});
