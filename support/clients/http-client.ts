import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Test } from 'supertest';

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
   * @throws Error when there is no answer: refused, reset, or not within the time-out
   */
  async send(request: HttpRequest): Promise<HttpExchange> {
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
