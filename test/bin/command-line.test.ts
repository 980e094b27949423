import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Project } from '../runs/project';
import { brine } from './brine';

const ownSteps = `
const { setup } = require(${JSON.stringify(require.resolve('../../index.ts'))});
setup('the moon is full', { doc: 'Waits for a month.', examples: ['Given the moon is full'] }, () => {});
`;

describe('the command line', () => {
  let project: Project;
  before(async () => {
    project = await Project.create({ files: { 'steps.js': ownSteps } });
  });
  after(() => project[Symbol.asyncDispose]());

  for (const args of [['--help'], ['-h'], ['help'], ['doctor', '--help']]) {
    test(`${args.join(' ')} says how it is used`, async () => {
      const { stdout, exitCode } = await brine(project, args);
      assert.equal(exitCode, 0);
      assert.match(stdout, /^Usage: npx brine <command>\n/);
      assert.match(stdout, /doctor \[--profile <name>\]/);
    });
  }

  test('an unknown command is answered with the nearest one and the usage', async () => {
    const { stdout, stderr, exitCode } = await brine(project, ['docter']);
    assert.equal(exitCode, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^brine: unknown command "docter"\. did you mean "doctor"\?\n\nUsage: /);
  });

  for (const args of [[], ['--nope'], ['doctor', '--profile']]) {
    test(`a wrong call (${args.join(' ')}) is answered with the usage`, async () => {
      const { stderr, exitCode } = await brine(project, args);
      assert.equal(exitCode, 2);
      assert.match(stderr, /^brine: .*\n\nUsage: /s);
      assert.doesNotMatch(stderr, /^\s+at /m);
    });
  }

  test('report merges the reports of shards, and says what cannot be merged', async () => {
    await project.write({ 'features/a.feature': 'Feature: a\n  Scenario: b\n    Given the moon is full\n' });
    const run = await project.run(['--shard', '1/2']);
    assert.equal(run.exitCode, 0, run.output);
    const files = 'reports/out/messages.ndjson';
    const merged = await brine(project, ['report', '--out', 'merged', '--shards', '2', files]);
    assert.equal(merged.exitCode, 1);
    assert.match(merged.stdout, /✓ shard 1 {2}.*1 scenario \(✓ 1 passed\)/);
    assert.match(merged.stdout, /✗ there are reports of 1 shard, and there should be 2/);
    assert.ok(project.has('merged/html/index.html'));
    const none = await brine(project, ['report', 'nowhere-*/messages.ndjson']);
    assert.equal(none.exitCode, 2);
    assert.match(none.stderr, /^npx brine report: no file matches nowhere-\*\/messages\.ndjson/);
  });

  test('a profile that does not exist is an error without a stack', async () => {
    const { stderr, exitCode } = await brine(project, ['doctor', '-p', 'nope']);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^brine: .*"nope".*\n$/);
  });

  test('a project without brine({...}) is told so', async () => {
    await using bare = await Project.create({
      files: { 'cucumber.js': 'module.exports = { default: {} };' },
    });
    const { stderr, exitCode } = await brine(bare, ['doctor']);
    assert.equal(exitCode, 1);
    assert.match(stderr, /default profile of .* is not made with brine\(\{\.\.\.\}\)/);
  });

  test('steps lists those that have all of the words, with text and example', async () => {
    const { stdout, exitCode } = await brine(project, ['steps', 'Cache', 'absent']);
    assert.equal(exitCode, 0);
    assert.match(
      stdout,
      /^Then cache key \{string\} is absent\n {2}There is no such key.*\n {4}Then .*absent\n$/m,
    );
    const steps = stdout.trim().split('\n\n');
    for (const step of steps) assert.match(step, /cache.*absent|absent.*cache/is);
    assert.ok(steps.length < 10, stdout);
  });

  test("steps knows the project's own, too", async () => {
    const { stdout } = await brine(project, ['steps', 'moon']);
    assert.equal(stdout, 'Given the moon is full\n  Waits for a month.\n    Given the moon is full\n');
  });

  test('steps without words lists all of them', async () => {
    const { stdout } = await brine(project, ['steps']);
    assert.ok((stdout.match(/^(Given|When|Then) /gm)?.length ?? 0) > 30);
  });

  test('steps that finds nothing says so', async () => {
    const { stdout, exitCode } = await brine(project, ['steps', 'zebra', 'cache']);
    assert.equal(exitCode, 1);
    assert.match(stdout, /no step has all of: zebra, cache/);
  });
});
