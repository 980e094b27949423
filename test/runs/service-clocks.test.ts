import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { outcomes, type RunResult, runOnce } from './project';
import { echo, echoService } from './services';

/** Tells its time, and ends with an error when it is asked to. */
const clocked = `exports.start = ({ clock }) => (request, response) => {
  if (request.url === '/boom') throw new Error('boom');
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ now: clock.now() }));
};`;

const services = `{ ${echo}, api: { module: 'api.js' }, other: { module: 'api.js' } }`;

const features = `Feature: clocks
  Scenario: one is set, and the scenario fails
    Given the clock of api stands at "2020-01-01"
    When I send GET "/" to api
    Then the response field "now" is "2020-01-01T00:00:00.000Z"
    And the response field "now" is "never"
  Scenario: the next one finds it right
    When I send GET "/" to api
    Then the response field "now" is "#date within 1 minute of \${now}"
  Scenario: one does not move the other
    Given the clock of other runs from "2020-01-01T10:00:00+02:00"
    When the clock of other moves on by 1.5 hours
    And I send GET "/" to other
    Then the response field "now" is "#date within 1 minute of 2020-01-01T09:30:00Z"
    When I send GET "/" to api
    Then the response field "now" is "#date within 1 minute of \${now}"
  Scenario: without a name it is that of the first that has one
    Given the clock stands at "2020-01-01"
    When I send GET "/" to api
    Then the response field "now" is "#date before 2020-01-02"
  Scenario: a service that has died
    Given the clock of api stands at "2020-01-01"
    When I send GET "/boom" to api
  Scenario: comes back with a clock that can be set
    Given the clock of api stands at "2021-01-01"
    When I send GET "/" to api
    Then the response field "now" is "2021-01-01T00:00:00.000Z"
  Scenario: of a process
    Given the clock of echo stands at "2020-01-01"
  Scenario: at no moment
    Given the clock of api stands at "tomorrow"
  Scenario: of nobody
    When the clock of apu moves on by 2 days
  Scenario: too far
    When the clock of api moves on by 999999999999 days
`;

describe('the clocks of services', () => {
  let result: RunResult;
  before(async () => {
    result = await runOnce({
      files: { 'api.js': clocked, 'echo.js': echoService, 'features/a.feature': features },
      brine: `{ services: ${services} }`,
    });
  });

  it('are set by steps, each for itself, and are right in the next scenario', () => {
    const passed = Object.entries(outcomes(result)).flatMap(([name, status]) =>
      status === 'PASSED' ? [name] : [],
    );
    assert.deepEqual(passed, [
      'the next one finds it right',
      'one does not move the other',
      'without a name it is that of the first that has one',
      'comes back with a clock that can be set',
    ]);
  });

  it('are part of the evidence', () => {
    assert.match(result.output, /clock +that of api stands at 2020-01-01T00:00:00\.000Z/);
  });

  it('cannot be set in another process, and that says what to do', () => {
    assert.match(
      result.output,
      /the clock of service "echo": it is not for Brine to set, for the service is a process of its own \(services\.echo\.command\)\n\s+-> let it run in Brine's process \(services\.echo\.module, docs\/in-process-services\.md\), or take its time from what a step can set: a header, an endpoint, the dates of its data {2}\[BRINE_STEP_002\]/,
    );
  });

  it('want a moment, and one that there is', () => {
    assert.match(
      result.output,
      /this step: "tomorrow" is no moment\n\s+-> write it as 2026-01-31T10:00:00Z \(UTC where no zone is given\), 2026-01-31, or \$\{now \+ 2 days\}/,
    );
    assert.match(
      result.output,
      /the clock of service "api": it cannot be moved on from \S+Z by so much, for there is no such date/,
    );
  });

  it('are those of services that there are', () => {
    assert.match(result.output, /unknown service "apu"\n\s+-> did you mean "api"\? known: echo, api, other/);
  });
});

it('clocks are right in the next scenario also where the reset comes before it', async () => {
  const { output, exitCode } = await runOnce({
    files: {
      'api.js': clocked,
      'features/a.feature': `Feature: clocks
  Scenario: one
    Given the clock stands at "2020-01-01"
  Scenario: two
    When I send GET "/"
    Then the response field "now" is "#date within 1 minute of \${now}"
`,
    },
    brine: `{ cleanupAfterTest: false, services: { api: { module: 'api.js' } } }`,
  });
  assert.equal(exitCode, 0, output);
});

it('a clock where no service has one is an error that says so', async () => {
  const { output, exitCode } = await runOnce({
    files: {
      'echo.js': echoService,
      'features/a.feature': `Feature: clocks
  Scenario: one
    Given the clock stands at "2020-01-01"
`,
    },
    brine: `{ services: { ${echo} } }`,
  });
  assert.equal(exitCode, 1);
  assert.match(output, /the clock of service "echo": it is not for Brine to set/);
});
