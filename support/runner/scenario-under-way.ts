import type { Envelope, Pickle, TestCase, TestCaseStarted } from '@cucumber/messages';

/** Knows, from the runner's messages, which scenario a serial run has come to, and which step of it. */
export class ScenarioUnderWay {
  private readonly pickles = new Map<string, Pickle>();
  private readonly testCases = new Map<string, TestCase>();
  private scenario: TestCaseStarted | undefined;
  private step: string | undefined;

  accept({ pickle, testCase, testCaseStarted, testStepStarted, testCaseFinished }: Envelope): void {
    if (pickle) this.pickles.set(pickle.id, pickle);
    if (testCase) this.testCases.set(testCase.id, testCase);
    if (testStepStarted) this.step = testStepStarted.testStepId;
    if (testCaseStarted) {
      this.scenario = testCaseStarted;
      this.step = undefined;
    }
    if (testCaseFinished) this.scenario = undefined;
  }

  /** `in the scenario "a" (features/a.feature:5), in its step "b"`; undefined between scenarios. */
  describe(): string | undefined {
    const testCase = this.testCases.get(this.scenario?.testCaseId ?? '');
    const pickle = this.pickles.get(testCase?.pickleId ?? '');
    if (testCase === undefined || pickle === undefined) return undefined;
    const place = pickle.location === undefined ? pickle.uri : `${pickle.uri}:${pickle.location.line}`;
    const step = testCase.testSteps.find(({ id }) => id === this.step);
    const text = pickle.steps.find(({ id }) => id === step?.pickleStepId)?.text;
    const where = `in the scenario "${pickle.name}" (${place})`;
    if (text !== undefined) return `${where}, in its step "${text}"`;
    return step?.hookId === undefined ? where : `${where}, in a hook`;
  }
}
