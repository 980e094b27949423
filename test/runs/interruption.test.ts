import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { eventually } from '../../support/time';
import { Project, type ProjectPlan, type Run, type RunResult } from './project';
import { echo, echoService } from './services';

const steps = `
const { When } = require('@cucumber/cucumber');
const never = () => new Promise(() => setInterval(() => {}, 1000));
When('a step takes long', { timeout: -1 }, () => { process.stdout.write('it takes long\\n'); return never(); });
When('a step exits with {int}', (code) => process.exit(code));
When('a step leaves a bomb', () => { setTimeout(() => { throw new Error('boom'); }, 10); });
When('a step holds everything up', () => { for (const end = Date.now() + 100; Date.now() < end; ); });
`;

const long = `Feature: long
  Scenario: it takes long
    When I send POST "/hello"
    And a step takes long
  Scenario: it takes long, too
    When I send POST "/hello"
    And a step takes long
`;

const noMemoryFolder = `
const fs = require('node:fs');
const { statfsSync } = fs;
fs.statfsSync = (path) => { if (path === '/dev/shm') throw new Error('no such folder'); return statfsSync(path); };
`;

/** Everything that a run can start on this machine: a server in a process of its own, and services. */
const plan: ProjectPlan = {
  files: {
    'echo.js': echoService,
    'steps.js': steps,
    'schema.sql': 'CREATE TABLE things (id int)',
    'features/long.feature': long,
  },
  brine: `{ databases: { main: { sql: ['schema.sql'] } }, services: { ${echo} } }`,
};

const npmRun = { command: ['npm', 'run', 'acceptance', '--'] as const };

/** What a person would wait for a run to end after Ctrl-C. */
const fewSeconds = 5_000;

async function interrupt(run: Run, signal: NodeJS.Signals, whom?: 'process' | 'group'): Promise<RunResult> {
  const begin = performance.now();
  run.kill(signal, whom);
  const result = await run.ended;
  const took = performance.now() - begin;
  assert.ok(took < fewSeconds, `the run went on for ${took} ms`);
  return result;
}

/** A worker has written to its standard output only when the main thread passed it on. */
async function inScenario(run: Run): Promise<void> {
  await run.says(/it takes long\n/);
}

describe('in the middle of a scenario', { concurrency: 2 }, () => {
  for (const [signal, code, whom, args] of [
    ['SIGINT', 130, 'process', []],
    ['SIGINT', 130, 'group', ['--parallel', '2']],
    ['SIGTERM', 143, 'process', ['--parallel', '2']],
    ['SIGHUP', 129, 'group', []],
  ] as const) {
    it(`${signal} to the ${whom} of \`cucumber-js ${args.join(' ')}\` ends the run and all it started`, async () => {
      await using project = await Project.create(plan);
      const run = project.start(args);
      await inScenario(run);
      const { exitCode, output } = await interrupt(run, signal, whom);
      await project.leavesNothing();
      assert.equal(exitCode, code);
      assert.match(output, new RegExp(`${signal}: ending what was started`));
      assert.doesNotMatch(output, /✗|^\s+at /m);
    });
  }

  it('Ctrl-C ends a run that npm started', async () => {
    await using project = await Project.create(plan);
    const run = project.start([], npmRun);
    await inScenario(run);
    const { exitCode, signal } = await interrupt(run, 'SIGINT', 'group');
    assert.ok(exitCode !== 0 || signal !== null);
    await project.leavesNothing(fewSeconds);
  });

  it('SIGTERM to npm ends the run that it started', async () => {
    await using project = await Project.create(plan);
    const run = project.start([], npmRun);
    await inScenario(run);
    const { exitCode, signal } = await interrupt(run, 'SIGTERM');
    assert.ok(exitCode !== 0 || signal !== null);
    await project.leavesNothing(fewSeconds);
  });

  it('a second Ctrl-C does no harm', async () => {
    await using project = await Project.create(plan);
    const run = project.start();
    await inScenario(run);
    run.kill('SIGINT', 'group');
    const { exitCode } = await interrupt(run, 'SIGINT', 'group');
    assert.equal(exitCode, 130);
    await project.leavesNothing(fewSeconds);
  });
});

describe('during the start', { concurrency: 2 }, () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`of a service, ${signal} ends it`, async () => {
      await using project = await Project.create({
        ...plan,
        files: { ...plan.files, 'echo.js': 'console.log(1); setInterval(() => {}, 1000);' },
      });
      const run = project.start();
      await started(project, 'echo.js');
      const { exitCode } = await interrupt(run, signal, 'group');
      await project.leavesNothing();
      assert.equal(exitCode, signal === 'SIGINT' ? 130 : 143);
    });

    it(`of a database, ${signal} ends its migration and its server`, async () => {
      await using project = await Project.create({
        files: { ...plan.files, 'migrate.js': 'setInterval(() => {}, 1000);' },
        brine: `{ databases: { main: { migrate: { command: 'node migrate.js ${signal}' } } } }`,
      });
      const run = project.start();
      await started(project, `migrate.js ${signal}`);
      const { exitCode } = await interrupt(run, signal, 'group');
      await project.leavesNothing();
      assert.equal(exitCode, signal === 'SIGINT' ? 130 : 143);
    });
  }
});

