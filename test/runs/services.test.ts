import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { outcomes, Project, type RunResult, runOnce } from './project';
import { echo, echoService, passing } from './services';

const dying = `Feature: dying
  Scenario: while an event is awaited
    When I send POST "/die-soon"
    Then within 30 seconds topic "orders" has 1 event
  Scenario: while an answer is awaited
    When I send POST "/die-soon"
    Then within 30 seconds GET "/hang" answers 200
  Scenario: instead of answering
    When I send POST "/die?code=9"
    Then the response status is 200
  Scenario: unnoticed by any step
    When I send POST "/die-later"
    Then for 400 ms topic "orders" has no events
  Scenario: afterwards it lives again
    When I send GET "/hello"
    Then the response status is 200
`;

describe('a service that dies in the middle of a scenario', () => {
  let project: Project;
  let result: RunResult;
  before(async () => {
    project = await Project.create({
      files: { 'echo.js': echoService, 'features/dying.feature': dying },
      brine: `{ kafka: { topics: { orders: {} } }, services: { ${echo} } }`,
    });
    result = await project.run();
  });
  after(() => project[Symbol.asyncDispose]());

  it('fails that scenario, and no other', () => {
    assert.equal(result.exitCode, 1);
    assert.deepEqual(outcomes(result), {
      'while an event is awaited': 'FAILED',
      'while an answer is awaited': 'FAILED',
      'instead of answering': 'FAILED',
      'unnoticed by any step': 'FAILED',
      'afterwards it lives again': 'PASSED',
    });
  });

  it('ends a wait at once', () => {
    const longest = Math.max(...failedStepsMs(result));
    assert.ok(longest < 5_000, `a step waited for ${longest} ms`);
  });

  it('is named with its exit code and the end of its log, once for each scenario', () => {
    const told = result.output.match(
      /service "echo" ended with code 7 during the run\n\s+the end of its log:\n(\s+.*\n)*?\s+the database is on fire\n/g,
    );
    assert.equal(told?.length, 3);
    assert.equal(result.output.match(/service "echo" ended with code 9 during the run\n/g)?.length, 1);
  });

  it('is started again before the next scenario, which is noted', () => {
    assert.match(
      result.output,
      /afterwards it lives again .*\(service "echo" ended with code 7 before this scenario, and was started again\)/,
    );
  });

  it('leaves nothing behind', () => project.leavesNothing());
});

