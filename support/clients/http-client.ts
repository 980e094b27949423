import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Test } from 'supertest';
import { BrineError } from '../errors';

/** What is sent. */
export interface HttpRequest {
  readonly method: string;
  /** Path with its query, such as `/items?page=2`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; its media type is the caller's to say in `headers`. */
  readonly body?: string | undefined;
  readonly timeoutMs: number;
}

/** A request and its answer, as evidence and for assertions. */
export interface HttpExchange {
  /** Name of the service, as features say it. */
  readonly service: string;
  readonly request: HttpRequest;
  readonly url: string;
  readonly status: number;
  readonly reason: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly elapsedMs: number;
  /** When it was sent, in milliseconds since 1970. */
  readonly at: number;
}

/** Sends requests to one service over connections that are kept open. Redirects are not followed. */
export class HttpClient implements Disposable {
  private readonly agent: Agent;
  /** Loaded while the services start, which takes longer. */
  private readonly supertest = import('supertest');

  constructor(
    private readonly service: string,
    private readonly baseUrl: string,
  ) {
    this.agent = new (baseUrl.startsWith('https:') ? SecureAgent : Agent)({ keepAlive: true });
  }

  /**
   * One exchange, whatever its status.
   * @throws BrineError BRINE_STEP_002 when the path is none; Error when there is no answer: refused, reset, or not within the time-out
   */
  async send(request: HttpRequest): Promise<HttpExchange> {
    assertPath(request.path);
    const at = Date.now();
    const begin = performance.now();
    const response = await this.prepare((await this.supertest).default, request);
    const { statusCode = 0, statusMessage = '' } = response as unknown as IncomingStatus;
    return {
      service: this.service,
      request,
      url: `${this.baseUrl}${request.path}`,
      status: response.status ?? statusCode,
      reason: statusMessage,
      headers: headersOf(response.headers),
      text: typeof response.body === 'string' ? response.body : '',
      elapsedMs: performance.now() - begin,
      at,
    };
  }

  private prepare(supertest: typeof import('supertest'), request: HttpRequest): Test {
    const method = request.method.toLowerCase() as 'get';
    const test = supertest(this.baseUrl)
      [method](request.path)
      .agent(this.agent)
      .redirects(0)
      .ok(() => true)
      .timeout({ deadline: request.timeoutMs })
      .buffer(true)
      .parse(asText);
    for (const [name, value] of Object.entries(request.headers ?? {})) test.set(name, value);
    return request.body === undefined ? test : test.serialize(unchanged).send(request.body);
  }

  [Symbol.dispose](): void {
    this.agent.destroy();
  }
}

function assertPath(path: string): void {
  const fault = faultOf(path);
  if (fault === undefined) return;
  const [reason, advice] = fault;
  throw new BrineError('BRINE_STEP_002', { place: `the path "${path}" of the request`, reason, advice });
}

function faultOf(path: string): readonly [reason: string, advice: string] | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path) || path.startsWith('//')) {
    return [
      'it is an address of its own',
      'give the path only; which service is meant is said by its name: ... to orders',
    ];
  }
  if (!path.startsWith('/')) return ['it does not begin with /', `write "/${path}"`];
  const [odd] = /[\s\p{Cc}]/u.exec(path) ?? [];
  if (odd === undefined) return undefined;
  return [
    `it has ${odd === ' ' ? 'a space' : 'a control character'} in it`,
    `write it encoded: ${encodeURIComponent(odd)}`,
  ];
}

interface IncomingStatus {
  readonly statusCode?: number;
  readonly statusMessage?: string;
}

type Parser = Parameters<Test['parse']>[0];

/** The body as text, whatever its type: bodies are parsed where they are asserted, so that nothing is lost before. */
const asText: Parser = (response, done) => {
  const chunks: Buffer[] = [];
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer | string) => chunks.push(Buffer.from(chunk)));
  stream.on('end', () => done(null, Buffer.concat(chunks).toString('utf8')));
};

function unchanged(body: unknown): string {
  return String(body);
}

function headersOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  );
}
