import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type IWorldOptions, World } from '@cucumber/cucumber';
import {
  type CacheClient,
  type DatabaseClient,
  type EventClient,
  type HttpClient,
  type HttpExchange,
  type HttpRequest,
  type OutgoingEvent,
  type PublishedEvent,
  shownBody,
  withQuery,
} from '../support/clients';
import type { ResolvedConfiguration } from '../support/config';
import type { BackingFacts, BackingServiceName } from '../support/environment/provider';
import type { ServiceUnderTest } from '../support/environment/services/service-under-test';
import { BrineError, didYouMean, maskFor, messageOf } from '../support/errors';
import { FakeData } from '../support/factories';
import type { LoadResult } from '../support/load/load';
import type { EventSchemas } from '../support/schema-registry';
import type { StubServer } from '../support/stubs/stub-server';
import { brief, Evidence } from './evidence';
import { inPlainWords } from './http-faults';
import { HttpSession } from './http-session';
import type { Lane } from './lane';
import { ownStep, type RunningStep } from './running-step';
import type { TableSnapshot } from './table-snapshots';
import { Variables } from './variables';

/** What steps remember for the steps after them. */
export interface Remembered {
  /** Requests and answers, oldest first. */
  readonly exchanges: HttpExchange[];
  /** What came of the last step that sent more than one request; undefined when the last one sent one. */
  many: ManyAnswers | undefined;
  load: LoadResult | undefined;
  published: PublishedEvent | undefined;
  /** The last event that a step has published. */
  outgoing: OutgoingEvent | undefined;
  /** The key of what is published next, by its topic; undefined when none was given. */
  nextKey: ((topic: string) => Promise<string | Buffer>) | undefined;
  /** Headers of what is published next. */
  nextHeaders: Readonly<Record<string, readonly string[]>>;
  /** The last query step's SQL, and the database it goes to. */
  query: { readonly database: string | undefined; readonly sql: string } | undefined;
  /** What became of the transaction steps, oldest first. */
  readonly transactions: RememberedTransaction[];
  /** What tables held when the scenario began, or when a step remembered them; by database and table. */
  readonly tables: Map<string, TableSnapshot>;
  /** Sums of columns, as at the same moments; by what is summed. */
  readonly sums: Map<string, string>;
}

/** The answers to one step. */
export interface ManyAnswers {
  /** Sent at once, one page after the other, or as load. */
  readonly kind: 'at once' | 'pages' | 'load';
  readonly exchanges: readonly HttpExchange[];
  /** All items of all pages, in their order. */
  readonly items?: readonly unknown[];
}

/** A transaction step. */
export interface RememberedTransaction {
  readonly sql: string;
  /** What undid it; null when it was committed. */
  readonly error: Error | null;
  /** Whether a step has looked at that. */
  seen: boolean;
}

/**
 * What one scenario holds: the lane with a client for every store and service, variables, and evidence.
 * Steps written in a user's own project get it as `this`.
 */
export class AcceptanceWorld extends World {
  readonly variables = new Variables({ generate: (expression) => this.fakeData.generate(expression) });
  /** What was said of requests before they are sent, cookies and tokens. */
  readonly requests = new HttpSession();
  readonly remembered: Remembered = {
    exchanges: [],
    many: undefined,
    load: undefined,
    published: undefined,
    outgoing: undefined,
    nextKey: undefined,
    nextHeaders: {},
    query: undefined,
    transactions: [],
    tables: new Map(),
    sums: new Map(),
  };
  /** The step that runs; undefined in hooks. */
  step: RunningStep | undefined;
  private entered:
    | { readonly lane: Lane; readonly evidence: Evidence; readonly fakeData: FakeData }
    | undefined;

  constructor(options: IWorldOptions) {
    super(options);
  }

  /**
   * Called by the first hook of a scenario.
   * @param scenario what tells it from all others
   */
  enter(lane: Lane, scenario: string): void {
    const { secrets, seed = 0 } = lane.configuration;
    const fakeData = new FakeData(seed, scenario);
    this.entered = { lane, evidence: new Evidence(maskFor(secrets)), fakeData };
  }

