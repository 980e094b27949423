import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { BrineError } from '../errors';
import { endHttpServer, listenOnLoopback, loopback } from '../loopback/server';
import { readRequest, type StubCall } from './stub-call';
import {
  type Choice,
  type GivenAnswer,
  type Origin,
  type StubAnswer,
  type StubRule,
  StubRules,
} from './stub-rules';

const usualAnswer: GivenAnswer = { status: 200, headers: {}, body: '{}', delayMs: 0 };

/**
 * Plays an outside service over real HTTP: it answers as the scenario says (200 and `{}` as long as that says nothing), and
 * remembers the calls. A request that the scenario does not describe, though it describes others, is answered with 501 and why.
 */
export class StubServer implements AsyncDisposable {
  private rules = new StubRules(usualAnswer);
  private calls: StubCall[] = [];
  private readonly pending = new Set<NodeJS.Timeout>();

  private accepted = 0;
  private origin: () => Origin | undefined = () => undefined;
  private readonly listeners = new Set<() => void>();

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
    const bound = await listenOnLoopback(server, port);
    return new StubServer(name, `http://${loopback}:${bound}`, server);
  }

  /**
   * From now on every request is answered so, but for those that are described later.
   * @throws BrineError BRINE_STEP_002 for a status that no response can have
   */
  respondWith(answer: Partial<GivenAnswer> | 'dropped'): void {
    this.rules.answerAll(this.complete(answer), this.origin());
  }

  /**
   * From now on the requests that the rule describes are answered as it says; the last description goes before others.
   * @throws BrineError BRINE_STEP_002 for a status that no response can have
   */
  respondTo(rule: Omit<StubRule, 'turns'> & { readonly turns: readonly GivenTurn[] }): void {
    const turns = rule.turns.map((turn) => ({ ...turn, answer: this.complete(turn.answer) }));
    this.rules.add({ ...rule, turns }, this.origin());
  }

  private complete(answer: Partial<GivenAnswer> | 'dropped'): StubAnswer {
    if (answer === 'dropped') return answer;
    const complete = { ...usualAnswer, ...answer };
    if (Number.isInteger(complete.status) && complete.status >= 200 && complete.status <= 599)
      return complete;
    throw new BrineError('BRINE_STEP_002', {
      place: `the answer of outside service "${this.name}"`,
      reason: `${complete.status} is no status that a response can have`,
      advice: 'take one from 200 to 599',
    });
  }

  /**
   * The calls of this scenario, oldest first. Who looks at them says what is expected of them: what has been described by now need not
   * be called; see {@link uncalled}.
   */
  get received(): readonly StubCall[] {
    this.rules.excuse();
    return this.calls;
  }

  /** As {@link received}, for who only shows them or looks for one among them. */
  get shown(): readonly StubCall[] {
    return this.calls;
  }

  /**
   * Who describes what from now on.
   * @param origin gives the same object as long as it is the same step; undefined: whoever need not be named, nor be called
   */
  describedBy(origin: () => Origin | undefined): void {
    this.origin = origin;
  }

  /** Who has described, in this scenario, what nobody has called; in their order. */
  get uncalled(): readonly Origin[] {
    return this.rules.uncalled;
  }

  /**
   * Has a function called at each call that was received.
   * @returns how to stop that
   */
  onCall(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** How many connections were made to it. */
  get connections(): number {
    return this.accepted;
  }

  /** Back to the usual answer, with no calls remembered. */
  reset(): void {
    this.rules = new StubRules(usualAnswer);
    this.calls = [];
    this.origin = () => undefined;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const { rules } = this; // a reset while the request is read does not make it another scenario's
    const calls = this.calls;
    const received = await readRequest(request);
    const choice = rules.choose(received);
    const answer = answerOf(choice);
    const status = answer === 'dropped' ? undefined : answer.status;
    calls.push({
      ...received,
      status,
      at,
      unexpected: 'unexpected' in choice ? choice.unexpected : undefined,
    });
    for (const wake of this.listeners) wake();
    if (answer === 'dropped') request.socket.destroy();
    else this.send(answer, response);
  }

  private send(answer: GivenAnswer, response: ServerResponse): void {
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.body);
    }, answer.delayMs);
    this.pending.add(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.pending) clearTimeout(timer);
    await endHttpServer(this.server);
  }
}

/** An answer as a step gives it: what it leaves out is as usual. */
export interface GivenTurn {
  readonly answer: Partial<GivenAnswer> | 'dropped';
  readonly times?: number;
}

function answerOf(choice: Choice): StubAnswer {
  if ('answer' in choice) return choice.answer;
  const error = `no step of this scenario describes this call: ${choice.unexpected}`;
  return { ...usualAnswer, status: 501, body: JSON.stringify({ error }) };
}
