import type {
  Attachment,
  Duration,
  Envelope,
  GherkinDocument,
  Hook,
  Pickle,
  PickleStep,
  StepDefinition,
  TestCase,
  TestCaseFinished,
  TestCaseStarted,
  TestRunFinished,
  TestRunHookFinished,
  TestRunHookStarted,
  TestStep,
  TestStepFinished,
  TestStepResult,
  TestStepResultStatus,
  TestStepStarted,
  Timestamp,
} from '@cucumber/messages';
import type { ParameterPattern } from './expression-words';
import type { KnownSteps } from './undefined-steps';

export type Status = `${TestStepResultStatus}`;

/** Attachments of this type are one-line remarks about a scenario, such as `near its deadline: ...`. */
export const noteMediaType = 'text/x.brine.note+plain';

/** A step or a hook of one attempt, as it ended. */
export interface StepRecord {
  readonly kind: 'step' | 'hook';
  /** `Then the response status is 200`, or `After hook "reset the lane"`. */
  readonly title: string;
  /** The step without its keyword; '' for a hook. */
  readonly text: string;
  /** `features/x.feature:12`; '' when unknown. */
  readonly location: string;
  readonly status: Status;
  /** What it failed with, stack included; '' when it did not. */
  readonly message: string;
  /** Code that would define the step, when it is undefined. */
  readonly snippet?: string;
  /** The definitions that match, each with its place, when there are several. */
  readonly candidates: readonly string[];
}

/** One attempt at one scenario. */
export interface AttemptRecord {
  readonly name: string;
  readonly location: string;
  readonly status: Status;
  readonly steps: readonly StepRecord[];
  readonly durationMs: number;
  /** The parallel worker, which is also the lane; undefined in a serial run. */
  readonly worker?: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly willBeRetried: boolean;
  readonly notes: readonly string[];
  readonly texts: readonly TextRecord[];
}

/** A plain text that was attached. */
export interface TextRecord {
  readonly name: string;
  readonly body: string;
}

/** A BeforeAll or AfterAll hook that has ended. */
export interface RunHookRecord {
  readonly title: string;
  readonly location: string;
  readonly status: Status;
  readonly message: string;
  readonly worker?: string;
}

/** The end of the run. */
export interface RunEnd {
  readonly durationMs: number;
  /** What broke the run off; '' when it came to its regular end. */
  readonly message: string;
  /** Scenarios that had begun and never ended, where the run was broken off. */
  readonly underWay: readonly CutScenario[];
  /** Expressions whose parameter types nobody defined. */
  readonly unknownParameters: ReadonlyArray<{ readonly expression: string; readonly name: string }>;
}

/** A scenario that has no end. */
export interface CutScenario {
  readonly name: string;
  readonly location: string;
  /** The step (or hook) that it had come to; '' before the first. */
  readonly step: string;
  readonly worker?: string;
}

export type RunEvent =
  | { readonly kind: 'attempt'; readonly attempt: AttemptRecord }
  | { readonly kind: 'hook'; readonly hook: RunHookRecord }
  | { readonly kind: 'end'; readonly end: RunEnd };

interface Running {
  readonly started: TestCaseStarted;
  readonly steps: StepRecord[];
  readonly notes: string[];
  readonly texts: TextRecord[];
  /** The identifier of the step that has begun last. */
  step?: string;
}

const worstFirst: readonly Status[] = ['FAILED', 'AMBIGUOUS', 'UNDEFINED', 'PENDING', 'SKIPPED', 'PASSED'];

const hookKinds: Readonly<Record<string, string>> = {
  BEFORE_TEST_RUN: 'BeforeAll',
  AFTER_TEST_RUN: 'AfterAll',
  BEFORE_TEST_CASE: 'Before',
  AFTER_TEST_CASE: 'After',
  BEFORE_TEST_STEP: 'BeforeStep',
  AFTER_TEST_STEP: 'AfterStep',
};

/**
 * What cucumber's messages have said so far, put together. Messages that refer to what was never announced
 * give records with what is known, not errors.
 */
export class RunRecord {
  readonly #pickles = new Map<string, Pickle>();
  readonly #pickleSteps = new Map<string, PickleStep>();
  readonly #steps = new Map<string, { keyword: string; line: number }>();
  readonly #lines = new Map<string, number>();
  readonly #hooks = new Map<string, Hook>();
  readonly #definitions = new Map<string, StepDefinition>();
  readonly #parameterTypes: ParameterPattern[] = [];
  readonly #unknownParameters: Array<{ expression: string; name: string }> = [];
  readonly #snippets = new Map<string, string>();
  readonly #testCases = new Map<string, TestCase>();
  readonly #running = new Map<string, Running>();
  readonly #runHooks = new Map<string, TestRunHookStarted>();
  #startedMs: number | undefined;

