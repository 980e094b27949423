import type { Response, Test } from 'supertest';
import { BrineError, messageOf } from '../errors';
import { type Clock, formatDuration } from '../time';
import { HttpConnections } from './http-connections';
import type { HttpCookies } from './http-cookies';
import { inflated, isDeflated } from './http-deflate';
import { assertMethod, assertPath } from './http-path';
import { type FollowUp, followUp } from './http-redirects';

/** What is sent. */
export interface HttpRequest {
  readonly method: string;
  /** Path with its query, such as `/items?page=2`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; its media type is the caller's to say in `headers`. */
  readonly body?: string | Uint8Array | undefined;
  /** For each request and its answer; redirects have their own. */
  readonly timeoutMs: number;
  /** How many redirects are followed; none unless given. */
  readonly redirects?: number;
}

/** A redirect on the way to an answer. */
export interface Redirect {
  readonly status: number;
  readonly url: string;
  /** As its header has it. */
  readonly location: string;
}

/** A request and its answer, as evidence and for assertions. */
export interface HttpExchange {
  /** Name of the service, as features say it. */
  readonly service: string;
  /** As it was sent first, before any redirect. */
  readonly request: HttpRequest;
  /** Where the answer comes from. */
  readonly url: string;
  readonly status: number;
  readonly reason: string;
  /** Names in lower case; of a name that comes more than once, the values with commas between them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names in lower case, each with all its values. */
  readonly headerValues: Readonly<Record<string, readonly string[]>>;
  /** The body, decompressed, in the charset that its header `content-type` names; else UTF-8. */
  readonly text: string;
  /** The body, decompressed. */
  readonly bytes: Uint8Array;
  /** What was followed, first one first. */
  readonly redirects: readonly Redirect[];
  readonly elapsedMs: number;
  /** When it was sent, in milliseconds since 1970. */
  readonly at: number;
}

/** What a client needs to be trusted, and to trust: PEM texts. */
export interface TlsIdentity {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Sends requests to one service over connections that are kept open. */
export class HttpClient implements Disposable {
  private readonly connections: HttpConnections;
  /** Loaded while the services start, which takes longer. */
  private readonly supertest = import('supertest');

  constructor(
    private readonly service: string,
    readonly baseUrl: string,
    tls: TlsIdentity = {},
    clock?: Clock,
  ) {
    this.connections = new HttpConnections(given(tls), clock);
  }

  /**
   * One exchange, whatever its status.
   * @param cookies the jar that cookies are taken from and kept in; without it there are none
   * @throws BrineError BRINE_STEP_001 or BRINE_STEP_002 when the method or the path is none; Error when there is no
   * answer (refused, reset, or not within the time-out) or redirects do not end
   */
  async send(request: HttpRequest, cookies?: HttpCookies): Promise<HttpExchange> {
    assertMethod(request.method);
    assertPath(request.path);
    const at = Date.now();
    const begin = performance.now();
    const redirects: Redirect[] = [];
    let next: FollowUp = { request, base: this.baseUrl };
    for (;;) {
      const answer = await this.exchange(next, cookies, at).catch((error) => {
        throw redirects.length === 0 ? error : afterRedirect(error, next);
      });
      const further = followUp(next.request, answer);
      if (further === undefined || (request.redirects ?? 0) === 0) {
        return { ...answer, request, redirects, elapsedMs: performance.now() - begin };
      }
      redirects.push({
        status: answer.status,
        url: answer.url,
        location: answer.headers.location ?? '',
      });
      if (redirects.length > (request.redirects ?? 0)) throw endless(request, redirects);
      next = further;
    }
  }

  private async exchange(
    { request, base }: FollowUp,
    cookies: HttpCookies | undefined,
    at: number,
  ): Promise<HttpExchange> {
    const begin = performance.now();
    const url = `${base}${request.path}`;
    const jar = await cookies?.header(url);
    const response = await this.answer(this.prepare((await this.supertest).default, request, base, jar));
    const incoming = response as unknown as IncomingStatus;
    const headerValues = valuesOf(response.headers);
    await cookies?.keep(url, headerValues['set-cookie'] ?? []);
    const bytes = Buffer.isBuffer(response.body) ? response.body : Buffer.alloc(0);
    return {
      service: this.service,
      request,
      url,
      status: response.status ?? incoming.statusCode ?? 0,
      reason: incoming.res?.statusMessage ?? incoming.statusMessage ?? '',
      headers: Object.fromEntries(Object.entries(headerValues).map(([name, all]) => [name, all.join(', ')])),
      headerValues,
      bytes,
      text: textOf(bytes, headerValues['content-type']?.[0]),
      redirects: [],
      elapsedMs: performance.now() - begin,
      at,
    };
  }

