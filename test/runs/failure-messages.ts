import type { RunResult } from './project';

/** The messages of the failures, by scenario. */
export function failureMessages(run: RunResult): Map<string, string> {
  const pickles = new Map(
    run.messages.flatMap(({ pickle }) => (pickle ? [[pickle.id, pickle.name] as const] : [])),
  );
  const cases = new Map(
    run.messages.flatMap(({ testCase }) => (testCase ? [[testCase.id, testCase.pickleId] as const] : [])),
  );
  const started = new Map(
    run.messages.flatMap(({ testCaseStarted: it }) =>
      it ? [[it.id, cases.get(it.testCaseId)!] as const] : [],
    ),
  );
  return new Map(
    run.messages.flatMap(({ testStepFinished: it }) => {
      const message = it?.testStepResult.message;
      return it && message ? [[pickles.get(started.get(it.testCaseStartedId)!)!, message] as const] : [];
    }),
  );
}