  /** The step definitions announced so far. */
  known(): KnownSteps {
    return {
      expressions: [...this.#definitions.values()].map(({ pattern }) => pattern),
      parameterTypes: this.#parameterTypes,
    };
  }

  /** Takes one message. @returns what has just ended, if anything */
  accept(envelope: Envelope): RunEvent | undefined {
    this.#acceptDeclaration(envelope);
    this.#acceptProgress(envelope);
    if (envelope.testCaseFinished) return this.#attemptEnded(envelope.testCaseFinished);
    if (envelope.testRunHookFinished) return this.#runHookEnded(envelope.testRunHookFinished);
    if (envelope.testRunFinished) return this.#runEnded(envelope.testRunFinished);
    return undefined;
  }

  #acceptDeclaration(envelope: Envelope): void {
    const { gherkinDocument, pickle, hook, stepDefinition, parameterType, undefinedParameterType } = envelope;
    if (gherkinDocument) this.#acceptDocument(gherkinDocument);
    if (pickle) this.#acceptPickle(pickle);
    if (hook) this.#hooks.set(hook.id, hook);
    if (stepDefinition) this.#definitions.set(stepDefinition.id, stepDefinition);
    if (parameterType) this.#parameterTypes.push(parameterType);
    if (undefinedParameterType) this.#unknownParameters.push(undefinedParameterType);
  }

