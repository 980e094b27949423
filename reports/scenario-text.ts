import { stripVTControlCharacters } from 'node:util';
import { formatDuration } from '../support/time';
import { errorLines } from './error-text';
import type { Colour, Paint } from './paint';
import type { AttemptRecord, RunHookRecord, Status, StepRecord, TextRecord } from './run-record';

/** What the texts are made with. */
export interface TextContext {
  readonly paint: Paint;
  /** Where the run's paths start, absolute. */
  readonly directory: string;
  /** The report that has everything in full; '' when none is written. */
  readonly report: string;
}

const marks: Readonly<Record<Status, readonly [mark: string, colour: Colour]>> = {
  PASSED: ['✓', 'green'],
  FAILED: ['✗', 'red'],
  AMBIGUOUS: ['✗', 'red'],
  UNDEFINED: ['?', 'yellow'],
  PENDING: ['!', 'yellow'],
  SKIPPED: ['-', 'cyan'],
  UNKNOWN: ['?', 'yellow'],
};
const retriedMark = '↻';

/** Lines of an attached text that the terminal shows; the report has them all. */
const linesOfText = 20;

/** The coloured mark of a status. */
export function markOf(status: Status, paint: Paint): string {
  const [mark, colour] = marks[status] ?? marks.UNKNOWN;
  return paint(colour, mark);
}

/** One line for the attempt, and below it, when it did not pass, what went wrong. */
export function attemptLines(attempt: AttemptRecord, context: TextContext): string[] {
  return [attemptLine(attempt, context), ...attempt.steps.flatMap((step) => stepLines(step, context))].concat(
    attempt.status === 'FAILED' && !attempt.willBeRetried
      ? attempt.texts.flatMap((text) => textLines(text, context))
      : [],
  );
}

function attemptLine(attempt: AttemptRecord, { paint }: TextContext): string {
  const mark = attempt.willBeRetried ? paint('yellow', retriedMark) : markOf(attempt.status, paint);
  const details = [attempt.location, formatDuration(attempt.durationMs), lane(attempt.worker)];
  const notes = [...retryNotes(attempt), ...attempt.notes].map((note) => `(${oneLine(note)})`);
  return [
    `${mark} ${oneLine(attempt.name)}`,
    paint('dim', details.filter(Boolean).join('  ')),
    paint('yellow', notes.join(' ')),
  ]
    .filter((part) => stripVTControlCharacters(part) !== '')
    .join('  ');
}

function lane(worker: string | undefined): string {
  return worker === undefined ? '' : `lane ${worker}`;
}

function retryNotes({ attempt, willBeRetried }: AttemptRecord): string[] {
  if (willBeRetried) return [`attempt ${attempt} failed, trying again`];
  return attempt > 1 ? [`attempt ${attempt}`] : [];
}

function stepLines(step: StepRecord, context: TextContext): string[] {
  const { paint } = context;
  if (step.status === 'PASSED' || step.status === 'SKIPPED') return [];
  const [, colour] = marks[step.status] ?? marks.UNKNOWN;
  const words = step.status === 'FAILED' ? '' : ` (${step.status.toLowerCase()})`;
  const head = `${paint(colour, `${oneLine(step.title)}${words}`)}  ${paint('dim', step.location)}`.trimEnd();
  return [`    ${head}`, ...reasonOf(step, context).map((line) => `      ${line}`.trimEnd())];
}

function reasonOf(step: StepRecord, { directory }: TextContext): string[] {
  if (step.status === 'AMBIGUOUS') return ['matches more than one definition:', ...step.candidates];
  return step.message === '' ? [] : errorLines(step.message, directory);
}

/** What is said at once of a BeforeAll or AfterAll hook: nothing unless it failed. */
export function runHookLines(hook: RunHookRecord, context: TextContext): string[] {
  if (hook.status !== 'FAILED') return [];
  const { paint, directory } = context;
  const details = [hook.location, lane(hook.worker)].filter(Boolean).join('  ');
  return [
    `${markOf('FAILED', paint)} ${paint('red', hook.title)}  ${paint('dim', details)}`.trimEnd(),
    ...errorLines(hook.message, directory).map((line) => `      ${line}`.trimEnd()),
  ];
}

function textLines({ name, body }: TextRecord, { paint, report }: TextContext): string[] {
  const lines = stripVTControlCharacters(body).trimEnd().split(/\r?\n/);
  const left = lines.length - linesOfText;
  const where = report === '' ? 'the report' : report;
  const cut = left > 0 ? [`... ${left} earlier ${left === 1 ? 'line' : 'lines'}: see ${where}`] : [];
  return [
    `    ${paint('dim', `${name}:`)}`,
    ...[...cut, ...lines.slice(-linesOfText)].map((line) => `      ${paint('dim', line)}`.trimEnd()),
  ];
}

/** The text without line breaks and control characters. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(/\s+/g, ' ').trim();
}
