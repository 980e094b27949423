import type { DataTable } from '@cucumber/cucumber';
import { literalParts } from '../support/contracts/path-template';
import { BrineError, didYouMean } from '../support/errors';
import { isFields, type Json, type JsonObject, textOf } from '../support/matching';
import type { GivenTurn } from '../support/stubs/stub-server';
import { parseDuration } from '../support/time';
import type { AcceptanceWorld } from './acceptance-world';
import { bodyText } from './http-bodies';
import { rowsOf } from './http-tables';

const columns = ['times', 'after', 'body'] as const;
const answerFields = ['status', 'headers', 'body', 'after', 'times'];
const requestFields = ['method', 'path', 'query', 'headers', 'body'];

/** What a step describes: requests, and the answers that they get in turn. */
export interface Description {
  readonly called: string;
  readonly request: JsonObject;
  readonly turns: readonly GivenTurn[];
}

/**
 * The request of a method and a path. `{...}` in the path stands for any one part of it; what comes after a `?` must be in the query.
 */
export function requestTo(method: string, path: string): Pick<Description, 'called' | 'request'> {
  const [pathname = '', search] = path.split('?', 2);
  const request: Record<string, Json> = { method, path: pathPattern(pathname) };
  if (search !== undefined) request.query = queryOf(search);
  return { called: `${method} ${path}`, request };
}

function queryOf(search: string): JsonObject {
  const pairs = [...new URLSearchParams(search)].map(([name, value]) => [name, literally(value)] as const);
  return Object.fromEntries(pairs);
}

/** A text that begins like a marker is none. */
function literally(text: string): string {
  return text.startsWith('#') ? `\\${text}` : text;
}

function pathPattern(path: string): string {
  if (!/\{[^}]*\}/.test(path)) return literally(path);
  return `#regex ^${literalParts(path).join('[^/]+')}$`;
}

/**
 * The answers of a table, in turn: `status` (a number, or `dropped`), and perhaps `times`, `after`, `body` and `header ...` columns.
 * @throws BrineError naming the cell that cannot be read
 */
export function turnsFrom(world: AcceptanceWorld, table: DataTable): GivenTurn[] {
  const what = 'the table of answers';
  const headers = (table.raw()[0] ?? []).filter((name) => name.startsWith('header '));
  const rows = rowsOf(world, table, what, { needed: ['status'], others: [...columns, ...headers] });
  return rows.map((cells, index) => {
    const place = (column: string) => `column "${column}" in row ${index + 1} of ${what}`;
    const given = headers
      .filter((name) => cells[name] !== '')
      .map((name) => [name.slice(7), cells[name] ?? ''] as const);
    const { times = '', after = '', body = '' } = cells;
    return {
      ...(times === '' ? {} : { times: countOf(times, place('times')) }),
      answer: answerFrom(statusOf(cells.status ?? '', place('status')), {
        ...(after === '' ? {} : { delayMs: durationOf(after, place('after')) }),
        ...(body === '' ? {} : { body: /^[[{"]/.test(body) ? bodyText(world, body, place('body')) : body }),
        ...(given.length === 0 ? {} : { headers: Object.fromEntries(given) }),
      }),
    };
  });
}

function answerFrom(
  status: number | 'dropped',
  rest: Exclude<GivenTurn['answer'], 'dropped'>,
): GivenTurn['answer'] {
  return status === 'dropped' ? status : { status, ...rest };
}

/**
 * Descriptions in JSON: `{ "when": { "method": ..., "path": ..., "query": ..., "headers": ..., "body": ... }, "then": { "status": ... } }`,
 * or an array of such; `then` may be an array of answers in turn.
 * @throws BrineError BRINE_STEP_002 or BRINE_JSON_001 naming what cannot be read
 */
export function descriptionsFrom(world: AcceptanceWorld, text: string): Description[] {
  const what = 'the JSON of this step';
  const answers = listOf(world.variables.json(text, what));
  return listOf(world.variables.expected(text, what)).map((one, index) => {
    const place = `description ${index + 1} in ${what}`;
    const { when, then: _compared, ...others } = fieldsOf(one, place);
    const { then } = fieldsOf(answers[index], place);
    assertKnown(others, ['when', 'then'], place);
    const request = fieldsOf(when, `"when" of ${place}`);
    assertKnown(request, requestFields, `"when" of ${place}`);
    const turns = listOf(then ?? {}).map((answer, at) => turnFrom(answer, `answer ${at + 1} of ${place}`));
    const called = `${textOf(request.method ?? 'any method')} ${textOf(request.path ?? 'any path')}`;
    return { called, request: patternOf(request), turns };
  });
}

function patternOf({ path, ...others }: JsonObject): JsonObject {
  if (typeof path !== 'string' || path.startsWith('#'))
    return path === undefined ? others : { path, ...others };
  const { request } = requestTo('', path);
  const { method: _method, ...asked } = request;
  return { ...asked, ...others };
}

function turnFrom(value: Json, place: string): GivenTurn {
  if (value === 'dropped') return { answer: value };
  const { status = 200, headers = {}, body, after, times, ...others } = fieldsOf(value, place);
  assertKnown(others, answerFields, place);
  const named = Object.entries(fieldsOf(headers, `"headers" of ${place}`));
  return {
    ...(times === undefined ? {} : { times: countOf(textOf(times), `"times" of ${place}`) }),
    answer: answerFrom(statusOf(textOf(status), `"status" of ${place}`), {
      ...(after === undefined ? {} : { delayMs: durationOf(textOf(after), `"after" of ${place}`) }),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : textOf(body) }),
      headers: Object.fromEntries(named.map(([name, header]) => [name.toLowerCase(), textOf(header)])),
    }),
  };
}

function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value];
}

function fieldsOf(value: Json | undefined, place: string): JsonObject {
  if (isFields(value)) return value as JsonObject;
  const reason = value === undefined ? 'it is missing' : 'it is no object';
  throw new BrineError('BRINE_STEP_002', {
    place,
    reason,
    advice:
      'write { "when": { "method": "POST", "path": "/charges" }, "then": { "status": 201, "body": { } } }',
  });
}

function assertKnown(others: JsonObject, known: readonly string[], place: string): void {
  const wrong = Object.keys(others).find((name) => !known.includes(name));
  if (wrong === undefined) return;
  const advice = `${didYouMean(wrong, known)}its fields: ${known.join(', ')}`;
  throw new BrineError('BRINE_STEP_002', { place, reason: `it has the unknown field "${wrong}"`, advice });
}

function statusOf(text: string, place: string): number | 'dropped' {
  if (text === 'dropped') return text;
  if (/^\d{3}$/.test(text)) return Number(text);
  throw unreadable(
    place,
    text,
    'is no status',
    'write a number such as 503, or dropped, which ends the connection',
  );
}

function countOf(text: string, place: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw unreadable(place, text, 'is no number of times', 'write 1, 2, ..., or nothing: ever after');
}

function durationOf(text: string, place: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw unreadable(place, text, 'is no duration', 'write 200 ms, 3 seconds, 1 minute');
}

function unreadable(place: string, text: string, is: string, advice: string): BrineError {
  return new BrineError('BRINE_STEP_002', { place, reason: `"${text}" ${is}`, advice });
}
