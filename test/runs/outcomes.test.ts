import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { outcomes, Project, type RunResult, runOnce } from './project';
import { echo, echoService, passing } from './services';

const steps = `
const { Given, Before, After, BeforeAll, AfterAll } = require('@cucumber/cucumber');
Given('a step that is not written yet', () => 'pending');
Given('a step that fails', () => { throw new Error('the moon is down'); });
const bad = (where) => { if (process.env.BAD === where) throw new Error('bad ' + where); };
Before(() => bad('Before'));
After(() => bad('After'));
BeforeAll(() => bad('BeforeAll'));
AfterAll(() => bad('AfterAll'));
`;

const allKinds = `Feature: outcomes
  Scenario: fails
    Given a step that fails
  Scenario: pends
    Given a step that is not written yet
  Scenario: is unknown
    When I send GET "/hello"
    Then the respons status is 200
    And cache kay "a" is "b"
    And the sun sets in the west
  Scenario: passes
    When I send GET "/hello"
    Then the response status is 200
`;

const reportFiles = ['cucumber.json', 'messages.ndjson', 'junit.xml', 'html/index.html'];
const files = { 'echo.js': echoService, 'steps.js': steps };
const brine = `{ services: { ${echo} } }`;

function assertReported(project: Project): void {
  for (const file of reportFiles) assert.ok(project.has(`reports/out/${file}`), `${file} was not written`);
  JSON.parse(project.read('reports/out/cucumber.json'));
  assert.match(project.read('reports/out/junit.xml'), /<\/testsuite>/);
}

describe('a run with scenarios that do not pass', () => {
  let project: Project;
  let result: RunResult;
  before(async () => {
    project = await Project.create({ files: { ...files, 'features/all.feature': allKinds }, brine });
    result = await project.run();
  });
  after(() => project[Symbol.asyncDispose]());

  it('ends with a code that says so, and leaves nothing behind', async () => {
    assert.equal(result.exitCode, 1);
    await project.leavesNothing();
  });

  it('goes on after each of them', () => {
    assert.deepEqual(outcomes(result), {
      fails: 'FAILED',
      pends: 'PENDING',
      'is unknown': 'UNDEFINED',
      passes: 'PASSED',
    });
  });

  it('suggests the known steps nearest to an undefined one, with their parameters', () => {
    assert.match(
      result.output,
      /the respons status is 200.*\n.*did you mean\n\s+the response status is \{status\}/,
    );
    assert.match(
      result.output,
      /cache kay "a" is "b".*\n.*did you mean\n\s+cache key \{string\} is \{literal\}/,
    );
    assert.match(
      result.output,
      /the sun sets in the west.*\n\s+no known step is near; to define it:\n\s+assertion\(\n\s+'the sun sets in the west',\n\s+\{ doc: /,
    );
  });

  it('writes every report, and says where the page is', () => {
    assertReported(project);
    assert.match(result.output, /report: reports\/out\/html\/index\.html/);
    const page = project.read('reports/out/html/index.html');
    assert.match(page, /outcomes/);
  });
});

it('what is suggested for an undefined step has no type in the place of its words', async () => {
  const feature =
    'Feature: words\n  Scenario: undefined\n    When I publish something\n    And the Moon rises 5 minutes later\n';
  const { output } = await runOnce({ files: { ...files, 'features/words.feature': feature }, brine });
  assert.match(output, /'I publish something',/);
  assert.match(output, /'the Moon rises \{duration\} later',/);
});

describe('one scenario that does not pass is enough to fail a run:', { concurrency: 2 }, () => {
  for (const [status, name] of [
    ['undefined', 'is unknown'],
    ['pending', 'pends'],
  ]) {
    it(`${status}`, async () => {
      const plan = { files: { ...files, 'features/all.feature': allKinds }, brine };
      const { exitCode, output } = await runOnce(plan, ['--name', `^(${name}|passes)$`]);
      assert.equal(exitCode, 1);
      assert.match(output, new RegExp(`2 scenarios \\(. 1 ${status}, . 1 passed\\)`));
    });
  }
});

describe("an error in a user's hook fails the run, which is reported and leaves nothing:", {
  concurrency: 2,
}, () => {
  for (const hook of ['Before', 'After', 'BeforeAll', 'AfterAll']) {
    it(hook, async () => {
      await using project = await Project.create({
        files: { ...files, 'features/echo.feature': passing },
        brine,
      });
      const { output, exitCode } = await project.run([], { BAD: hook });
      assert.equal(exitCode, 1);
      assert.match(output, new RegExp(`${hook} hook.*steps\\.js:\\d+\\n\\s+Error: bad ${hook}\\n`));
      assertReported(project);
      await project.leavesNothing();
    });
  }
});
