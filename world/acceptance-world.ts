import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type IWorldOptions, World } from '@cucumber/cucumber';
import type {
  CacheClient,
  DatabaseClient,
  EventClient,
  HttpExchange,
  HttpRequest,
  PublishedEvent,
} from '../support/clients';
import type { ResolvedConfiguration } from '../support/config';
import type { BackingFacts, BackingServiceName } from '../support/environment/provider';
import type { ServiceUnderTest } from '../support/environment/services/service-under-test';
import { BrineError, didYouMean, maskFor, messageOf } from '../support/errors';
import { FakeData } from '../support/factories';
import type { StubServer } from '../support/stubs/stub-server';
import { brief, Evidence } from './evidence';
import type { Lane } from './lane';
import type { TableSnapshot } from './table-snapshots';
import { Variables } from './variables';

/** What steps remember for the steps after them. */
export interface Remembered {
  /** Headers of the next request only. */
  nextHeaders: Record<string, string>;
  /** Requests and answers, oldest first. */
  readonly exchanges: HttpExchange[];
  published: PublishedEvent | undefined;
  /** The last query step's SQL, and the database it goes to. */
  query: { readonly database: string | undefined; readonly sql: string } | undefined;
  /** What became of the transaction steps, oldest first. */
  readonly transactions: RememberedTransaction[];
  /** What tables held when the scenario began, or when a step remembered them; by database and table. */
  readonly tables: Map<string, TableSnapshot>;
  /** Sums of columns, as at the same moments; by what is summed. */
  readonly sums: Map<string, string>;
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
  readonly remembered: Remembered = {
    nextHeaders: {},
    exchanges: [],
    published: undefined,
    query: undefined,
    transactions: [],
    tables: new Map(),
    sums: new Map(),
  };
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

  /** An outside service that Brine plays; the first declared one unless named. */
  stub(name?: string): StubServer {
    return pick(this.lane.stubs, name, 'outside service');
  }

  /**
   * Sends a request to a service and remembers the exchange.
   * @param name the first declared service unless given
   */
  async http(request: Omit<HttpRequest, 'timeoutMs'>, name?: string): Promise<HttpExchange> {
    const client = pick(this.lane.http, this.serviceName(name), 'service');
    const at = Date.now();
    const timeoutMs = this.configuration.timeout;
    try {
      const exchange = await client.send({ ...request, timeoutMs });
      this.remembered.exchanges.push(exchange);
      const { method, path, body } = request;
      const sent = body === undefined ? '' : ` ${body}`;
      this.evidence.add('http', `${method} ${path}${sent} -> ${exchange.status} ${exchange.text}`, at);
      return exchange;
    } catch (error) {
      if (error instanceof BrineError) throw error; // nothing was sent
      this.evidence.add('http', `${request.method} ${request.path} -> ${brief(error)}`, at);
      throw (await this.lane.deathSoon()) ?? error;
    }
  }

  /** The first declared service is the default also when it was not started: no other takes its place. */
  private serviceName(name: string | undefined): string | undefined {
    const wanted = name ?? Object.keys(this.configuration.services)[0];
    if (wanted !== undefined) this.lane.assertServiceStarted(wanted);
    return wanted;
  }

  /** The headers that were set for the next request; there are none left afterwards. */
  takeNextHeaders(): Record<string, string> {
    const headers = this.remembered.nextHeaders;
    this.remembered.nextHeaders = {};
    return headers;
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
    return this.reading(file, () => readFileSync(this.testDataPath(file), 'utf8'));
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
    if (last !== undefined) return last;
    throw new BrineError('BRINE_STEP_002', {
      place: 'this step',
      reason: 'there is no response yet',
      advice: 'send a request before: When I send GET "/..."',
    });
  }
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