  get lane(): Lane {
    return this.inScenario().lane;
  }

  get evidence(): Evidence {
    return this.inScenario().evidence;
  }

  get configuration(): ResolvedConfiguration {
    return this.lane.configuration;
  }

  private inScenario() {
    if (this.entered === undefined)
      throw new BrineError('BRINE_ENV_007', { reason: 'no scenario has begun' });
    return this.entered;
  }

  /** A service under test (its address, its log); the first declared one unless named. */
  service(name?: string): ServiceUnderTest {
    return pick(this.lane.services, this.serviceName(name), 'service');
  }

  /**
   * What a backing service is in this run: its provider, its version, and its container's identifier where it has
   * one, for steps that want to do something to it.
   */
  backing(name: BackingServiceName): BackingFacts {
    this.lane.assertStarted(name);
    return pick(this.lane.backing, name, 'backing service');
  }

  /** The connection to a database; the first declared one unless named. */
  database(name?: string): DatabaseClient {
    if (Object.keys(this.configuration.databases).length > 0) this.lane.assertStarted('postgres');
    if (name !== undefined) this.lane.assertDatabaseStarted(name);
    return pick(this.lane.databases, name, 'database').client;
  }

  /** Whether what is written to a database is taken back by a reset; the first declared one unless named. */
  isReset(name?: string): boolean {
    return pick(this.lane.databases, name, 'database').facts.mayReset;
  }

  /** Plausible values, which the seed of the run and the scenario decide. */
  get fakeData(): FakeData {
    return this.inScenario().fakeData;
  }

  get cache(): CacheClient {
    return this.lane.cache;
  }

  get events(): EventClient {
    return this.lane.events;
  }

  /** The schemas of events, and their registry. */
  get schemas(): EventSchemas {
    return this.lane.schemas;
  }

  /** An outside service that Brine plays; the first declared one unless named. */
  stub(name?: string): StubServer {
    const stub = pick(this.lane.stubs, name, 'outside service');
    stub.describedBy(() => ownStep(this.step));
    return stub;
  }

  /**
   * Sends a request to a service and remembers the exchange. What steps have said of the next request and of all
   * requests is added; what is given here goes before.
   * @param name the first declared service unless given
   */
  async http(request: OutgoingRequest, name?: string): Promise<HttpExchange> {
    const exchange = await this.exchange(this.prepared(request, name), name);
    this.remembered.exchanges.push(exchange);
    this.remembered.many = undefined;
    return exchange;
  }

  /** The request as it will be sent: with what steps have said of it, and of all. */
  prepared(request: OutgoingRequest, name?: string): HttpRequest {
    const { headers, query, ...settings } = this.requests.take(this.serviceName(name) ?? '');
    const { timeoutMs = this.configuration.timeout, followRedirects = false } = settings;
    const own = { ...headers, ...request.explicitHeaders };
    const named = new Set(Object.keys(own).map((header) => header.toLowerCase()));
    const added = Object.entries(request.headers ?? {}).filter(
      ([header]) => !named.has(header.toLowerCase()),
    );
    const { method, path, body } = request;
    return {
      method,
      path: withQuery(path, query),
      headers: { ...Object.fromEntries(added), ...own },
      body,
      timeoutMs,
      redirects: followRedirects ? mostRedirects : 0,
    };
  }

  /** Sends a request as it is, and notes it as evidence. */
  async exchange(prepared: HttpRequest, name?: string): Promise<HttpExchange> {
    const client = this.httpClient(name);
    const request = { ...prepared, headers: await this.requests.renewed(prepared.headers) };
    const at = Date.now();
    const sent = [request.method, request.path, shownBody(request.body)].filter(Boolean).join(' ');
    try {
      const exchange = await client.send(request, this.requests.cookies);
      const hops = exchange.redirects.map(({ status, location }) => ` -> ${status} ${location}`).join('');
      this.evidence.add('http', `${sent}${hops} -> ${exchange.status} ${exchange.text}`, at);
      return exchange;
    } catch (error) {
      if (error instanceof BrineError) throw error; // nothing was sent
      this.evidence.add('http', `${sent} -> ${brief(error)}`, at);
      throw (await this.lane.deathSoon()) ?? withRequest(error, request);
    }
  }

