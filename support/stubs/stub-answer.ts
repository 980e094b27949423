import { type ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';
import { BrineError, messageOf } from '../errors';

/** How an outside service answers; `dropped`: it ends the connection without an answer. */
export type StubAnswer = GivenAnswer | 'dropped';

/** Where in its answer an outside service ends the connection. */
export const dropMoments = ['after the headers', 'in the middle of the body'] as const;
export type DropMoment = (typeof dropMoments)[number];

export interface GivenAnswer {
  readonly status: number;
  /** Names as they are sent; a list is sent as so many headers. The media type is that of JSON unless given. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
  /** Milliseconds before the answer. */
  readonly delayMs: number;
  /** Where the connection ends before the answer does. */
  readonly dropped?: DropMoment | undefined;
}

/** What an outside service answers of which nothing was said. */
export const usualAnswer: GivenAnswer = { status: 200, headers: {}, body: '{}', delayMs: 0 };

/**
 * What a step leaves out is as usual.
 * @param stub the outside service, for errors
 * @throws BrineError BRINE_STEP_002 for a status or a header that no response can have
 */
export function completeAnswer(answer: Partial<GivenAnswer> | 'dropped', stub: string): StubAnswer {
  if (answer === 'dropped') return answer;
  const complete = { ...usualAnswer, ...answer };
  const { status, headers } = complete;
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw wrong(stub, `${status} is no status that a response can have`, 'take one from 200 to 599');
  for (const [name, value] of Object.entries(headers)) assertHeader(stub, name, [value].flat());
  return complete;
}

function assertHeader(stub: string, name: string, values: readonly string[]): void {
  try {
    validateHeaderName(name);
    for (const value of values) validateHeaderValue(name, value);
  } catch (error) {
    const advice = 'a name has no spaces, a value one line of Latin-1 characters';
    throw wrong(stub, `no response can have its header "${name}" (${messageOf(error)})`, advice);
  }
}

function wrong(stub: string, reason: string, advice: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `the answer of outside service "${stub}"`,
    reason,
    advice,
  });
}

/** Without a body, whatever the answer says (RFC 9110, 6.4.1). */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/** Sends an answer; nothing to who has hung up. */
export function sendAnswer(response: ServerResponse, answer: GivenAnswer): void {
  const bytes = bodiless.has(answer.status) ? Buffer.alloc(0) : Buffer.from(answer.body);
  writeHead(response, answer, bytes.length);
  if (answer.dropped === undefined) {
    response.end(bytes);
    return;
  }
  response.flushHeaders();
  if (answer.dropped === 'in the middle of the body')
    response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
  response.socket?.destroySoon();
}

/** Its own headers go before those that an answer usually has. */
function writeHead(response: ServerResponse, { status, headers }: GivenAnswer, length: number): void {
  response.statusCode = status;
  if (!bodiless.has(status)) response.setHeader('content-type', 'application/json');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const isFramed = response.hasHeader('content-length') || response.hasHeader('transfer-encoding');
  if (!bodiless.has(status) && !isFramed) response.setHeader('content-length', length);
}
