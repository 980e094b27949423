import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { outcomes, type RunResult, runOnce } from './project';

const schema = `
  CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, username text UNIQUE, email text, locked boolean DEFAULT false,
    tags text[], extra jsonb);
  CREATE TABLE orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), customer bigint REFERENCES users, status text, total numeric(10, 2));`;

const steps = `
const { factory } = require(${JSON.stringify(join(__dirname, '../../index.ts'))});
factory('user', {
  table: 'users',
  defaults: ({ sequence, faker }) => ({
    username: 'user' + sequence, email: faker.internet.email(), tags: ['a', 'b c'], extra: { n: [1] },
  }),
  traits: { locked: { locked: true } },
});
factory('order', {
  table: 'orders', database: 'db',
  defaults: ({ ref, sequence }) => ({ customer: ref('user'), status: 'placed', total: sequence * 1.5 }),
  traits: { paid: () => ({ status: 'paid' }) },
});
factory('endless', { table: 'orders', defaults: ({ ref }) => ({ customer: ref('endless') }) });
`;

const feature = `
Feature: factories
  Scenario: named
    Given a "user" that is "locked" named "alice" with:
      | username |
      | alice    |
    And an "order" that is "paid" named "first" with:
      | customer | total |
      | alice    | 9.99  |
    Then table "users" has only these rows:
      | id          | username | locked | tags       | extra      | email      |
      | \${alice.id} | alice    | true   | {a,"b c"}  | {"n": [1]} | #? _.includes("@") |
    And table "orders" has only these rows:
      | id          | customer    | status | total |
      | \${first.id} | \${alice.id} | paid   | 9.99  |
    And variable "alice" is "#object"

  Scenario: many
    Given 3 "order" records exist
    And 2 "user" records that are "locked" exist with:
      | email |
      | a@b.c |
      | d@e.f |
    Then table "users" has 5 rows
    And table "orders" has rows:
      | total | customer |
      | 1.5   | #notnull |
      | 3     | #notnull |
      | 4.5   | #notnull |
    And table "users" has 2 rows like:
      | locked | username |
      | true   | user4    |
      | true   | user5    |

  Scenario: replayed
    Given a "user" named "eve" exists
    And variable "city" is set to "\${faker.location.city}"
    When I run SQL:
      """
      SELECT 1 / (\${eve.id} - \${eve.id}), '\${eve.email} \${city}'
      """

  Scenario: unknown factory
    Given a "usr" exists

  Scenario: unknown trait
    Given a "user" that is "loked" exists

  Scenario: unknown attribute
    Given a "user" with:
      | usrname |
      | x       |

  Scenario: wrong value
    Given an "order" with:
      | total |
      | much  |

  Scenario: endless
    Given an "endless" exists

  Scenario: too many rows
    Given 3 "user" records exist with:
      | email |
      | a     |
      | b     |
`;

const plan = {
  brine: "{ provider: 'embedded', databases: { db: { sql: ['schema.sql'] } } }",
  files: { 'schema.sql': schema, 'features/own.steps.ts': steps, 'features/all.feature': feature },
};

let run: RunResult;

before(async () => {
  run = await runOnce(plan, [], { BRINE_SEED: '42' });
});

describe('records of factories', () => {
  test('have defaults, traits, overrides and references, and are variables', () => {
    assert.equal(outcomes(run).named, 'PASSED', run.output);
    assert.equal(outcomes(run).many, 'PASSED', run.output);
  });

  test('tell the seed where a scenario fails', () => {
    assert.match(run.output, /seed 42: BRINE_SEED=42 makes them again/);
  });

  for (const message of [
    /unknown factory "usr"\s+-> did you mean "user"\? known: user, order, endless/,
    /unknown trait of factory "user" "loked"\s+-> did you mean "locked"\? known: locked/,
    /what factory "user" makes has no column "usrname": did you mean "username"\?/,
    /column "total" in row 1 of table "orders": "much" is no value of its type numeric\(10,2\)/,
    /factory "endless": its records refer to each other without end/,
    /the table of this step: it has 2 rows below its header\s+-> give one row for all 3 records, or one for each/,
  ]) {
    test(`fail with ${message.source}`, () => assert.match(run.output, message));
  }
});