  /** @throws Error that says, of a time-out, how long was waited */
  private async answer(test: Test): Promise<Response> {
    try {
      return await test;
    } catch (error) {
      const { timeout } = error as { readonly timeout?: unknown };
      if (typeof timeout !== 'number') throw error;
      throw new Error(`there was no answer within ${formatDuration(timeout)}`, { cause: error });
    }
  }

  private prepare(
    supertest: typeof import('supertest'),
    request: HttpRequest,
    base: string,
    cookies: string | undefined,
  ): Test {
    const test = methodOf(supertest(base), request.method, request.path)
      .agent(this.connections.agentFor(base))
      .redirects(0)
      .ok(() => true)
      .timeout({ deadline: request.timeoutMs })
      .buffer(true)
      .parse(asBytes);
    leaveDeflated(test);
    for (const [name, value] of Object.entries(request.headers ?? {})) test.set(name, value);
    const own = ownCookies(request.headers);
    if (cookies !== undefined) test.set('cookie', own === undefined ? cookies : `${own}; ${cookies}`);
    return request.body === undefined ? test : test.serialize(unchanged).send(sendable(request.body));
  }

  [Symbol.dispose](): void {
    this.connections[Symbol.dispose]();
  }
}

function given({ ca, cert, key }: TlsIdentity): Record<string, string> {
  const all = Object.entries({ ca, cert, key });
  return Object.fromEntries(all.flatMap(([name, pem]) => (pem === undefined ? [] : [[name, pem]])));
}

function ownCookies(headers: HttpRequest['headers']): string | undefined {
  return Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'cookie')?.[1];
}

/** supertest has a function for each method that the platform knows; its types name the usual ones. */
function methodOf(agent: ReturnType<typeof import('supertest')>, method: string, path: string): Test {
  return agent[method.toLowerCase() as 'get'](path);
}

/** @param to where the last redirect led */
function afterRedirect(error: unknown, { base, request }: FollowUp): Error {
  return new Error(`redirected to ${base}${request.path}, where: ${messageOf(error)}`, { cause: error });
}

function endless(request: HttpRequest, redirects: readonly Redirect[]): BrineError {
  const way = redirects.map(({ status, url, location }) => `${status} ${url} -> ${location}`);
  return new BrineError('BRINE_STEP_002', {
    place: `${request.method} ${request.path}`,
    reason: `more than ${request.redirects} redirects were followed, and they do not end:\n    ${way.slice(0, 5).join('\n    ')}`,
    advice: 'the service redirects in a circle, or a cookie or token that it waits for is missing',
  });
}

interface IncomingStatus {
  readonly statusCode?: number;
  readonly statusMessage?: string;
  readonly res?: { readonly statusMessage?: string };
}

type Parser = Parameters<Test['parse']>[0];

/** The body as bytes, whatever its type: bodies are read where they are asserted, so that nothing is lost before. */
const asBytes: Parser = (response, done) => {
  const chunks: Buffer[] = [];
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer | string) => chunks.push(Buffer.from(chunk)));
  stream.on('end', () => {
    const bytes = Buffer.concat(chunks);
    if (!isDeflated(response.headers)) return done(null, bytes);
    inflated(bytes).then(
      (plain) => done(null, plain),
      (error) => done(error, bytes),
    );
  });
};

/** What superagent asks itself of a response; its types do not tell of it. */
interface Decompressing {
  _shouldDecompress(response: { readonly headers: Readonly<Record<string, unknown>> }): boolean;
}

/** superagent takes `deflate` in one of its two formats only: {@link asBytes} takes both. */
function leaveDeflated(test: Test): void {
  const decompressing = test as unknown as Decompressing;
  const should = decompressing._shouldDecompress;
  decompressing._shouldDecompress = (response) => !isDeflated(response.headers) && should(response);
}

/** A body that is sent as it stands; the type of the library's function is narrower than what it takes. */
function unchanged(body: unknown): string {
  return body as string;
}

function sendable(body: string | Uint8Array): string | Buffer {
  return typeof body === 'string' ? body : Buffer.from(body);
}

function textOf(bytes: Buffer, contentType = ''): string {
  const [, charset] = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType) ?? [];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return bytes.toString('utf8');
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8'); // nobody knows that charset
  }
}

function valuesOf(headers: Readonly<Record<string, unknown>>): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.map(String) : [String(value)],
    ]),
  );
}

/** What a request shows of its body in messages and evidence. */
export function shownBody(body: HttpRequest['body']): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : `(${body.length.toLocaleString('en-US')} bytes)`;
}
