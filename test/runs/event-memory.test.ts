import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { failureMessages } from './failures';
import { outcomes, type RunResult, runOnce } from './project';

const many = `When topic "many" receives 250 events with key "k-\${number}":
  """
  { "n": \${number} }
  """`;

const held =
  'the first N of 250 events of this scenario were let go, for the recorder keeps about 0.059 MB (kafka.eventMemory)';

/** By scenario: its last step, and what that says; '' when it passes. */
const cases: Readonly<Record<string, readonly [step: string, failure: string]>> = {
  'how many there are is known': ['Then topic "many" has 250 events', ''],
  'what is kept is found': ['Then topic "many" has an event with key "k-250"', ''],
  'what is not found may have been let go': [
    'Then topic "many" has an event with key "k-1"',
    `
not looked at: ${held}; raise kafka.eventMemory to keep them`,
  ],
  'nothing is said of all events': [
    'Then topic "many" has no events with key "k-0"',
    `topic "many": nothing can be said of all its events: ${held}
  -> raise kafka.eventMemory, or say something of fewer events  [BRINE_STEP_002]`,
  ],
  'nor how many are like that': [
    'Then within 5 seconds topic "many" has 250 events like:\n| value.n |\n| #number |',
    `topic "many": nothing can be said of all its events: ${held}
  -> raise kafka.eventMemory, or say something of fewer events  [BRINE_STEP_002]`,
  ],
  'nor that each is its own': [
    'Then each event of topic "many" has its own "value.n"',
    `topic "many": nothing can be said of all its events: ${held}
  -> raise kafka.eventMemory, or say something of fewer events  [BRINE_STEP_002]`,
  ],
  'a row that is missing': [
    'Then topic "many" has events:\n| value.n |\n| 1 |',
    `
  -> not looked at: ${held}; raise kafka.eventMemory to keep them`,
  ],
};

let run: RunResult;

before(async () => {
  const scenarios = Object.entries(cases).map(([name, [step]]) => {
    return `  Scenario: ${name}\n${`${many}\n${step}`.replace(/^/gm, '    ')}\n`;
  });
  run = await runOnce({
    brine: "{ provider: 'embedded', kafka: { eventMemory: '60k' } }",
    files: { 'features/all.feature': `Feature: many events\n${scenarios.join('\n')}` },
  });
});

describe('events that were let go', () => {
  for (const [name, [, failure]] of Object.entries(cases)) {
    test(name, () => {
      assert.equal(outcomes(run)[name], failure === '' ? 'PASSED' : 'FAILED', run.output);
      const said = (failureMessages(run).get(name) ?? '').replace(/the first \d+ of/g, 'the first N of');
      assert.ok(said.endsWith(failure), `${said}\n--- does not end with ---\n${failure}`);
    });
  }

  test('are told of in the report, pass or fail', () => {
    const notes = run.messages.flatMap(({ attachment }) =>
      attachment?.body.includes('were let go') ? [attachment.body.replace(/first \d+/, 'first N')] : [],
    );
    assert.deepEqual(
      notes,
      Object.keys(cases).map(() => `topic "many": ${held}`),
    );
  });
});
