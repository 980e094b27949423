import { Status } from '@cucumber/cucumber';
import type { Envelope, TestCase, TestCaseStarted, TestStepResult, Timestamp } from '@cucumber/messages';
import type { MessageFile } from './message-file';

/** A run as its messages tell it, brought to an end where it had none. */
export interface ShardRun extends MessageFile {
  /** Why the run did not come to its end; '' when it did. */
  readonly brokenOff: string;
  /** Scenarios that were chosen and never began. */
  readonly neverBegan: number;
}

const noTime: Timestamp = { seconds: 0, nanos: 0 };

/**
 * The run with an end: scenarios that were under way when it was cut off fail in the step they had come to, and the
 * run fails. Without that, formatters take a scenario with no result for one that passed.
 */
export function endedRun({ path, messages }: MessageFile): ShardRun {
  if (messages.some(({ testRunFinished }) => testRunFinished)) {
    return { path, messages, brokenOff: '', neverBegan: 0 };
  }
  const brokenOff = reasonFor(messages);
  const timestamp = lastTime(messages);
  const testRunStartedId = messages.find(({ testRunStarted }) => testRunStarted)?.testRunStarted?.id;
  const end: Envelope = {
    testRunFinished: {
      success: false,
      timestamp,
      message: `${path}: ${brokenOff}`,
      ...(testRunStartedId === undefined ? {} : { testRunStartedId }),
    },
  };
  const ends = underWay(messages).flatMap((scenario) => endOf(scenario, messages, timestamp));
  return { path, messages: [...messages, ...ends, end], brokenOff, neverBegan: countNeverBegan(messages) };
}

function reasonFor(messages: readonly Envelope[]): string {
  const parseError = messages.find((message) => message.parseError)?.parseError;
  if (parseError === undefined) return 'the run was cut off';
  return `${parseError.source.uri ?? 'a feature'} could not be read: ${parseError.message}`;
}

function underWay(messages: readonly Envelope[]): TestCaseStarted[] {
  const over = new Set(messages.map(({ testCaseFinished }) => testCaseFinished?.testCaseStartedId));
  return messages.flatMap(({ testCaseStarted }) =>
    testCaseStarted === undefined || over.has(testCaseStarted.id) ? [] : [testCaseStarted],
  );
}

function countNeverBegan(messages: readonly Envelope[]): number {
  const began = new Set(messages.map(({ testCaseStarted }) => testCaseStarted?.testCaseId));
  return messages.filter(({ testCase }) => testCase !== undefined && !began.has(testCase.id)).length;
}

/** The first step without a result fails, those after it are skipped. */
function endOf(scenario: TestCaseStarted, messages: readonly Envelope[], timestamp: Timestamp): Envelope[] {
  const testCaseStartedId = scenario.id;
  const own = messages.filter(
    ({ testStepStarted, testStepFinished }) =>
      (testStepStarted ?? testStepFinished)?.testCaseStartedId === testCaseStartedId,
  );
  const begun = new Set(own.map(({ testStepStarted }) => testStepStarted?.testStepId));
  const over = new Set(own.map(({ testStepFinished }) => testStepFinished?.testStepId));
  const open = testCaseOf(scenario, messages)?.testSteps.filter(({ id }) => !over.has(id)) ?? [];
  const steps = open.flatMap(({ id: testStepId }, index): Envelope[] => [
    ...(begun.has(testStepId) ? [] : [{ testStepStarted: { testCaseStartedId, testStepId, timestamp } }]),
    {
      testStepFinished: {
        testCaseStartedId,
        testStepId,
        timestamp,
        testStepResult: resultOfOpen(index === 0),
      },
    },
  ]);
  return [...steps, { testCaseFinished: { testCaseStartedId, timestamp, willBeRetried: false } }];
}

function testCaseOf({ testCaseId }: TestCaseStarted, messages: readonly Envelope[]): TestCase | undefined {
  return messages.find(({ testCase }) => testCase?.id === testCaseId)?.testCase;
}

function resultOfOpen(wasNext: boolean): TestStepResult {
  const duration = { seconds: 0, nanos: 0 };
  if (!wasNext) return { status: Status.SKIPPED, duration };
  return { status: Status.FAILED, duration, message: 'the run was cut off here' };
}

/** The latest time of any message; 1970 when none has one. */
export function lastTime(messages: readonly Envelope[]): Timestamp {
  return messages.flatMap(timesOf).reduce((a, b) => (compareTimes(a, b) < 0 ? b : a), noTime);
}

function timesOf(message: Envelope): Timestamp[] {
  return Object.values(message).flatMap((content: object) =>
    'timestamp' in content ? [content.timestamp as Timestamp] : [],
  );
}

/** Negative when `a` is before `b`. */
export function compareTimes(a: Timestamp, b: Timestamp): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}