  /** The client of a service; the first declared one unless named. */
  httpClient(name?: string): HttpClient {
    return pick(this.lane.http, this.serviceName(name), 'service');
  }

  /** The first declared service is the default also when it was not started: no other takes its place. */
  private serviceName(name: string | undefined): string | undefined {
    const wanted = name ?? Object.keys(this.configuration.services)[0];
    if (wanted !== undefined) this.lane.assertServiceStarted(wanted);
    return wanted;
  }

  /** The path of a file in the test data folder. */
  testDataPath(file: string): string {
    return resolve(this.lane.projectDirectory, this.configuration.testDataDir, file);
  }

  /**
   * The text of a file in the test data folder.
   * @throws BrineError naming the file's place when it cannot be read
   */
  testData(file: string): string {
    return this.testBytes(file).toString('utf8');
  }

  /** The content of such a file. */
  testBytes(file: string): Buffer {
    return this.reading(file, () => readFileSync(this.testDataPath(file)));
  }

  /** @throws BrineError as {@link testData} does, when there is no such file */
  assertTestData(file: string): void {
    this.reading(file, () => accessSync(this.testDataPath(file), constants.R_OK));
  }

  private reading<T>(file: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      const parameters = {
        place: `file "${file}"`,
        reason: messageOf(error),
        advice: `${didYouMean(file, this.filesBeside(file))}files are looked for in the folder testDataDir`,
      };
      throw new BrineError('BRINE_STEP_002', parameters, { cause: error });
    }
  }

  private filesBeside(file: string): string[] {
    const folder = dirname(file);
    try {
      const names = readdirSync(this.testDataPath(folder));
      return names.map((name) => (folder === '.' ? name : `${folder}/${name}`));
    } catch {
      return [];
    }
  }

  /** The last exchange of the scenario. */
  get lastExchange(): HttpExchange {
    const last = this.remembered.exchanges.at(-1);
    const { many } = this.remembered;
    if (many !== undefined) throw notOne(many);
    if (last !== undefined) return last;
    throw new BrineError('BRINE_STEP_002', {
      place: 'this step',
      reason: 'there is no response yet',
      advice: 'send a request before: When I send GET "/..."',
    });
  }
}

const mostRedirects = 10;

/** What a step says of a request. */
export interface OutgoingRequest {
  readonly method: string;
  readonly path: string;
  /** For what nothing else was said of: the media type of the body. */
  readonly headers?: Readonly<Record<string, string>>;
  /** These go before everything. */
  readonly explicitHeaders?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

function withRequest(error: unknown, { method, path }: HttpRequest): Error {
  return new Error(`${method} ${path} got no answer: ${inPlainWords(messageOf(error))}`, { cause: error });
}

const aboutMany: Readonly<Record<ManyAnswers['kind'], string>> = {
  'at once': 'sent several requests at once: say what holds of `all responses`, or of so many of them',
  pages: 'read all pages: say what holds of `all pages`',
  load: 'was load: say what holds of `the load`',
};

function notOne({ kind }: ManyAnswers): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: 'this step',
    reason: 'there is no single response to look at',
    advice: `the last step ${aboutMany[kind]}`,
  });
}

function pick<T>(things: ReadonlyMap<string, T>, name: string | undefined, kind: string): T {
  const wanted = name ?? things.keys().next().value;
  const found = wanted === undefined ? undefined : things.get(wanted);
  if (found !== undefined) return found;
  throw new BrineError('BRINE_STEP_001', {
    kind,
    name: wanted ?? '(none is declared)',
    suggestion: didYouMean(wanted ?? '', things.keys()),
    known: [...things.keys()].join(', ') || 'none: declare it in the configuration',
  });
}
