import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { outcomes, runOnce } from './project';
import { echo, echoService } from './services';

const untested = `@all
Feature: looks tested
  Background:
    Given variable "a" is set to "b"

  # a comment
  Scenario: greets

    Whn I send GET "/hello"

  Scenario: forgotten

  Scenario: half
    A text that explains something.
    Gievn variable "b" is set to "c"
    Then variable "b" is "c"

  @outline
  Scenario Outline: of <n>
    Then variable "a" is "<n>"
    @none
    Examples:
      | n |

  @fine
  Scenario: fine
    The variable is there when somebody has set it.
    Then variable "a" is "b"
`;

const plan = {
  files: { 'echo.js': echoService, 'features/untested.feature': untested },
  brine: `{ services: { ${echo} } }`,
};

const all = [
  /features\/untested\.feature:9 {2}"Whn I send GET "\/hello"" is no step, but a description of scenario "greets"; did you mean "When"\?/,
  /features\/untested\.feature:11 {2}scenario "forgotten" has no steps/,
  /features\/untested\.feature:15 {2}"Gievn variable "b" is set to "c"" is no step, but a description of scenario "half"; did you mean "Given"\?/,
  /features\/untested\.feature:22 {2}the examples of "of <n>" have no rows, so it does not run/,
];

describe('what would pass without a test fails the run before anything starts, with its line:', {
  concurrency: 2,
}, () => {
  for (const args of [[], ['--dry-run']]) {
    it(`scenarios without steps, misspelt keywords, empty examples ${args.join(' ')}`, async () => {
      const { output, exitCode, messages } = await runOnce(plan, args);
      assert.equal(exitCode, 1, output);
      for (const place of all) assert.match(output, place);
      assert.equal(output.match(/untested\.feature:/g)?.length, all.length, output);
      assert.match(output, /BRINE_FEATURE_001/);
      assert.doesNotMatch(output, /embedded|^\s+at /m);
      assert.ok(messages.every(({ testCaseStarted }) => testCaseStarted === undefined));
    });
  }

  it('examples that were not chosen do not matter', async () => {
    const result = await runOnce(plan, ['--tags', '@fine']);
    assert.equal(result.exitCode, 0, result.output);
    assert.deepEqual(outcomes(result), { fine: 'PASSED' });
  });

  it('the keywords are those of the language', async () => {
    const german = `# language: de
Funktionalität: x
  Szenario: grüßt
    Wen I send GET "/hello"
`;
    const { output, exitCode } = await runOnce({
      ...plan,
      files: { 'echo.js': echoService, 'features/de.feature': german },
    });
    assert.equal(exitCode, 1, output);
    assert.match(output, /de\.feature:4 .*did you mean "Wenn"\?/);
  });
});