describe('a service that does not start', { concurrency: 2 }, () => {
  it('because it exits at once is told at once, with its code and the end of its log', async () => {
    const { output, exitCode, durationMs, messages } = await runOnce({
      files: {
        'echo.js': 'console.error("no such table: users"); process.exit(3);',
        'features/a.feature': passing,
      },
      brine: `{ services: { ${echo} } }`,
    });
    assert.equal(exitCode, 1);
    assert.match(
      output,
      /service "echo" ended with code 3 while it was starting\n\s+the end of its log:\n\s+no such table: users\n\s+-> .*its command was: node echo\.js/,
    );
    assert.ok(durationMs < 15_000, `it took ${durationMs} ms`);
    assert.ok(!messages.some(({ testCaseStarted }) => testCaseStarted), 'a scenario ran');
    assert.doesNotMatch(output, /ENOENT|UnhandledPromise/);
  });

  it('because it has nothing to do, and ends without an error, is told as well', async () => {
    const { output, exitCode } = await runOnce({
      files: { 'echo.js': 'console.log("nothing to do");', 'features/a.feature': passing },
      brine: `{ services: { ${echo} } }`,
    });
    assert.equal(exitCode, 1);
    assert.match(
      output,
      /service "echo" ended with code 0 while it was starting\n\s+the end of its log:\n\s+nothing to do\n/,
    );
  });

  it('because its health check never answers is given its time, and told with the path that was asked', async () => {
    const { output, exitCode } = await runOnce({
      files: { 'echo.js': echoService, 'features/a.feature': passing },
      brine: `{ services: { echo: { command: 'node echo.js', env: { PORT: '{{self.port}}' }, health: '/hang', startTimeout: '700 ms' } } }`,
    });
    assert.equal(exitCode, 1);
    assert.match(
      output,
      /service "echo" was not healthy within 700 ms: http:\/\/127\.0\.0\.1:\d+\/hang .*did not answer within 2 s/,
    );
  });

  it('because there is no such program says what the shell says', async () => {
    const { output, exitCode } = await runOnce({
      files: { 'features/a.feature': passing },
      brine: `{ services: { echo: { command: 'nodde echo.js' } } }`,
    });
    assert.equal(exitCode, 1);
    assert.match(
      output,
      /service "echo" ended with code 127 while it was starting\n(\s+.*\n)*?.*nodde.*not found/,
    );
  });

  it('because it never gets healthy is given its time, and told with the path that was asked', async () => {
    const { output, exitCode, durationMs } = await runOnce({
      files: { 'echo.js': echoService, 'features/a.feature': passing },
      brine: `{ services: { echo: { command: 'node echo.js', env: { PORT: '0' }, startTimeout: '700 ms' } } }`,
    });
    assert.equal(exitCode, 1);
    assert.match(
      output,
      /service "echo" was not healthy within 700 ms: http:\/\/127\.0\.0\.1:\d+\/health gave an error: .*ECONNREFUSED.*\n\s+the end of its log:\n\s+listening\n/,
    );
    assert.match(output, /services\.echo\.startTimeout the time given/);
    assert.ok(durationMs < 15_000, `it took ${durationMs} ms`);
  });

  it('because one beside it does not is ended with it', async () => {
    const { output, exitCode } = await runOnce({
      files: { 'echo.js': echoService, 'features/a.feature': passing },
      brine: `{ services: { ${echo}, broken: { command: 'exit 4' } } }`,
    });
    assert.equal(exitCode, 1);
    assert.match(output, /service "broken" ended with code 4 while it was starting\n\s+\(it wrote no log\)/);
  });

  it('because it runs nowhere is told with its URL', async () => {
    const { output, exitCode } = await runOnce({
      files: { 'features/a.feature': passing },
      brine: `{ services: { echo: { url: 'http://127.0.0.1:9/', startTimeout: '300 ms' } } }`,
    });
    assert.equal(exitCode, 1);
    assert.match(
      output,
      /services\.echo\.url says that it already runs at http:\/\/127\.0\.0\.1:9: start it, or/,
    );
  });
});

describe('the end of a service', { concurrency: 2 }, () => {
  it('waits for what it has to finish, also behind the shell that its command was given to', async () => {
    const slow = echoService.replace(
      'process.exit(0)',
      "setTimeout(() => { require('node:fs').writeFileSync('finished', ''); process.exit(0); }, 600)",
    );
    await using project = await Project.create({
      files: { 'echo.js': slow, 'features/a.feature': passing },
      brine: `{ services: { ${echo.replace('node echo.js', 'true; node echo.js; true')} } }`,
    });
    const { output, exitCode } = await project.run();
    assert.equal(exitCode, 0, output);
    assert.ok(project.has('finished'), output);
    assert.doesNotMatch(output, /was killed/);
    await project.leavesNothing();
  });

  it('that refuses is forced, on what it had started, too, and told', async () => {
    const stubborn = `${echoService.replace("process.on('SIGTERM', () => process.exit(0));", "process.on('SIGTERM', () => {});")}
      require('node:child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"]);
    `;
    const { output, exitCode } = await runOnce({
      files: { 'echo.js': stubborn, 'features/a.feature': passing },
      brine: `{ services: { ${echo} } }`,
    });
    assert.equal(exitCode, 0, output);
    assert.match(
      output,
      /the end of service "echo" of lane 0: it did not end within 3 s of SIGTERM, and was killed\n/,
    );
  });
});

function failedStepsMs({ messages }: RunResult): number[] {
  return messages
    .flatMap(({ testStepFinished }) => (testStepFinished ? [testStepFinished.testStepResult] : []))
    .filter(({ status }) => status === 'FAILED')
    .map(({ duration }) => duration.seconds * 1_000 + duration.nanos / 1e6);
}
