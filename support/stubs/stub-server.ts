import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../errors';
import { endHttpServer, listenOnLoopback, loopback } from '../loopback/server';
import { completeAnswer, type GivenAnswer, type StubAnswer, sendAnswer, usualAnswer } from './stub-answer';
import type { StubCall } from './stub-call';
import { readRequest, type StubRequest } from './stub-request';
import { type Choice, type Origin, type StubRule, StubRules } from './stub-rules';

/** What belongs to one scenario: what it describes, and the calls that began in it. */
class Scenario {
  readonly rules = new StubRules(usualAnswer);
  readonly calls: StubCall[] = [];
  /** Calls that have not ended. */
  readonly underWay = new Set<IncomingMessage>();
  /** Answers that are due later. */
  readonly delayed = new Map<NodeJS.Timeout, () => void>();
  isOver = false;
}

/**
 * Plays an outside service over real HTTP: it answers as the scenario says (200 and `{}` as long as that says nothing), and
 * remembers the calls. A request that the scenario does not describe, though it describes others, is answered with 501 and why.
 */
export class StubServer implements AsyncDisposable {
  private scenario = new Scenario();
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
   * @throws BrineError BRINE_STEP_002 for a status or a header that no response can have
   */
  respondWith(answer: Partial<GivenAnswer> | 'dropped'): void {
    this.scenario.rules.answerAll(completeAnswer(answer, this.name), this.origin());
  }

  /**
   * From now on the requests that the rule describes are answered as it says; the last description goes before others.
   * @throws BrineError BRINE_STEP_002 for a status or a header that no response can have, and for a marker that captures;
   *   BRINE_MATCH_001 or BRINE_MATCH_002 for a marker that cannot be read
   */
  respondTo(rule: Omit<StubRule, 'turns'> & { readonly turns: readonly GivenTurn[] }): void {
    const turns = rule.turns.map((turn) => ({ ...turn, answer: completeAnswer(turn.answer, this.name) }));
    this.scenario.rules.add({ ...rule, turns }, this.origin());
  }

  /**
   * The calls of this scenario, oldest first. Who looks at them says what is expected of them: what has been described by now need not
   * be called; see {@link uncalled}.
   */
  get received(): readonly StubCall[] {
    this.scenario.rules.excuse();
    return this.scenario.calls;
  }

  /** As {@link received}, for who only shows them or looks for one among them. */
  get shown(): readonly StubCall[] {
    return this.scenario.calls;
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
    return this.scenario.rules.uncalled;
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

  /** Calls of this scenario that have not ended, as messages say them. */
  get underWay(): readonly string[] {
    return [...this.scenario.underWay].map(({ method, url }) => `${method} ${url}`);
  }

  /** The steps of the scenario are over: answers that were to come later are given now, so that nobody waits for them. */
  hurry(): void {
    for (const [timer, send] of this.scenario.delayed) {
      clearTimeout(timer);
      send();
    }
  }

  /** What comes from now on is not this scenario's. */
  endScenario(): void {
    this.scenario.isOver = true;
  }

  /** Back to the usual answer, with no calls remembered. What began before does not belong to the next scenario. */
  reset(): void {
    this.scenario = new Scenario();
    this.origin = () => undefined;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [at, monotonic] = [Date.now(), performance.now()];
    const { scenario } = this; // a reset while the request is read does not make it another scenario's
    scenario.underWay.add(request);
    response.once('close', () => scenario.underWay.delete(request));
    const received = await readRequest(request);
    const choice = chosen(scenario.rules, received);
    const answer = answerOf(choice);
    const status = answer === 'dropped' ? undefined : answer.status;
    const unexpected = 'unexpected' in choice ? choice.unexpected : undefined;
    if (!scenario.isOver) scenario.calls.push({ ...received, status, at, monotonic, unexpected });
    for (const wake of this.listeners) wake();
    if (answer === 'dropped') request.socket.destroy();
    else if (answer.delayMs === 0 || scenario.isOver) sendAnswer(response, answer);
    else sendLater(scenario, response, answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.scenario.delayed.keys()) clearTimeout(timer);
    await endHttpServer(this.server);
  }
}

/** Does not hold up the end of the process. Who has hung up needs no answer. */
function sendLater({ delayed }: Scenario, response: ServerResponse, answer: GivenAnswer): void {
  const send = () => {
    delayed.delete(timer);
    sendAnswer(response, answer);
  };
  const timer = setTimeout(send, answer.delayMs);
  delayed.set(timer, send);
  response.once('close', () => {
    clearTimeout(timer);
    delayed.delete(timer);
  });
}

/** An answer as a step gives it: what it leaves out is as usual. */
export interface GivenTurn {
  readonly answer: Partial<GivenAnswer> | 'dropped';
  readonly times?: number;
}

/** A fault of ours must not end the run: it is told as what is wrong with the call. */
function chosen(rules: StubRules, request: StubRequest): Choice {
  try {
    return rules.choose(request);
  } catch (error) {
    return { unexpected: `it could not be compared: ${messageOf(error)}` };
  }
}

function answerOf(choice: Choice): StubAnswer {
  if ('answer' in choice) return choice.answer;
  const error = `no step of this scenario describes this call: ${choice.unexpected}`;
  return { ...usualAnswer, status: 501, body: JSON.stringify({ error }) };
}
