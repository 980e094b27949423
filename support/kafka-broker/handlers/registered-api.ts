import type { ErrorCode } from '../error-code';
import { type ApiDefinition, contextOf } from '../wire/api-definition';
import { errorAnswer } from '../wire/error-answer';
import type { AnswerLayout } from '../wire/error-place';
import type { WireReader } from '../wire/reader';
import type { WireWriter } from '../wire/writer';
import { authorized } from './authorize';
import type { RequestContext, SupportedApi } from './request-context';

/** One API as the dispatcher sees it: requests and answers are whatever their layout says. */
export interface RegisteredApi extends SupportedApi {
  readonly name: string;
  readonly flexibleSince: number;
  readonly layout: AnswerLayout;
  /** @throws MalformedError */
  decode(body: WireReader, version: number): unknown;
  /** Does the work. Gives null when there is nothing to answer. */
  handle(request: unknown, context: RequestContext): unknown;
  encode(writer: WireWriter, response: unknown, version: number): void;
}

type Handler<Request, Response> = (
  request: Request,
  context: RequestContext,
) => Response | null | Promise<Response | null>;

/** Joins the layout of an API with what it does. A handler gives null when there is nothing to answer. */
export function implement<Request, Response>(
  api: ApiDefinition<Request, Response>,
  handle: Handler<Request, Response>,
): RegisteredApi {
  const { key, name, versions, flexibleSince, request, response } = api;
  const layout = { request, response };
  return {
    key,
    name,
    versions,
    flexibleSince,
    layout,
    decode: (body, version) => request.read(body, contextOf(api, version)),
    handle: authorized({ name, layout }, (decoded, context) => handle(decoded as Request, context)),
    encode: (writer, answer, version) => response.write(writer, answer as Response, contextOf(api, version)),
  };
}

/** The answer that says nothing but the error, where that API has it. */
export function refusal<Request, Response>(
  api: ApiDefinition<Request, Response>,
  request: Request,
  { version }: RequestContext,
  errorCode: ErrorCode,
): Response {
  const { request: wanted, response } = api;
  return errorAnswer({ request: wanted, response }, version, errorCode, request) as Response;
}
