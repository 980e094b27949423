import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RunResult, scenarioNames } from './project';

/** By scenario: its steps, and words of its failure. */
export type FailureCases = Readonly<Record<string, readonly [steps: string, words: string]>>;

/** What the failing steps said, by the name of their scenario. */
export function failureMessages({ messages }: RunResult): Map<string, string> {
  const names = scenarioNames(messages);
  return new Map(
    messages.flatMap(({ testStepFinished: end }) => {
      const said = end?.testStepResult.exception?.message;
      return end && said !== undefined ? [[names.get(end.testCaseStartedId)!, said]] : [];
    }),
  );
}

/** A feature that has a scenario for each case. */
export function featureOf(
  cases: Readonly<Record<string, readonly [steps: string, ...unknown[]]>>,
  background = '',
): string {
  const scenarios = Object.entries(cases).map(([name, [steps]]) => `  Scenario: ${name}\n    ${steps}\n`);
  return `Feature: failures\n${background}\n${scenarios.join('\n')}`;
}

/** A test for each case: its scenario failed, and its failure has these words. */
export function testFailures(about: string, cases: FailureCases, run: () => RunResult): void {
  describe(about, () => {
    for (const [name, [, words]] of Object.entries(cases)) {
      test(name, () => {
        const message = failureMessages(run()).get(name) ?? `(it did not fail)\n${run().output}`;
        assert.ok(message.includes(words), `${message}\n--- has not ---\n${words}`);
      });
    }
  });
}
