import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { plain } from '../../reports/paint';
import { messageLines } from '../../reports/progress-formatter';
import { ordersFeature, retryFeature, stepsJs } from './samples';
import { type SmallProject, smallProject, timeless } from './small-project';

const files = { 'features/orders.feature': ordersFeature, 'steps.js': stepsJs };

describe('the progress formatter', () => {
  let project: SmallProject;
  before(async () => {
    project = await smallProject(files);
  });
  after(() => project[Symbol.asyncDispose]());

  it('tells of each scenario as it ends, and at the end of what did not pass', async () => {
    const { output, errors, exitCode } = await project.run();
    assert.equal(errors, '');
    assert.equal(exitCode, 1);
    assert.equal(timeless(output), wholeRun);
  });

  it('names the lane of each scenario in a parallel run, in colours where asked to', async () => {
    const { output } = await project.run(['--parallel', '2'], { FORCE_COLOR: '1' });
    const text = timeless(output).replaceAll('\u001b', '');
    assert.match(
      text,
      /\[32m✓\[39m an order of tea {2}\[2mfeatures\/orders.feature:48 {2}<time> {2}lane [01]\[22m/,
    );
    assert.ok(text.includes('10 scenarios ([31m✗[39m 4 failed, '));
  });

  it('shows failed hooks of the run by name, and that no scenario ran', async () => {
    const { output, exitCode } = await project.run([], { BAD_BEFORE_ALL: '1', BAD_AFTER_ALL: '1' });
    assert.equal(exitCode, 1);
    assert.equal(timeless(output), brokenRun);
  });

  it('says so when no scenario was selected', async () => {
    const { output, exitCode } = await project.run(['--tags', '@nobody']);
    assert.equal(exitCode, 0);
    assert.equal(timeless(output), '\nno scenario ran\n<time>\n');
  });

  it('shows retried attempts and counts the last one only', async () => {
    await using retrying = await smallProject(
      { 'features/retry.feature': retryFeature, 'steps.js': stepsJs },
      { retry: 1 },
    );
    const { output } = await retrying.run();
    assert.equal(timeless(output), retriedRun);
  });
});

describe('the lines for a message', () => {
  const lines = () => messageLines({ paint: plain, directory: '/work', report: '' });

  it('are lines, whatever the message', () => {
    const show = lines();
    const odd: unknown[] = [
      {},
      null,
      'text',
      { testCaseFinished: {} },
      { testStepFinished: { testCaseStartedId: 'x' } },
      { testCaseStarted: { id: 'x', testCaseId: 'nowhere' } },
      { attachment: { testCaseStartedId: 'x', mediaType: 'text/plain' } },
      { attachment: { testCaseStartedId: 'x', mediaType: 'text/x.brine.note+plain', body: 5 } },
      { testStepFinished: { testCaseStartedId: 'x', testStepId: 'y', testStepResult: { status: 'NEW' } } },
      { testCaseFinished: { testCaseStartedId: 'x' } },
      { testRunHookFinished: { testRunHookStartedId: 'z', result: { status: 'FAILED' } } },
      { gherkinDocument: { feature: { children: [null, 1, { scenario: { location: null } }] } } },
      { pickle: { id: 'p' } },
      { stepDefinition: { id: 'd' } },
      { testRunFinished: {} },
    ];
    for (const message of odd) {
      assert.doesNotThrow(() => show(message as Envelope), JSON.stringify(message));
    }
  });

  it('tell what broke the run off', () => {
    const exception = {
      type: 'Error',
      message: 'x',
      stackTrace: 'Error: a worker died\n    at /work/a.js:1:2',
    };
    const finished = { success: false, timestamp: { seconds: 0, nanos: 0 }, exception };
    assert.deepEqual(lines()({ testRunFinished: finished }), [
      '',
      'The run broke off:',
      '  Error: a worker died',
      '      at a.js:1:2',
      '',
      'no scenario ran',
      '0 ms',
    ]);
  });
});

const wholeRun = `✓ an order is accepted  features/orders.feature:9  <time>  (near its deadline: <time> of <time>)
✗ an order is <rejected> & refused  features/orders.feature:12  <time>
    Then the response status is 201  features/orders.feature:13
      Error: expected 201 <created>, got 500
          + expected - actual

          -500
          +201

          at World.check (steps.js:9:23)
    timeline:
      ... 11 earlier lines: see out/html/index.html
${'      GET /orders\n'.repeat(19)}      the last <line> & more
? an order is misspelt  features/orders.feature:16  <time>
    Then the respons status is 201 (undefined)  features/orders.feature:17
    And the moon rises (undefined)  features/orders.feature:18
! an order is not written yet  features/orders.feature:20  <time>
    When nothing is written yet (pending)  features/orders.feature:21
- an order is left out  features/orders.feature:23  <time>
✗ an order without a lane  features/orders.feature:27  <time>
    Before hook "reset the lane"  steps.js:11
      Error: the lane is gone
          at World.<anonymous> (steps.js:11:71)
✗ an order without evidence  features/orders.feature:31  <time>  (near its deadline: <time> of <time>)
    After hook "collect evidence"  steps.js:12
      Error: no evidence
          at World.<anonymous> (steps.js:12:71)
✗ an order with two meanings  features/orders.feature:34  <time>
    Then two definitions (ambiguous)  features/orders.feature:35
      matches more than one definition:
      two definitions  steps.js:23
      ^two definitions$  steps.js:24
✗ an order with a cause  features/orders.feature:37  <time>
    When a cause is known  features/orders.feature:38
      Error: the order was not stored
          at World.<anonymous> (steps.js:20:40)
      Caused by: Error: connection refused
          at World.<anonymous> (steps.js:20:87)
✓ an order of tea  features/orders.feature:48  <time>

Failed scenarios:
  ✗ features/orders.feature:12  an order is <rejected> & refused
  ✗ features/orders.feature:27  an order without a lane
  ✗ features/orders.feature:31  an order without evidence
  ✗ features/orders.feature:37  an order with a cause

Ambiguous scenarios:
  ✗ features/orders.feature:34  an order with two meanings

Scenarios with undefined steps:
  ? features/orders.feature:16  an order is misspelt

Pending scenarios:
  ! features/orders.feature:20  an order is not written yet

Undefined steps:
  ? Then the respons status is 201  features/orders.feature:17
      did you mean
        the response status is {status}
  ? And the moon rises  features/orders.feature:18
      no known step is near; to define it:
        Then('the moon rises', function () {
          // Write code here that turns the phrase above into concrete actions
          return 'pending';
        });

10 scenarios (✗ 4 failed, ✗ 1 ambiguous, ? 1 undefined, ! 1 pending, - 1 skipped, ✓ 2 passed)
23 steps (✗ 2 failed, ✗ 1 ambiguous, ? 2 undefined, ! 1 pending, - 4 skipped, ✓ 13 passed)
<time>
`;

const brokenRun = `✗ BeforeAll hook "start the environment"  steps.js:33
      Error: no postgres
          at Object.<anonymous> (steps.js:33:92)
✗ AfterAll hook "stop the environment"  steps.js:34
      Error: still running
          at Object.<anonymous> (steps.js:34:89)

Failed hooks:
  ✗ steps.js:33  BeforeAll hook "start the environment"
  ✗ steps.js:34  AfterAll hook "stop the environment"

no scenario ran
2 hooks of the run failed
<time>
`;

const retriedRun = `↻ works the second time  features/retry.feature:3  <time>  (attempt 1 failed, trying again)
    When it works the second time  features/retry.feature:4
      Error: not yet
          at World.<anonymous> (steps.js:19:70)
✓ works the second time  features/retry.feature:3  <time>  (attempt 2)
↻ never works  features/retry.feature:6  <time>  (attempt 1 failed, trying again)
    When a cause is known  features/retry.feature:7
      Error: the order was not stored
          at World.<anonymous> (steps.js:20:40)
      Caused by: Error: connection refused
          at World.<anonymous> (steps.js:20:87)
✗ never works  features/retry.feature:6  <time>  (attempt 2)
    When a cause is known  features/retry.feature:7
      Error: the order was not stored
          at World.<anonymous> (steps.js:20:40)
      Caused by: Error: connection refused
          at World.<anonymous> (steps.js:20:87)

Failed scenarios:
  ✗ features/retry.feature:6  never works

Passed only when tried again:
  ✓ features/retry.feature:3  works the second time

2 scenarios (✗ 1 failed, ✓ 1 passed)
2 steps (✗ 1 failed, ✓ 1 passed)
<time>
`;
