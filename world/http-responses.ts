import { STATUS_CODES } from 'node:http';
import { type HttpExchange, readSetCookie, type SetCookie, shownBody } from '../support/clients';
import { BrineError, didYouMean, messageOf, nearest } from '../support/errors';
import { type ArrayMode, lookUp, parseJson } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { expectJson, expectLiteral, fail, type Literal, matchesLiteral } from './expectations';
import { hintOf } from './http-hints';

const mostShown = 2_000;

/** What was asked, and how the answer begins; below it, what may be wrong. */
export function summaryOf(exchange: HttpExchange): string {
  const { text } = exchange;
  const answer = text === '' ? '(no body)' : cut(text);
  return [`  ${requestOf(exchange)} answered: ${answer}`, hintOf(exchange)].filter(Boolean).join('\n');
}

function requestOf({ request, redirects }: HttpExchange): string {
  const body = shownBody(request.body);
  const way = redirects.map(({ status, location }) => `, redirected (${status}) to ${location}`).join('');
  return `${request.method} ${request.path}${body === '' ? '' : ` with body ${cut(body)}`}${way}`;
}

function cut(text: string): string {
  return text.length <= mostShown ? text : `${text.slice(0, mostShown)}... (${text.length} characters)`;
}

/** Whether a status is the one that a step names: `201`, `2xx`, `Created`. */
export function hasStatus({ status }: Pick<HttpExchange, 'status'>, expected: string): boolean {
  if (/^\d{3}$/.test(expected)) return status === Number(expected);
  if (/^\dxx$/.test(expected)) return Math.floor(status / 100) === Number(expected[0]);
  return STATUS_CODES[status]?.toLowerCase() === phraseOf(expected);
}

/** @throws BrineError BRINE_STEP_001 for a phrase that no status has: it would be true of nothing */
function phraseOf(expected: string): string {
  const phrase = expected.toLowerCase();
  const known = Object.values(STATUS_CODES).map(String);
  if (known.some((one) => one.toLowerCase() === phrase)) return phrase;
  const parameters = { kind: 'status', name: expected, suggestion: didYouMean(expected, known) };
  throw new BrineError('BRINE_STEP_001', { ...parameters, known: 'OK, Created, Not Found, ...; 404; 4xx' });
}

/** `201 (Created)`, `2xx`, `Not Found`. */
export function statusInWords(expected: string | number): string {
  const meaning = STATUS_CODES[Number(expected)];
  return meaning === undefined ? String(expected) : `${expected} (${meaning})`;
}

export function expectStatus(exchange: HttpExchange, expected: string): void {
  if (hasStatus(exchange, expected)) return;
  const { status } = exchange;
  fail(
    `the response status is not ${statusInWords(expected)}, it was ${status} (${STATUS_CODES[status] ?? ''})\n${summaryOf(exchange)}`,
  );
}

/** A response body as JSON; as text when its media type is not JSON; undefined when there is none. */
export function bodyOf(exchange: HttpExchange): unknown {
  const { text, headers } = exchange;
  if (text === '') return undefined;
  if (!headers['content-type']?.includes('json')) return text;
  try {
    return parseJson(text, 'the response body');
  } catch (error) {
    return fail(`${messageOf(error)}\n${summaryOf(exchange)}`);
  }
}

/** How a body is compared: objects, and arrays. */
export interface BodyMode {
  readonly mode: 'contains' | 'exactly';
  readonly arrays?: ArrayMode;
}

export function expectBody(
  world: AcceptanceWorld,
  exchange: HttpExchange,
  expected: string,
  mode: BodyMode,
): void {
  const body = bodyOf(exchange);
  expectJson(world, expected, body, {
    what: 'the response body',
    ...mode,
    context: () => contextOf(exchange),
  });
}

/** Where a value came from, said after its mismatches. */
export function contextOf(exchange: HttpExchange): string {
  const hint = hintOf(exchange).trim();
  const context = `in answer to ${requestOf(exchange)} (status ${exchange.status})`;
  return hint === '' ? context : `${context}\n  ${hint}`;
}

/** A value of a response body, by its path: `items[0].sku`, or with a `$.` before it. */
export function fieldOf(exchange: HttpExchange, path: string): unknown {
  const { found, value } = lookUpField(exchange, path);
  if (found) return value;
  return fail(
    `the response body has no field "${path}"${nearField(bodyOf(exchange), path)}\n${summaryOf(exchange)}`,
  );
}

/** What the last object or array on the way to a missing field has instead. */
function nearField(body: unknown, path: string): string {
  const { names, parent } = wayTo(body, path);
  if (Array.isArray(parent)) return `: ${pathOf(names)} is an array of ${parent.length}`;
  const near = fieldLike(body, path);
  return near === undefined ? '' : `: did you mean "${near}"?`;
}

/** The path of the field that is meant where one is missing, as far as the misspelt name; undefined where none is similar. */
export function fieldLike(body: unknown, path: string): string | undefined {
  const { names, parent, missing } = wayTo(body, path);
  const [near] = nearest(missing, Object.keys(parent));
  return near === undefined ? undefined : [...names, near].join('.');
}

/** The last object or array on the way to a missing field, and the name that it lacks. */
function wayTo(body: unknown, path: string) {
  const names = path.replace(/^\$\.?/, '').split('.');
  for (let known = names.length - 1; known >= 0; known--) {
    const parent: unknown = known === 0 ? body : lookUp(body, names.slice(0, known).join('.')).value;
    if (typeof parent === 'object' && parent !== null)
      return { names: names.slice(0, known), parent, missing: names[known] ?? '' };
  }
  return { names: [], parent: {}, missing: '' };
}

function pathOf(names: readonly string[]): string {
  return names.length === 0 ? 'it' : `"${names.join('.')}"`;
}

function lookUpField(exchange: HttpExchange, path: string) {
  const body = bodyOf(exchange);
  return path === '$' ? { found: true, value: body } : lookUp(body, path.replace(/^\$\.?/, ''));
}

/** A field that is missing satisfies `#notpresent`, and the markers for what may be missing. */
export function expectField(
  world: AcceptanceWorld,
  exchange: HttpExchange,
  path: string,
  expected: Literal,
): void {
  const { found } = lookUpField(exchange, path);
  if (!found && matchesLiteral(world, expected, undefined)) return;
  expectLiteral(world, expected, fieldOf(exchange, path), {
    what: `the response field "${path}"`,
    context: () => contextOf(exchange),
  });
}

/** All values of a header, by its name in any case; none when it is not there. */
export function headerOf({ headerValues }: HttpExchange, name: string): readonly string[] {
  return headerValues[name.toLowerCase()] ?? [];
}

/** The header as one text; null when it is not there, with what headers there are in messages. */
export function expectHeader(
  world: AcceptanceWorld,
  exchange: HttpExchange,
  name: string,
  expected: Literal,
): void {
  const values = headerOf(exchange, name);
  const text = expected === null ? null : String(expected);
  if (values.some((value) => matchesLiteral(world, text, value)) && values.length > 1) return;
  const actual = values.length === 0 ? null : values.join(', ');
  const known = Object.keys(exchange.headers);
  const near = actual === null ? didYouMean(name.toLowerCase(), known) : '';
  expectLiteral(world, text, actual, {
    what: `the response header "${name}"`,
    context: `${near}the response has the headers: ${known.join(', ')}`,
  });
}

/** A cookie that the response sets; undefined when it does not. */
export function cookieOf(exchange: HttpExchange, name: string): SetCookie | undefined {
  return headerOf(exchange, 'set-cookie')
    .map(readSetCookie)
    .findLast((cookie) => cookie.name === name);
}