  #acceptProgress(envelope: Envelope): void {
    const { testRunStarted, testCase, testCaseStarted, testStepFinished, testRunHookStarted } = envelope;
    if (testRunStarted) this.#startedMs = milliseconds(testRunStarted.timestamp);
    if (testCase) this.#testCases.set(testCase.id, testCase);
    if (testCaseStarted) {
      this.#running.set(testCaseStarted.id, { started: testCaseStarted, steps: [], notes: [], texts: [] });
    }
    if (envelope.testStepStarted) this.#stepBegan(envelope.testStepStarted);
    if (testStepFinished) this.#stepEnded(testStepFinished);
    if (testRunHookStarted) this.#runHooks.set(testRunHookStarted.id, testRunHookStarted);
    if (envelope.attachment) this.#acceptAttachment(envelope.attachment);
    const snippet = envelope.suggestion?.snippets?.[0];
    if (envelope.suggestion && snippet) this.#snippets.set(envelope.suggestion.pickleStepId, snippet.code);
  }

  /** Scenarios, steps and example rows lie at different depths: all that has an id and a line is noted. */
  #acceptDocument(document: GherkinDocument): void {
    const visit = (node: unknown): void => {
      if (!isNode(node)) return;
      const line = isNode(node.location) ? node.location.line : undefined;
      if (typeof node.id === 'string' && typeof line === 'number') {
        this.#lines.set(node.id, line);
        if (typeof node.keyword === 'string') this.#steps.set(node.id, { keyword: node.keyword, line });
      }
      Object.values(node).forEach(visit);
    };
    visit(document.feature);
  }

  #acceptPickle(pickle: Pickle): void {
    this.#pickles.set(pickle.id, pickle);
    for (const step of pickle.steps ?? []) this.#pickleSteps.set(step.id, step);
  }

  #acceptAttachment(attachment: Attachment): void {
    const running = this.#running.get(attachment.testCaseStartedId ?? '');
    const type = attachment.mediaType?.split(';')[0]?.trim();
    if (type === noteMediaType) running?.notes.push(textOf(attachment).trim());
    if (type === 'text/plain') {
      running?.texts.push({ name: attachment.fileName ?? 'attached text', body: textOf(attachment) });
    }
  }

  #stepBegan({ testCaseStartedId, testStepId }: TestStepStarted): void {
    const running = this.#running.get(testCaseStartedId);
    if (running !== undefined) running.step = testStepId;
  }

  #cut({ started, step: id }: Running): CutScenario {
    const testCase = this.#testCases.get(started.testCaseId);
    const pickle = this.#pickles.get(testCase?.pickleId ?? '');
    const step = testCase?.testSteps?.find((one) => one.id === id);
    const end = { status: 'UNKNOWN', message: '' } as const;
    const hook = step?.hookId === undefined ? undefined : this.#hookStep(step.hookId, end);
    const reached = step === undefined ? undefined : (hook ?? this.#pickleStep(step, pickle?.uri, end));
    return {
      ...this.#nameOf(pickle),
      step: reached?.title ?? '',
      ...(started.workerId === undefined ? {} : { worker: started.workerId }),
    };
  }

  #nameOf(pickle: Pickle | undefined): { name: string; location: string } {
    return {
      name: pickle?.name || 'a scenario without a name',
      location: place(pickle?.uri, pickle?.location?.line ?? this.#lineOf(pickle)),
    };
  }

  #stepEnded({ testCaseStartedId, testStepId, testStepResult }: TestStepFinished): void {
    const running = this.#running.get(testCaseStartedId);
    if (running === undefined) return;
    const testCase = this.#testCases.get(running.started.testCaseId);
    const step = testCase?.testSteps?.find(({ id }) => id === testStepId);
    const uri = this.#pickles.get(testCase?.pickleId ?? '')?.uri;
    const end = { status: testStepResult?.status ?? 'UNKNOWN', message: messageOfResult(testStepResult) };
    running.steps.push(step?.hookId ? this.#hookStep(step.hookId, end) : this.#pickleStep(step, uri, end));
  }

  #hookStep(hookId: string, end: Pick<StepRecord, 'status' | 'message'>): StepRecord {
    return { kind: 'hook', text: '', candidates: [], ...this.#hook(hookId, 'hook'), ...end };
  }

  #pickleStep(
    testStep: TestStep | undefined,
    uri: string | undefined,
    end: Pick<StepRecord, 'status' | 'message'>,
  ): StepRecord {
    const step = this.#pickleSteps.get(testStep?.pickleStepId ?? '');
    const written = this.#steps.get(step?.astNodeIds?.[0] ?? '');
    const text = step?.text ?? 'a step that was never announced';
    const snippet = this.#snippets.get(step?.id ?? '');
    return {
      kind: 'step',
      title: `${written?.keyword ?? ''}${text}`,
      text,
      location: place(uri, written?.line),
      candidates: (testStep?.stepDefinitionIds ?? []).map((id) => this.#definition(id)),
      ...(snippet === undefined ? {} : { snippet }),
      ...end,
    };
  }

  #definition(id: string): string {
    const definition = this.#definitions.get(id);
    const at = place(definition?.sourceReference?.uri, definition?.sourceReference?.location?.line);
    return `${definition?.pattern?.source ?? 'a definition that was never announced'}  ${at}`.trim();
  }

  #hook(id: string, unknownKind: string): { title: string; location: string } {
    const hook = this.#hooks.get(id);
    const kind = hookKinds[hook?.type ?? ''];
    const name = hook?.name ? ` "${hook.name}"` : '';
    return {
      title: `${kind === undefined ? unknownKind : `${kind} hook`}${name}`,
      location: place(hook?.sourceReference?.uri, hook?.sourceReference?.location?.line),
    };
  }

  #attemptEnded({ testCaseStartedId, timestamp, willBeRetried }: TestCaseFinished): RunEvent | undefined {
    const running = this.#running.get(testCaseStartedId);
    if (running === undefined) return undefined;
    this.#running.delete(testCaseStartedId);
    const { started, steps, notes, texts } = running;
    const pickle = this.#pickles.get(this.#testCases.get(started.testCaseId)?.pickleId ?? '');
    const attempt: AttemptRecord = {
      ...this.#nameOf(pickle),
      status: worstOf(steps),
      steps,
      durationMs: Math.max(0, milliseconds(timestamp) - milliseconds(started.timestamp)),
      ...(started.workerId === undefined ? {} : { worker: started.workerId }),
      attempt: (started.attempt ?? 0) + 1,
      willBeRetried: willBeRetried === true,
      notes,
      texts,
    };
    return { kind: 'attempt', attempt };
  }

  #lineOf(pickle: Pickle | undefined): number | undefined {
    return this.#lines.get(pickle?.astNodeIds?.at(-1) ?? '');
  }

  #runHookEnded({ testRunHookStartedId, result }: TestRunHookFinished): RunEvent {
    const started = this.#runHooks.get(testRunHookStartedId);
    const hook: RunHookRecord = {
      ...this.#hook(started?.hookId ?? '', 'BeforeAll or AfterAll hook'),
      status: result?.status ?? 'UNKNOWN',
      message: messageOfResult(result),
      ...(started?.workerId === undefined ? {} : { worker: started.workerId }),
    };
    return { kind: 'hook', hook };
  }

  #runEnded({ timestamp, exception, message }: TestRunFinished): RunEvent {
    const end = milliseconds(timestamp);
    return {
      kind: 'end',
      end: {
        durationMs: Math.max(0, end - (this.#startedMs ?? end)),
        message: exception?.stackTrace ?? exception?.message ?? message ?? '',
        underWay: [...this.#running.values()].map((running) => this.#cut(running)),
        unknownParameters: this.#unknownParameters,
      },
    };
  }
}

/**
 * What a step or hook failed with. The runner's formatter leaves out a message that begins with `expected` when
 * it shows a diff: it comes back here.
 */
function messageOfResult(result: TestStepResult | undefined): string {
  const shown = result?.message ?? '';
  const message = result?.exception?.message ?? '';
  if (message === '' || shown.includes(message)) return shown;
  return shown === '' ? message : shown.replace(/$/m, () => `: ${message}`);
}

function isNode(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null;
}

function worstOf(steps: readonly StepRecord[]): Status {
  if (steps.length === 0) return 'PASSED';
  return worstFirst.find((status) => steps.some((step) => step.status === status)) ?? 'UNKNOWN';
}

function place(uri: string | undefined, line: number | undefined): string {
  if (uri === undefined) return '';
  return line === undefined ? uri : `${uri}:${line}`;
}

function milliseconds(time: Timestamp | Duration | undefined): number {
  return (time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6;
}

function textOf({ body, contentEncoding }: Attachment): string {
  const text = String(body ?? '');
  return `${contentEncoding}` === 'BASE64' ? Buffer.from(text, 'base64').toString('utf8') : text;
}
