import { before } from 'node:test';
import { type FailureCases, featureOf, testFailures } from './failures';
import { type RunResult, runOnce } from './project';

/** By scenario: its steps, and the words of its failure. */
const cases: FailureCases = {
  'one place says something else': [
    `Then these agree:
      | where                    | id       | status       |
      | table "orders" with id 1 | id       | status       |
      | cache key "order:1"      | orderId  | status       |
      | topic "events" with key 1 | value.id | value.status |`,
    `these do not agree:
  | where                     | status |
  | table "orders" with id 1  | new    |
  | cache key "order:1"       | new    |
  | topic "events" with key 1 | paid   |`,
  ],
  'a place has not what it is said to have': [
    `Then these agree:
      | where                    | id |
      | table "orders" with id 1 | id |
      | cache key "order:1"      | id |`,
    `these do not agree:
  | where                    | id       |
  | table "orders" with id 1 | 1        |
  | cache key "order:1"      | (absent) |`,
  ],
  'there is nothing in a place': [
    `Then these agree:
      | where                     | id       |
      | table "orders" with id 1  | id       |
      | topic "events" with key 2 | value.id |`,
    `these do not agree:
  | where                     | id              |
  | table "orders" with id 1  | 1               |
  | topic "events" with key 2 | (nothing there) |`,
  ],
  'several rows where one is meant': [
    `Then these agree:
      | where                           | id      |
      | table "orders" with status new  | id      |
      | cache key "order:1"             | orderId |`,
    'table "orders" has 2 rows with status new, not one',
  ],
  'what is no place': [
    `Then these agree:
      | where               | id      |
      | queue "orders"      | id      |
      | cache key "order:1" | orderId |`,
    `"queue "orders"" in the table of this step: it is no place that could be looked at
  -> write: the response, table "..." with column value, topic "..." with key ..., or cache key "..."`,
  ],
  'one place only': [
    `Then these agree:
      | where               | id      |
      | cache key "order:1" | orderId |`,
    'the table of this step: it names one place, which always agrees with itself',
  ],
  'nothing to compare': [
    `Then these agree:
      | where                    |
      | cache key "order:1"      |
      | table "orders" with id 1 |`,
    'the table of this step: it compares nothing',
  ],
  'a fact of one place': [
    `Then these agree:
      | where                    | id      | status |
      | cache key "order:1"      | orderId |        |
      | table "orders" with id 1 | id      | status |`,
    `the table of this step: only one place has "status", so there is nothing to compare
  -> write a path into at least two cells of that column`,
  ],
  'a column that is none': [
    `Then these agree:
      | where                       | id      |
      | cache key "order:1"         | orderId |
      | table "orders" with statsu a | id     |`,
    'table "orders" has no column "statsu": did you mean "status"?',
  ],
};

const background = `
  Background:
    Given table "orders" receives rows:
      | id | status |
      | 1  | new    |
      | 2  | new    |
    And cache key "order:1" is set to:
      """
      { "orderId": 1, "status": "new" }
      """
    When topic "events" receives an event with key "1":
      """
      { "id": 1, "status": "paid" }
      """
    Then within 5 seconds topic "events" has 1 event
`;

let run: RunResult;

before(async () => {
  run = await runOnce({
    brine:
      "{ provider: 'embedded', databases: { shop: { sql: ['shop.sql'] } }, kafka: { topics: { events: {} } } }",
    files: {
      'shop.sql': 'CREATE TABLE orders (id integer PRIMARY KEY, status text);',
      'features/all.feature': featureOf(cases, background),
    },
  });
});

testFailures('places that do not agree', cases, () => run);
