import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { outcomes, Project, type RunResult, runOnce } from './project';
import { echo, echoService } from './services';

const libraries = resolve(__dirname, '../../step-definitions');

const feature = `Feature: steps
  Scenario: names are filled
    Given variable "x" is set to "people"
    And variable "db" is set to "main"
    And variable "audit" is set to "audit-1"
    And topic "\${audit}" exists with 1 partition
    And table "\${x}" of \${db} receives rows:
      | name |
      | ada  |
    Then table "\${x}" of \${db} has 1 row
    When topic "\${audit}" receives an event with key "k-\${x}":
      """
      { "n": 1 }
      """
    Then topic "audit-1" has 1 event with key "k-people"
    Given cache key "c-\${x}" is set to "v"
    Then cache key "c-people" is "v"
    When I send GET "/of/\${x}" to echo
    Then the response field "path" is "/of/people"
    And the response header "Content-Type" is 'application/json'
    And the response header "X-None" is null
  Scenario: a name that is not filled
    Then table "\${nobody}" has no rows
  Scenario: a path without a slash
    When I send GET "users"
  Scenario: an address
    When I send GET "http://localhost/users"
  Scenario: a space
    When I send GET "/users?name=ada l"
  Scenario: an unknown service
    When I send GET "/users" to ecko
  Scenario: an unknown column to write
    Given table "people" receives rows:
      | nmae |
      | ada  |
  Scenario: an unknown column to compare
    Then table "people" has rows:
      | nmae |
      | ada  |
  Scenario: a missing table
    Then table "people" has rows:
  Scenario: text for a table
    Then within 1 second table "people" has rows:
      """
      ada
      """
  Scenario: a table for text
    When I query:
      | name |
  Scenario: a superfluous table
    Then table "people" has no rows
      | name |
  Scenario: no time
    Then within 0 seconds table "people" has no rows
  Scenario: a failed transaction
    When I run SQL in one transaction:
      """
      INSERT INTO people VALUES (1 / 0)
      """
    Then table "people" has no rows
  Scenario: a failed transaction that was looked at
    When I run SQL in one transaction:
      """
      INSERT INTO people VALUES (1 / 0)
      """
    Then the transaction was rolled back with "division"
  Scenario: an open transaction
    When I run SQL:
      """
      BEGIN; INSERT INTO people VALUES ('nobody')
      """
  Scenario: a setting
    When I run SQL:
      """
      SET app.name = 'ada'
      """
  Scenario: after the setting
    When I query:
      """
      SELECT count(*)::int AS rows, coalesce(current_setting('app.name', true), '') AS setting FROM people
      """
    Then the query returns rows:
      | rows | setting |
      | 0    |         |
  Scenario: an ambiguous step
    Then the response body is empty
`;

const steps = `
const { Then } = require('@cucumber/cucumber');
Then(/the response body is e.*/, () => {});
`;

describe('steps', () => {
  let result: RunResult;
  let results: Record<string, string>;

  before(async () => {
    await using project = await Project.create({
      files: {
        'echo.js': echoService,
        'schema.sql': 'CREATE TABLE people (name text)',
        'steps.js': steps,
        'features/steps.feature': feature,
      },
      brine: `{ databases: { main: { sql: ['schema.sql'] } }, services: { ${echo} } }`,
    });
    result = await project.run();
    results = outcomes(result);
    await project.leavesNothing();
  });

  const passing = [
    'names are filled',
    'no time',
    'a failed transaction that was looked at',
    'a setting',
    'after the setting',
  ];
  for (const name of passing) {
    it(`pass: ${name}`, () => assert.equal(results[name], 'PASSED', result.output));
  }

  const failing: Record<string, RegExp> = {
    'a name that is not filled': /this step uses the variable "nobody", which has no value/,
    'a path without a slash': /the path "users" of the request: it does not begin with \/\n.*write "\/users"/,
    'an address': /the path "http:\/\/localhost\/users" of the request: it is an address of its own/,
    'a space': /the path "\/users\?name=ada l" of the request: it has a space in it\n.*write it encoded: %20/,
    'an unknown service': /unknown service "ecko"\n.*did you mean "echo"\?/,
    'an unknown column to write':
      /table "people" has no column "nmae": did you mean "name"\?\n.*its columns: name/,
    'an unknown column to compare': /table "people" has no column "nmae": did you mean "name"\?/,
    'a missing table':
      /step "table "people" has rows:": below it stands nothing, and it takes a table\n.*as in:\n.*table "orders" has rows:\n.*\| id/,
    'text for a table': /below it stands text between two lines of """, and it takes a table/,
    'a table for text': /step "I query:": below it stands a table, and it takes text/,
    'a superfluous table': /step "table "people" has no rows": below it stands a table, and it takes nothing/,
    'a failed transaction':
      /SQL of this scenario has failed, and no step has looked at it: division by zero\n\s+INSERT INTO people VALUES \(1 \/ 0\)/,
    'an open transaction':
      /left a transaction open in database "main", which was rolled back now:\n\s+BEGIN; INSERT INTO people/,
  };
  for (const [name, says] of Object.entries(failing)) {
    it(`fail with a reason: ${name}`, () => {
      assert.equal(results[name], 'FAILED', result.output);
      assert.match(messageOf(name), says);
      assert.match(messageOf(name), /BRINE_/);
    });
  }

  it('are said to be where they are defined', () => {
    assert.equal(results['an ambiguous step'], 'AMBIGUOUS');
    assert.match(result.output, /http-responses\.steps\.ts:\d+/);
    assert.doesNotMatch(result.output, /define\.ts/);
    const places = result.messages.flatMap(({ stepDefinition }) => stepDefinition?.sourceReference ?? []);
    const lines = new Set(places.map(({ uri, location }) => `${uri}:${location?.line}`));
    assert.ok(lines.size > 40, `${[...lines]}`);
    for (const { uri = '', location } of places.filter((place) => place.uri?.endsWith('.steps.ts'))) {
      const library = readFileSync(resolve(libraries, basename(uri)), 'utf8').split('\n');
      assert.match(
        library[(location?.line ?? 0) - 1] ?? '',
        /\b(setup|action|assertion)\(/,
        `${uri}:${location?.line}`,
      );
    }
  });

  it('are run without warnings of Node', () => {
    assert.doesNotMatch(result.output, /Warning/);
  });

  it('that have no time are not near their deadline', () => {
    assert.doesNotMatch(result.output, /near its deadline/);
  });

  function messageOf(name: string): string {
    const { messages } = result;
    const pickle = messages.find((message) => message.pickle?.name === name)?.pickle;
    const testCase = messages.find((message) => message.testCase?.pickleId === pickle?.id)?.testCase;
    const id = messages.find((message) => message.testCaseStarted?.testCaseId === testCase?.id)
      ?.testCaseStarted?.id;
    return messages
      .filter(({ testStepFinished }) => testStepFinished?.testCaseStartedId === id)
      .map(({ testStepFinished }) => testStepFinished?.testStepResult.message ?? '')
      .join('\n');
  }
});

it('step files beside the features are loaded by themselves, in TypeScript and in JavaScript', async () => {
  const step = (language: string) => `require('@cucumber/cucumber').When('I use ${language}', () => {});`;
  const { exitCode, output } = await runOnce({
    files: {
      'features/a.steps.js': step('JavaScript'),
      'features/deep/b.steps.ts': `${step('TypeScript')} const typed: number = 1; void typed;`,
      'features/a.feature':
        'Feature: f\n  Scenario: s\n    When I use JavaScript\n    And I use TypeScript\n',
    },
  });
  assert.equal(exitCode, 0, output);
});
