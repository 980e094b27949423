import { type ApiDefinition, contextOf } from '../wire/api-definition';
import type { WireReader } from '../wire/reader';
import type { WireWriter } from '../wire/writer';
import type { RequestContext, SupportedApi } from './request-context';

/** The body of an answer, yet to be written; null when the request wants none. */
export type ResponseBody = ((writer: WireWriter) => void) | null;

/** One API as the dispatcher sees it: bytes in, bytes out. */
export interface RegisteredApi extends SupportedApi {
  readonly name: string;
  readonly flexibleSince: number;
  respond(body: WireReader, context: RequestContext): ResponseBody | Promise<ResponseBody>;
}

/** Joins the layout of an API with what it does. A handler gives null when there is nothing to answer. */
export function implement<Request, Response>(
  api: ApiDefinition<Request, Response>,
  handle: (request: Request, context: RequestContext) => Response | null | Promise<Response | null>,
): RegisteredApi {
  const { key, name, versions, flexibleSince } = api;
  return {
    key,
    name,
    versions,
    flexibleSince,
    respond(body, context) {
      const wire = contextOf(api, context.version);
      const toBody = (response: Response | null): ResponseBody => {
        return response === null ? null : (writer) => api.response.write(writer, response, wire);
      };
      const response = handle(api.request.read(body, wire), context);
      return response instanceof Promise ? response.then(toBody) : toBody(response);
    },
  };
}
