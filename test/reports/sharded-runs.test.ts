import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { eventually } from '../../support/time';
import { Project, type RunResult } from '../runs/project';
import { echo, echoService } from '../runs/services';

const root = resolve(__dirname, '../..');

const features = {
  'features/orders.feature': `Feature: orders
  Scenario: one
    When I send GET "/one"
    Then the response status is 200
  Scenario Outline: of <item>
    When I send GET "/<item>"
    Then the response status is 200
    Examples:
      | item   |
      | tea    |
      | coffee |
`,
  'features/stock.feature': `Feature: stock
  Scenario: it may fail
    Given the moon is up
    When I send GET "/stock"
    Then the response status is 200
`,
};

const steps = `require('@cucumber/cucumber').Given('the moon is up', () => {
  if (process.env.MOON === 'down') throw new Error('the moon is down');
  if (process.env.MOON !== 'rising') return undefined;
  console.log('WAITING');
  return new Promise(() => setTimeout(() => {}, 30_000));
});`;

const shards = {
  first: { shard: '1/2', env: {} },
  second: { shard: '2/2', env: {} },
  failing: { shard: '2/2', env: { MOON: 'down' } },
  empty: { shard: '9/9', env: {} },
} as const;
type Shard = keyof typeof shards;

describe('shards of a suite', () => {
  let project: Project;
  let runs: Record<Shard, RunResult>;
  before(async () => {
    project = await Project.create({
      files: { ...features, 'echo.js': echoService, 'steps.js': steps },
      brine: `{ services: { ${echo} } }`,
    });
    const started = (Object.keys(shards) as Shard[]).map(async (name) => {
      const { shard, env } = shards[name];
      return [
        name,
        await project.run(['--shard', shard], { ...env, BRINE_REPORTS_DIRECTORY: name }),
      ] as const;
    });
    runs = Object.fromEntries(await Promise.all(started)) as Record<Shard, RunResult>;
  });
  after(() => project[Symbol.asyncDispose]());

  it('each pass or fail alone, and leave nothing behind', async () => {
    const codes = Object.entries(runs).map(([name, { exitCode }]) => [name, exitCode]);
    assert.deepEqual(Object.fromEntries(codes), { first: 0, second: 0, failing: 1, empty: 0 });
    await project.leavesNothing();
  });

  it('run every scenario once between them', () => {
    assert.deepEqual([...ranIn('first'), ...ranIn('second')].sort(), [
      'it may fail',
      'of coffee',
      'of tea',
      'one',
    ]);
    assert.deepEqual(ranIn('failing'), ranIn('second'));
    assert.deepEqual(ranIn('empty'), []);
  });

  it('write a report each, also the one for which no scenario is left', () => {
    for (const name of Object.keys(shards)) {
      for (const file of ['cucumber.json', 'messages.ndjson', 'junit.xml', 'html/index.html']) {
        assert.ok(project.has(join(name, file)), `${name}/${file}`);
      }
    }
    assert.match(project.read('empty/html/index.html'), /No scenario ran/);
  });

  it('start nothing where there is nothing to run', () => {
    assert.match(runs.empty.output, /no scenario was chosen, so nothing is started: none of \d+ fits/);
  });

  it('merge into one report that passes, with the counts of both', async () => {
    const { code, stdout, stderr } = await report('first/messages.ndjson', 'second/messages.ndjson');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^✓ shard 1 {2}first\/messages\.ndjson {2}2 scenarios \(✓ 2 passed\), 1 lane, /);
    assert.match(stdout, /\n4 scenarios \(✓ 4 passed\)\n9 steps \(✓ 9 passed\)\n/);
    assert.match(stdout, /\nreport: reports\/out-merged\/html\/index\.html\n$/);
    assert.match(
      project.read('reports/out-merged/junit.xml'),
      /<testsuite [^>]*tests="4" skipped="0" failures="0"/,
    );
  });

  it('fail the merge when one of them failed', async () => {
    const { code, stdout } = await report('first/messages.ndjson', 'failing/messages.ndjson', '--out', 'all');
    assert.equal(code, 1);
    assert.match(stdout, /✗ shard 2 {2}failing\/messages\.ndjson {2}2 scenarios \(✗ 1 failed, ✓ 1 passed\)/);
    assert.match(stdout, /Failed scenarios:\n {2}✗ features\/stock\.feature:2 {2}it may fail\n/);
    const page = project.read('all/html/index.html');
    assert.match(page, /2, failed: 2/);
  });

  it('fail the merge when one of them was killed, which the report shows up to there', async () => {
    const run = project.start(['--shard', '2/2'], {
      env: { MOON: 'rising', BRINE_REPORTS_DIRECTORY: 'killed' },
    });
    await run.says(/WAITING/);
    // the runner writes its messages a little later than a step its words
    await eventually(
      async () => assert.equal(project.read('killed/messages.ndjson').split('"testCaseStarted":').length, 3),
      { withinMs: 5_000 },
    );
    run.kill('SIGKILL');
    await run.ended;
    const { code, stdout } = await report('first/messages.ndjson', 'killed/messages.ndjson', '--out', 'all');
    assert.equal(code, 1);
    assert.match(
      stdout,
      /✗ shard 2 {2}killed\/messages\.ndjson {2}the run was cut off, 2 scenarios \(✗ 1 failed, /,
    );
    assert.match(stdout, /Failed scenarios:\n {2}✗ features\/stock\.feature:2 {2}it may fail\n/);
  });

  it('are found by a glob that no shell has expanded', async () => {
    const { code, stdout } = await report(
      '{first,second,empty}/messages.ndjson',
      '--shards',
      '3',
      '--out',
      'all',
    );
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^✓ shard 1 {2}empty\/messages\.ndjson {2}no scenario ran, /);
  });

  it('are not merged when the command is wrong, with another exit code', async () => {
    for (const [args, message] of [
      [[], /npm run report -- \[options\] <messages\.ndjson/],
      [['nothing-*/messages.ndjson'], /no file matches nothing-\*/],
      [['first/messages.ndjson', '--shards', 'two'], /--shards takes a number from 1, not two/],
      [['none.ndjson'], /none\.ndjson: there is no such file/],
    ] as const) {
      const { code, stderr } = await report(...args);
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.match(stderr, /BRINE_REPORT_00[12]/);
    }
  });

  function messagesOf(name: Shard): Envelope[] {
    const lines = project.read(join(name, 'messages.ndjson')).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line));
  }

  function ranIn(name: Shard): string[] {
    const messages = messagesOf(name);
    const names = new Map(messages.flatMap(({ pickle }) => (pickle ? [[pickle.id, pickle.name]] : [])));
    return messages.flatMap(({ testCase }) => (testCase ? [names.get(testCase.pickleId) ?? '?'] : []));
  }

  function report(...args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
    const command = [
      '--require',
      join(root, 'support/typescript/register.js'),
      join(root, 'reports/merge.ts'),
      ...args,
    ];
    return new Promise((done) => {
      execFile(process.execPath, command, { cwd: project.directory }, (error, stdout, stderr) =>
        done({ code: error === null ? 0 : error.code, stdout, stderr }),
      );
    });
  }
});