describe('a runner that is killed', { concurrency: 2 }, () => {
  it('leaves nothing for longer than a few seconds', async () => {
    await using project = await Project.create(plan);
    const run = project.start(['--parallel', '2']);
    await inScenario(run);
    run.kill('SIGKILL');
    await run.ended;
    await project.leavesNothing(fewSeconds);
  });

  it('leaves nothing of a start, either', async () => {
    await using project = await Project.create({
      files: { ...plan.files, 'migrate.js': 'setInterval(() => {}, 1000);' },
      brine: `{ databases: { main: { migrate: { command: 'node migrate.js' } } } }`,
    });
    const run = project.start();
    await started(project, 'migrate.js');
    run.kill('SIGKILL');
    await run.ended;
    await project.leavesNothing(fewSeconds);
  });

  it('leaves no shared memory of a PostgreSQL server that is killed with it', {
    skip: process.platform !== 'linux',
  }, async () => {
    await using project = await Project.create({
      files: { ...plan.files, 'migrate.js': 'setInterval(() => {}, 1000);' },
      brine: `{ databases: { main: { migrate: { command: 'node migrate.js' } } } }`,
    });
    const run = project.start();
    await started(project, 'migrate.js');
    const [folder = ''] = project.runDirectories();
    const lines = readFileSync(join(folder, 'postgres/data/postmaster.pid'), 'utf8').split('\n');
    const segment = lines[6]!.trim().split(/\s+/)[1]!;
    const segments = () =>
      readFileSync('/proc/sysvipc/shm', 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/)[1]);
    assert.ok(segments().includes(segment));
    process.kill(Number(lines[0]), 'SIGKILL');
    run.kill('SIGKILL');
    await run.ended;
    await project.leavesNothing(fewSeconds);
    assert.ok(!segments().includes(segment), 'the segment is still there');
  });

  it('together with its reaper has the next run clean up after it', async () => {
    // in a temporary folder of the project's own: other runs on this machine would clean up, too
    await using project = await Project.create({
      ...plan,
      files: { ...plan.files, 'no-memory-folder.js': noMemoryFolder },
    });
    const env = { NODE_OPTIONS: `--require ${project.path('no-memory-folder.js')}` };
    const run = project.start([], { env });
    await inScenario(run);
    const reaper = project.processes().find(({ command }) => command.includes('reaper.js'));
    process.kill(reaper!.pid, 'SIGKILL');
    run.kill('SIGKILL');
    await run.ended;
    assert.equal(project.runDirectories().length, 1);
    assert.ok(project.processes().some(({ command }) => command.includes('echo.js')));
    const next = await project.run(['--name', 'nothing has this name'], env);
    assert.equal(next.exitCode, 1);
    assert.match(next.output, /nothing has this name.*\[BRINE_SELECT_001\]/s);
    assert.ok(project.processes().length > 0, 'a run that starts nothing has nothing to do with it');
    await project.write({
      'features/long.feature': 'Feature: short\n  Scenario: s\n    When I send GET "/"\n',
    });
    const { exitCode, output } = await project.run([], env);
    assert.equal(exitCode, 0, output);
    assert.match(output, /removing what a killed run left behind \(.*brine-run-/);
    await project.leavesNothing();
  });
});

describe('a run whose own process breaks off fails, says so, and leaves nothing:', { concurrency: 2 }, () => {
  for (const [name, scenario, args, said] of [
    [
      'process.exit(0) in a step',
      'a step exits with 0',
      [],
      /the run broke off: the process was ended \(by process\.exit\?\) before the run was over, in the scenario "second" \(features\/x\.feature:4\), in its step "a step exits with 0"/,
    ],
    [
      'process.exit(3) in a step',
      'a step exits with 3',
      [],
      /✓ first[\s\S]*the run broke off: .*, in the scenario "second" \(features\/x\.feature:4\), in its step "a step exits with 3"/,
    ],
    [
      'process.exit(0) in a worker',
      'a step exits with 0',
      ['--parallel', '2'],
      /Worker \d exited unexpectedly with code 0\n {2}in:\n {4}✗ features\/x\.feature:4 {2}second {2}lane \d {2}at: When a step exits with 0/,
    ],
    ['an error in a timer', 'a step leaves a bomb\n    And I wait for it', [], /Error: boom/],
    [
      'an error in a timer of a worker',
      'a step leaves a bomb\n    And a step holds everything up',
      ['--parallel', '2'],
      /Error: boom/,
    ],
  ] as const) {
    it(name, async () => {
      await using project = await Project.create({
        files: {
          'echo.js': echoService,
          'steps.js': `${steps}When('I wait for it', () => new Promise((done) => setTimeout(done, 1000)));`,
          'features/x.feature': `Feature: x
  Scenario: first
    When I send GET "/hello"
  Scenario: second
    When ${scenario}
`,
        },
        brine: `{ services: { ${echo} } }`,
      });
      const { output, exitCode } = await project.run(args);
      assert.equal(exitCode, name.includes('exit(3)') ? 3 : 1);
      assert.match(output, said);
      await project.leavesNothing();
    });
  }
});

/** Resolves when a process of the project's run has this in its command line. */
async function started(project: Project, command: string): Promise<void> {
  await eventually(
    async () => {
      const commands = project.processes().map((process) => process.command);
      // the shell that starts it has the command in one piece
      if (!commands.some((line) => line.includes(command) && !line.includes('-c '))) {
        throw new Error(`${command} was not started; there are:\n${commands.join('\n')}`);
      }
    },
    { withinMs: 20_000 },
  );
}
