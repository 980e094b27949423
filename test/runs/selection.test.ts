import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { outcomes, Project, type RunResult } from './project';
import { echo, echoService } from './services';

const steps = `
const { existsSync, writeFileSync } = require('node:fs');
const { When } = require('@cucumber/cucumber');
When('it works the second time', () => {
  if (existsSync('tried')) return;
  writeFileSync('tried', '');
  throw new Error('not yet');
});
When('it fails', () => { throw new Error('it failed'); });
`;

const one = `@smoke
Feature: one
  Scenario: greets
    When I send GET "/hello"
    Then the response status is 200
  @slow
  Scenario: greets slowly
    When I send GET "/hello"
    Then the response status is 2xx
`;

const two = `Feature: two
  @broken
  Scenario: fails
    When it fails
  @flaky
  Scenario: works the second time
    When it works the second time
  Scenario: comes last
    When I send GET "/hello"
`;

describe("the runner's own options keep working:", { concurrency: 2 }, () => {
  async function selected(...args: string[]): Promise<{ names: string[]; result: RunResult }> {
    await using project = await Project.create({
      files: {
        'echo.js': echoService,
        'steps.js': steps,
        'features/one.feature': one,
        'features/two.feature': two,
      },
      brine: `{ services: { ${echo} } }`,
    });
    const result = await project.run(args);
    await project.leavesNothing();
    return { names: Object.keys(outcomes(result)), result };
  }

  for (const shard of ['0/4', '5/4', '1/0']) {
    it(`--shard ${shard}, which there cannot be, fails: as an empty one it would pass`, async () => {
      const { names, result } = await selected('--shard', shard);
      assert.deepEqual(names, []);
      assert.equal(result.exitCode, 1, result.output);
      const [, total] = shard.split('/');
      const known = total === '0' ? 'none' : '1/4 to 4/4';
      assert.ok(
        result.output.includes(
          `--shard ${shard} chooses nothing: shards are counted from 1 to ${total}\n  -> shards: ${known}  [BRINE_SELECT_001]`,
        ),
        result.output,
      );
    });
  }

  it('--tags', async () => {
    const { names, result } = await selected('--tags', '@smoke and not @slow');
    assert.deepEqual(names, ['greets']);
    assert.equal(result.exitCode, 0, result.output);
  });

  it('a feature on the command line, with a line', async () => {
    const { names, result } = await selected('features/one.feature:3');
    assert.deepEqual(names, ['greets']);
    assert.equal(result.exitCode, 0);
  });

  it('--order', async () => {
    const { names, result } = await selected('--order', 'random:7', 'features/one.feature');
    assert.deepEqual(names.sort(), ['greets', 'greets slowly']);
    assert.equal(result.exitCode, 0, result.output);
  });

  it('--fail-fast and --name', async () => {
    const { result } = await selected('--fail-fast', '--name', '^(fails|comes last)$');
    assert.deepEqual(outcomes(result), { fails: 'FAILED', 'comes last': 'SKIPPED' });
    assert.equal(result.exitCode, 1);
  });

  it('--retry', async () => {
    const { result } = await selected('--retry', '1', '--tags', '@flaky');
    assert.deepEqual(outcomes(result), { 'works the second time': 'PASSED' });
    assert.equal(result.exitCode, 0, result.output);
    assert.match(result.output, /1 scenario \(. 1 passed\)/);
  });

  it('--format, beside the formats of the profile', async () => {
    await using usage = await Project.create();
    const { result } = await selected(
      '--format',
      `usage-json:${usage.path('usage.json')}`,
      '--tags',
      '@slow',
    );
    assert.equal(result.exitCode, 0);
    assert.match(usage.read('usage.json'), /"pattern": "the response status is \{status\}"/);
    assert.match(result.output, /✓ greets slowly/);
    assert.ok(result.messages.length > 0);
  });

  for (const dryRun of ['--dry-run', '-d']) {
    it(`${dryRun} starts nothing`, async () => {
      const { result } = await selected(dryRun, 'features/one.feature');
      assert.deepEqual(outcomes(result), { greets: 'SKIPPED', 'greets slowly': 'SKIPPED' });
      assert.equal(result.exitCode, 0);
      assert.doesNotMatch(result.output, /embedded/);
    });
  }

  it('--profile, and no letter of its name is taken for -d', async () => {
    const { result } = await selected('-pdefault', '--tags', '@slow');
    assert.deepEqual(outcomes(result), { 'greets slowly': 'PASSED' });
  });

  for (const args of [[], ['--parallel', '2']]) {
    it(`a selection of nothing starts nothing and passes ${args.join(' ')}`, async () => {
      const { names, result } = await selected('--tags', '@smoke and @broken', ...args);
      assert.deepEqual(names, []);
      assert.equal(result.exitCode, 0, result.output);
      assert.doesNotMatch(result.output, /embedded/);
      assert.match(result.output, /no scenario was chosen, so nothing is started: none of 5 fits/);
    });
  }

  for (const { args, says } of [
    {
      args: ['--tags', '@smok or @brokn'],
      says: /--tags "@smok or @brokn" chooses nothing: no scenario has the tag @smok\n.*did you mean "@smoke"\? tags: @broken, @flaky, @slow, @smoke {2}\[BRINE_SELECT_001\]/,
    },
    {
      args: ['--name', 'greats', '--name', 'fails'],
      says: /--name "greats" chooses nothing: no scenario has such a name\n.*did you mean "greets"\?/,
    },
    {
      args: ['features/ona.feature', 'features/two.feature'],
      says: /the path "features\/ona\.feature" chooses nothing: there is no such file or folder\n.*did you mean "features\/one\.feature"\?/,
    },
    {
      args: ['features/one.feature:4'],
      says: /the path "features\/one\.feature:4" chooses nothing: no scenario begins at line 4\n.*examples: 3, 7 /,
    },
  ]) {
    it(`what is nowhere fails the run before anything starts: ${args.join(' ')}`, async () => {
      const { names, result } = await selected(...args);
      assert.deepEqual(names, []);
      assert.equal(result.exitCode, 1, result.output);
      assert.match(result.output, says);
      assert.doesNotMatch(result.output, /embedded|^\s+at /m);
    });
  }

  it('an expression with a tag that is nowhere is fine when it chooses something', async () => {
    const { names, result } = await selected('--tags', '@slow and not @wip');
    assert.deepEqual(names, ['greets slowly']);
    assert.equal(result.exitCode, 0, result.output);
  });
});

describe('a feature that cannot be read', () => {
  it('is named with its line, and nothing is started', async () => {
    await using project = await Project.create({
      files: {
        'echo.js': echoService,
        'features/one.feature': one,
        'features/wrong.feature': 'Feature: wrong\n  Scenario: x\n    When it fails\n   oh dear\n',
      },
      brine: `{ services: { ${echo} } }`,
    });
    const { output, exitCode, durationMs } = await project.run();
    assert.equal(exitCode, 1);
    assert.match(output, /Parse error in "features\/wrong\.feature" \(4:4\)/);
    assert.doesNotMatch(output, /embedded|could not be built|^\s+at /m);
    assert.ok(durationMs < 8_000, `it took ${durationMs} ms`);
    await project.leavesNothing();
  });
});
