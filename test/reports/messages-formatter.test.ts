import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FormatterPluginContext } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import { messagesFormatter } from '../../reports/messages-formatter';
import type { ProgressOptions } from '../../reports/progress-formatter';
import { eventually } from '../../support/time';

const timestamp = { seconds: 1, nanos: 0 };
const stepBegan: Envelope = { testStepStarted: { testStepId: 's', testCaseStartedId: 'c', timestamp } };
const runEnded = { testRunFinished: { success: true, timestamp } } as Envelope;

function begin(workerId?: string): Envelope {
  const started = { id: 'c', testCaseId: 't', attempt: 0, timestamp };
  return { testCaseStarted: workerId === undefined ? started : { ...started, workerId } };
}

/** The formatter with what it has written so far, a text for each write. */
function formatter(options: ProgressOptions = {}) {
  const writes: string[] = [];
  let listener: (envelope: Envelope) => void = () => {};
  const context = {
    on: (_event: string, handler: typeof listener) => {
      listener = handler;
    },
    write: (text: string) => writes.push(text),
    options,
  };
  messagesFormatter.formatter(context as unknown as FormatterPluginContext<ProgressOptions>);
  return { writes, tell: (envelope: Envelope) => listener(envelope) };
}

function linesOf(writes: readonly string[]): unknown[] {
  const lines = writes.join('').split('\n');
  assert.equal(lines.pop(), '');
  return lines.map((line) => JSON.parse(line));
}

test('messages are lines in the order in which they came, written together', () => {
  const { writes, tell } = formatter();
  const all = [begin('0'), stepBegan, stepBegan, runEnded];
  for (const message of all) tell(message);
  assert.equal(writes.length, 1);
  assert.deepEqual(linesOf(writes), all);
});

test('what nothing follows is written, too', async () => {
  const { writes, tell } = formatter();
  tell(begin('0'));
  assert.deepEqual(writes, []);
  await eventually(async () => assert.equal(writes.length, 1), { withinMs: 5_000 });
  tell(stepBegan);
  tell(runEnded);
  assert.deepEqual(linesOf(writes), [begin('0'), stepBegan, runEnded]);
});

test('the scenario of a serial run is written before its steps can keep the thread', () => {
  const { writes, tell } = formatter();
  tell(begin());
  assert.deepEqual(linesOf(writes), [begin()]);
});

test('much is not kept', () => {
  const { writes, tell } = formatter();
  const big: Envelope = {
    attachment: { body: 'x'.repeat(40_000), mediaType: 'text/plain', contentEncoding: 'IDENTITY' },
  } as Envelope;
  tell(big);
  tell(big);
  assert.deepEqual(linesOf(writes), [big, big]);
});

test('secrets are masked', () => {
  const { writes, tell } = formatter({ secrets: ['s3cr3t'] });
  tell({
    attachment: { body: 'it is s3cr3t', mediaType: 'text/plain', contentEncoding: 'IDENTITY' },
  } as Envelope);
  tell(runEnded);
  assert.doesNotMatch(writes.join(''), /s3cr3t/);
});
