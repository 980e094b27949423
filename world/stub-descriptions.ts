import { literalParts } from '../support/contracts/path-template';
import { isFields, type Json, type JsonObject, textOf } from '../support/matching';
import { queryFields, splitTarget, uniformPath } from '../support/stubs/stub-request';
import type { GivenTurn } from '../support/stubs/stub-server';
import type { AcceptanceWorld } from './acceptance-world';
import { assertKnown, fieldsOf, turnFrom } from './stub-answers';

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
  const [pathname, search] = splitTarget(path);
  const request: Record<string, Json> = { method, path: pathPattern(uniformPath(pathname)) };
  if (search !== '') request.query = queryOf(search);
  return { called: `${method} ${path}`, request };
}

function queryOf(search: string): JsonObject {
  const literal = (value: string | string[]) =>
    Array.isArray(value) ? value.map(literally) : literally(value);
  const fields = Object.entries(queryFields(search)).map(([name, value]) => [name, literal(value)] as const);
  return Object.fromEntries(fields);
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

/** A request as it is compared: the query apart from the path, the method in upper case, the names of headers in lower. */
function patternOf({ method, path, query, headers, ...others }: JsonObject): JsonObject {
  const isLiteral = typeof path === 'string' && !path.startsWith('#');
  const asked: JsonObject = isLiteral ? requestTo('', path).request : path === undefined ? {} : { path };
  const { method: _none, query: queryOfPath, ...rest } = asked;
  const wholeQuery =
    isFields(query) && isFields(queryOfPath) ? { ...queryOfPath, ...query } : (query ?? queryOfPath);
  return {
    ...rest,
    ...others,
    ...(method === undefined ? {} : { method: isMarkerOrNoText(method) ? method : method.toUpperCase() }),
    ...(wholeQuery === undefined ? {} : { query: wholeQuery as Json }),
    ...(headers === undefined ? {} : { headers: inLowerCase(headers) }),
  };
}

function isMarkerOrNoText(value: Json): value is Exclude<Json, string> {
  return typeof value !== 'string' || value.startsWith('#');
}

function inLowerCase(headers: Json): Json {
  if (!isFields(headers)) return headers;
  const named = Object.entries(headers as JsonObject).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return Object.fromEntries(named);
}

function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value];
}
