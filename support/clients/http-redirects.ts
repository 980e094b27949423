import type { HttpExchange, HttpRequest } from './http-client';

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** They describe a body that is no longer sent. */
const ofBodies: ReadonlySet<string> = new Set(['content-type', 'content-length', 'content-encoding']);
/** They are for the server that the request was meant for. */
const confidential: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** A request to send, and the server (with what stands before every path) that it goes to. */
export interface FollowUp {
  readonly request: HttpRequest;
  readonly base: string;
}

/**
 * The request to send next when an answer is a redirect, as RFC 9110 (15.4) and the Fetch standard say: 303 and, after
 * POST, 301 and 302 become GET without a body; credentials do not go to another server.
 */
export function followUp(request: HttpRequest, answer: HttpExchange): FollowUp | undefined {
  const { location } = answer.headers;
  if (!redirects.has(answer.status) || location === undefined || !URL.canParse(location, answer.url)) {
    return undefined;
  }
  const url = new URL(location, answer.url);
  const { method, body, headers = {} } = request;
  const asGet = becomesGet(answer.status, method);
  const foreign = url.origin !== new URL(answer.url).origin;
  const dropped = (name: string) => (asGet && ofBodies.has(name)) || (foreign && confidential.has(name));
  const kept = Object.entries(headers).filter(([name]) => !dropped(name.toLowerCase()));
  const next = asGet ? { method: 'GET', body: undefined } : { method, body };
  return {
    request: { ...request, ...next, path: `${url.pathname}${url.search}`, headers: Object.fromEntries(kept) },
    base: url.origin,
  };
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'HEAD';
  return method === 'POST' && (status === 301 || status === 302);
}
