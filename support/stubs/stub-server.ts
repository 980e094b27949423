import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { BrineError } from '../errors';

/** How an outside service answers. */
export interface StubAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds before the answer. */
  readonly delayMs: number;
}

/** A request that an outside service received, with the answer it gave. */
export interface StubCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
}

const loopback = '127.0.0.1';
const defaultAnswer: StubAnswer = { status: 200, headers: {}, body: '{}', delayMs: 0 };

/**
 * Plays an outside service over real HTTP: it answers every request alike, as the scenario says (200 and `{}`
 * unless it says otherwise), and remembers the calls.
 */
export class StubServer implements AsyncDisposable {
  private answer = defaultAnswer;
  private calls: StubCall[] = [];
  private readonly pending = new Set<NodeJS.Timeout>();

  private accepted = 0;

  private constructor(
    readonly name: string,
    readonly url: string,
    private readonly server: Server,
  ) {
    server.on('connection', () => this.accepted++);
    server.on('request', (request, response) => void this.serve(request, response));
  }

  /**
   * @param port 0 takes a free one
   * @throws the listener's error when the port is in use
   */
  static async start(name: string, port = 0): Promise<StubServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, loopback, resolve);
    });
    const address = server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    return new StubServer(name, `http://${loopback}:${bound}`, server);
  }

  /** From now on every request is answered so. */
  respondWith(answer: Partial<StubAnswer>): void {
    const complete = { ...defaultAnswer, ...answer };
    if (complete.status < 200 || complete.status > 599) {
      throw new BrineError('BRINE_STEP_002', {
        place: `the answer of outside service "${this.name}"`,
        reason: `${complete.status} is no status that a response can have`,
        advice: 'take one from 200 to 599',
      });
    }
    this.answer = complete;
  }

  /** The calls of this scenario, oldest first. */
  get received(): readonly StubCall[] {
    return this.calls;
  }

  /** How many connections were made to it. */
  get connections(): number {
    return this.accepted;
  }

  /** Back to the default answer, with no calls remembered. */
  reset(): void {
    this.answer = defaultAnswer;
    this.calls = [];
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const answer = this.answer;
    const body = await textOf(request);
    this.calls.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: headersOf(request),
      body,
      status: answer.status,
      at,
    });
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.body);
    }, answer.delayMs);
    this.pending.add(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.pending) clearTimeout(timer);
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
  } catch {
    // the caller hung up; what came is what there is
  }
  return Buffer.concat(chunks).toString('utf8');
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
