import { validateHeaderName, validateHeaderValue } from 'node:http';
import { BrineError } from '../support/errors';

/** @throws BrineError BRINE_STEP_002 when HTTP has no such header (RFC 9110, 5.1 and 5.5) */
export function assertHeader(name: string, value: string): void {
  if (!isAccepted(() => validateHeaderName(name))) {
    throw new BrineError('BRINE_STEP_002', {
      place: `the header "${name}"`,
      reason: 'no header can have that name',
      advice: 'names have letters, digits and hyphens: X-Request-Id',
    });
  }
  if (isAccepted(() => validateHeaderValue(name, value))) return;
  const odd = [...value].find((sign) => !isAccepted(() => validateHeaderValue(name, sign))) ?? '';
  throw new BrineError('BRINE_STEP_002', {
    place: `the value of header "${name}"`,
    reason: `${JSON.stringify(odd)} cannot stand in a header`,
    advice: `write it encoded: ${encodeURIComponent(odd)}`,
  });
}

/** @throws BrineError BRINE_STEP_002 when nothing could be answered in time */
export function assertTimeout(ms: number): void {
  if (ms > 0) return;
  throw new BrineError('BRINE_STEP_002', {
    place: 'this step',
    reason: 'no answer could come in 0 ms',
    advice: 'give a time that is longer than that',
  });
}

function isAccepted(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** What is said of transport in other words than the platform's. */
const plainWords: ReadonlyArray<readonly [pattern: RegExp, words: string]> = [
  [/^aborted$/, 'the connection ended in the middle of the answer'],
  [/^socket hang up$/, 'the service closed the connection without an answer (socket hang up)'],
  [
    /^(incorrect (header|data) check|unexpected end of file|invalid .*|Decompression failed)$/,
    'its body is not compressed as its header "content-encoding" says',
  ],
];

/** Why there is no answer that could be looked at. */
export function inPlainWords(message: string): string {
  const [, words] = plainWords.find(([pattern]) => pattern.test(message)) ?? [];
  return words === undefined ? message : words.includes(message) ? words : `${words} (${message})`;
}
