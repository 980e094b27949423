import { formatDuration } from '../support/time';
import { errorLines } from './error-text';
import type { AttemptRecord, CutScenario, RunEnd, RunHookRecord, Status, StepRecord } from './run-record';
import { markOf, oneLine, type TextContext } from './scenario-text';
import { type KnownSteps, undefinedStepAdvice } from './undefined-steps';

/** How many there were of each status. */
export type Counts = Map<Status, number>;

interface UndefinedStep {
  readonly step: StepRecord;
  readonly locations: Set<string>;
}

const listed: ReadonlyArray<readonly [Status, string]> = [
  ['FAILED', 'Failed scenarios'],
  ['AMBIGUOUS', 'Ambiguous scenarios'],
  ['UNDEFINED', 'Scenarios with undefined steps'],
  ['PENDING', 'Pending scenarios'],
];
const countOrder: readonly Status[] = [...listed.map(([status]) => status), 'SKIPPED', 'PASSED', 'UNKNOWN'];

/** What the end of a run has to say about all of it. */
export class RunSummary {
  readonly #scenarios: Counts = new Map();
  readonly #steps: Counts = new Map();
  readonly #notPassed: AttemptRecord[] = [];
  readonly #passedLate: AttemptRecord[] = [];
  readonly #failedHooks: RunHookRecord[] = [];
  readonly #undefined = new Map<string, UndefinedStep>();

  /** Counts an attempt, unless there will be another one. */
  addAttempt(attempt: AttemptRecord): void {
    if (attempt.willBeRetried) return;
    count(this.#scenarios, attempt.status);
    if (attempt.status === 'PASSED' && attempt.attempt > 1) this.#passedLate.push(attempt);
    if (attempt.status !== 'PASSED' && attempt.status !== 'SKIPPED') this.#notPassed.push(attempt);
    for (const step of attempt.steps) this.#addStep(step);
  }

  addRunHook(hook: RunHookRecord): void {
    if (hook.status === 'FAILED') this.#failedHooks.push(hook);
  }

  #addStep(step: StepRecord): void {
    if (step.kind === 'hook') return;
    count(this.#steps, step.status);
    if (step.status !== 'UNDEFINED') return;
    const entry = this.#undefined.get(step.text) ?? { step, locations: new Set() };
    entry.locations.add(step.location);
    this.#undefined.set(step.text, entry);
  }

  /** The lines to end the run with. */
  lines(end: RunEnd, known: KnownSteps, context: TextContext): string[] {
    return [
      ...this.#scenarioLists(context),
      ...this.#hookList(context),
      ...this.#undefinedSteps(known, context),
      ...unknownParameterLines(end),
      ...brokenOffLines(end, context),
      '',
      ...this.#counts(end, context),
    ];
  }

  #scenarioLists(context: TextContext): string[] {
    const lists = listed.flatMap(([status, title]) =>
      list(
        title,
        this.#notPassed.filter((attempt) => attempt.status === status),
        context,
      ),
    );
    return [...lists, ...list('Passed only when tried again', this.#passedLate, context)];
  }

  #hookList({ paint }: TextContext): string[] {
    if (this.#failedHooks.length === 0) return [];
    const lines = this.#failedHooks.map(
      ({ title, location }) => `  ${markOf('FAILED', paint)} ${location}  ${title}`,
    );
    return ['', paint('bold', 'Failed hooks:'), ...new Set(lines)];
  }

  #undefinedSteps(known: KnownSteps, { paint }: TextContext): string[] {
    if (this.#undefined.size === 0) return [];
    const lines = [...this.#undefined.values()].flatMap(({ step, locations }) => [
      `  ${markOf('UNDEFINED', paint)} ${oneLine(step.title)}  ${paint('dim', [...locations].join(', '))}`,
      ...undefinedStepAdvice(step.text, known, step.snippet).map((line) => `      ${line}`),
    ]);
    return ['', paint('bold', 'Undefined steps:'), ...lines];
  }

  #counts(end: RunEnd, { paint }: TextContext): string[] {
    const failedHooks = this.#failedHooks.length;
    return [
      total('scenario', this.#scenarios, paint),
      ...(this.#steps.size === 0 ? [] : [total('step', this.#steps, paint)]),
      ...(failedHooks === 0 ? [] : [paint('red', `${amount(failedHooks, 'hook')} of the run failed`)]),
      formatDuration(end.durationMs),
    ];
  }
}

function list(title: string, attempts: readonly AttemptRecord[], { paint }: TextContext): string[] {
  if (attempts.length === 0) return [];
  const lines = [...attempts]
    .sort(byPlace)
    .map(({ status, location, name }) => `  ${markOf(status, paint)} ${location}  ${oneLine(name)}`);
  return ['', paint('bold', `${title}:`), ...lines];
}

/** Parallel lanes end in any order: the list is the same in each run. */
function byPlace(a: AttemptRecord, b: AttemptRecord): number {
  return a.location.localeCompare(b.location, 'en', { numeric: true });
}

function unknownParameterLines({ unknownParameters }: RunEnd): string[] {
  return unknownParameters.map(
    ({ expression, name }) => `\nThe step "${expression}" uses the unknown parameter type {${name}}`,
  );
}

function brokenOffLines({ message, underWay }: RunEnd, { paint, directory }: TextContext): string[] {
  if (message === '') return [];
  return [
    '',
    paint('red', 'The run broke off:'),
    ...errorLines(message, directory).map((line) => `  ${line}`),
    ...(underWay.length === 0 ? [] : ['  in:']),
    ...ofWhoDied(message, underWay).map((scenario) => `    ${markOf('FAILED', paint)} ${cutLine(scenario)}`),
  ];
}

/** A worker that ends by itself breaks off the others', too: only its own is to be looked at. */
function ofWhoDied(message: string, underWay: readonly CutScenario[]): readonly CutScenario[] {
  const died = /Worker (\d+) exited unexpectedly/.exec(message)?.[1];
  const own = underWay.filter(({ worker }) => worker === died);
  return died === undefined || own.length === 0 ? underWay : own;
}

function cutLine({ location, name, step, worker }: CutScenario): string {
  const at = step === '' ? '' : `at: ${oneLine(step)}`;
  return [location, oneLine(name), worker === undefined ? '' : `lane ${worker}`, at]
    .filter(Boolean)
    .join('  ');
}

/** Adds one. */
export function count(counts: Counts, status: Status): void {
  counts.set(status, (counts.get(status) ?? 0) + 1);
}

/** `3 scenarios (✗ 1 failed, ✓ 2 passed)`. */
export function total(noun: string, counts: Counts, paint: TextContext['paint']): string {
  const sum = [...counts.values()].reduce((a, b) => a + b, 0);
  const parts = countOrder
    .filter((status) => counts.has(status))
    .map((status) => `${markOf(status, paint)} ${counts.get(status)} ${status.toLowerCase()}`);
  return sum === 0 ? `no ${noun} ran` : `${amount(sum, noun)} (${parts.join(', ')})`;
}

/** `1 hook`, `2 hooks`. */
export function amount(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
