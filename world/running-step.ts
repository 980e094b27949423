import type { ITestStepHookParameter } from '@cucumber/cucumber';
import type { Origin } from '../support/stubs/stub-rules';

/** A step that runs, as the runner's hooks are told of it. */
export type RunningStep = Pick<ITestStepHookParameter, 'pickle' | 'pickleStep' | 'gherkinDocument'>;

/** Looks at a step before it runs; what it throws fails the step. */
export type StepCheck = (step: RunningStep) => void;

const checks: StepCheck[] = [];

/** Has each step looked at before it runs: by one hook for all, for each costs the runner time at every step. */
export function beforeEachStep(check: StepCheck): void {
  checks.push(check);
}

/** @throws what the first check throws that finds something */
export function checkStep(step: RunningStep): void {
  for (const check of checks) check(step);
}

type Feature = NonNullable<RunningStep['gherkinDocument']['feature']>;
type Child = Feature['children'][number];

const found = new WeakMap<RunningStep, Origin>();

/**
 * Where a step stands that the scenario says itself: undefined for one of a Background, which all scenarios below it share, and where
 * no step runs.
 * @returns the same object each time it is asked for a running step
 */
export function ownStep(step: RunningStep | undefined): Origin | undefined {
  if (step === undefined) return undefined;
  const known = found.get(step);
  if (known !== undefined) return known;
  const written = writtenStep(step);
  if (written === undefined) return undefined;
  const origin = {
    place: `${step.pickle.uri}:${written.location.line}`,
    text: `${written.keyword}${step.pickleStep.text}`,
  };
  found.set(step, origin);
  return origin;
}

function writtenStep({ pickleStep, gherkinDocument }: RunningStep) {
  const scenarios = (gherkinDocument.feature?.children ?? []).flatMap(scenariosOf);
  return scenarios.flatMap(({ steps }) => steps).find(({ id }) => pickleStep.astNodeIds.includes(id));
}

function scenariosOf({ scenario, rule }: Child) {
  const ofRule = (rule?.children ?? []).flatMap((child) => child.scenario ?? []);
  return scenario === undefined ? ofRule : [scenario];
}
