import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Project } from './project';

/** Loaded before anything else in each thread and process of Node. */
const probe = `
const { threadId } = require('node:worker_threads');
const kept = require('node:module').getCompileCacheDir()?.includes('brine-compiled') ?? false;
process._rawDebug(\`probe: \${threadId === 0 ? 'process' : 'thread'} begins with kept code: \${kept}\`);
`;

const steps = `
const { execFileSync } = require('node:child_process');
const { When } = require('@cucumber/cucumber');
When('a process is started', () => {
  const script = 'process._rawDebug("child: " + (process.env.NODE_COMPILE_CACHE ?? "nothing"))';
  execFileSync(process.execPath, ['-e', script], { stdio: 'inherit', env: { ...process.env, NODE_OPTIONS: '' } });
});
`;

const feature = `
Feature: a
  Scenario: b
    When a process is started
  Scenario: c
    When a process is started
`;

const files = { 'probe.js': probe, 'steps.js': steps, 'features/a.feature': feature };

describe('machine code that is kept', () => {
  for (const [lanes, threads] of [
    [[], 0],
    [['--parallel', '2'], 2],
  ] as const) {
    it(`is there when ${threads} threads begin, and no process that is started knows of it`, async () => {
      await using project = await Project.create({ files });
      const env = { NODE_OPTIONS: `--require ${project.path('probe.js')}` };
      const { exitCode, output } = await project.run(lanes, env);
      assert.equal(exitCode, 0, output);
      const begun = [...output.matchAll(/probe: thread begins with kept code: (\w+)/g)].map(
        ([, kept]) => kept,
      );
      assert.deepEqual(begun, Array(threads).fill('true'), output);
      assert.deepEqual(output.match(/child: .*/g), ['child: nothing', 'child: nothing']);
    });
  }

  it("is left to who keeps it elsewhere: somebody's own folder is used, and handed on", async () => {
    await using project = await Project.create({ files });
    const folder = project.path('tmp/own');
    const { exitCode, output } = await project.run(['--parallel', '2'], { NODE_COMPILE_CACHE: folder });
    assert.equal(exitCode, 0, output);
    assert.deepEqual(output.match(/child: .*/g), [`child: ${folder}`, `child: ${folder}`]);
  });
});
