import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { TimeConversion } from '@cucumber/messages';
import { outcomes, Project, type RunResult, runOnce } from './project';
import { echoService } from './services';

const steps = `
const { Given } = require('@cucumber/cucumber');
Given('something takes a moment', () => new Promise((done) => setTimeout(done, 150)));
`;

/** The serial ones come first in the file: a lane that has nothing to do then would never get anything again. */
const feature = `Feature: lanes
${[
  ['@serial', 'alone 1'],
  ['@serial', 'alone 2'],
  ['@exclusive:printer', 'printer 1'],
  ['@exclusive:printer', 'printer 2'],
  ['@exclusive:printer', 'printer 3'],
  ['@exclusive:scanner', 'scanner 1'],
  ['@free', 'free 1'],
  ['@free', 'free 2'],
  ['@free', 'free 3'],
  ['@free', 'free 4'],
]
  .map(([tag, name]) => `  ${tag}\n  Scenario: ${name}\n    Given something takes a moment\n`)
  .join('')}`;

interface Span {
  readonly name: string;
  readonly lane: string;
  readonly from: number;
  readonly to: number;
}

describe('scenarios of parallel lanes', () => {
  let result: RunResult;
  let spans: Span[];

  before(async () => {
    result = await runOnce({ files: { 'steps.js': steps, 'features/lanes.feature': feature } }, [
      '--parallel',
      '2',
    ]);
    spans = spansOf(result);
  });

  /** Pairs that were under way at the same time. */
  function together(): string[][] {
    return spans.flatMap((a, index) =>
      spans
        .slice(index + 1)
        .filter((b) => a.from < b.to && b.from < a.to)
        .map((b) => [a.name, b.name].sort()),
    );
  }

  it('all pass, in both lanes', () => {
    assert.equal(result.exitCode, 0, result.output);
    assert.equal(Object.keys(outcomes(result)).length, 10);
    for (const lane of ['0', '1']) {
      assert.ok(spans.filter((span) => span.lane === lane).length >= 4, `lane ${lane} had work to the end`);
    }
  });

  it('run beside each other', () => {
    assert.ok(together().length >= 3, JSON.stringify(spans));
  });

  it('are alone when they are @serial', () => {
    assert.deepEqual(
      together().filter((pair) => pair.some((name) => name.startsWith('alone'))),
      [],
    );
  });

  it('are never two of one @exclusive name', () => {
    assert.deepEqual(
      together().filter((pair) => pair.every((name) => name.startsWith('printer'))),
      [],
    );
  });

  it('are never forced upon each other by the runner', () => {
    assert.doesNotMatch(result.output, /went idle/);
  });
});

function spansOf({ messages }: RunResult): Span[] {
  const names = new Map(messages.flatMap(({ pickle }) => (pickle ? [[pickle.id, pickle.name]] : [])));
  const ofCase = new Map(
    messages.flatMap(({ testCase }) => (testCase ? [[testCase.id, names.get(testCase.pickleId)!]] : [])),
  );
  const ends = new Map(
    messages.flatMap(({ testCaseFinished: end }) =>
      end ? [[end.testCaseStartedId, TimeConversion.timestampToMillisecondsSinceEpoch(end.timestamp)]] : [],
    ),
  );
  return messages.flatMap(({ testCaseStarted: start }) =>
    start
      ? [
          {
            name: ofCase.get(start.testCaseId)!,
            lane: start.workerId ?? '',
            from: TimeConversion.timestampToMillisecondsSinceEpoch(start.timestamp),
            to: ends.get(start.id)!,
          },
        ]
      : [],
  );
}

describe('more lanes than scenarios', () => {
  it('are not opened', async () => {
    const one = `Feature: one
  Scenario: alone
    When I send GET "/hello"
    Then the response status is 200
`;
    const lane = `console.log(require('node:fs').appendFileSync('opened', process.env.LANE + '\\n'));\n`;
    await using project = await Project.create({
      files: { 'echo.js': lane + echoService, 'features/one.feature': one },
      brine: `{ services: { echo: { command: 'node echo.js', env: { PORT: '{{self.port}}', LANE: '{{lane.index}}' } } } }`,
    });
    const run = await project.run(['--parallel', '3']);
    assert.equal(run.exitCode, 0, run.output);
    assert.equal(project.read('opened'), '0\n');
    await project.leavesNothing();
  });
});
