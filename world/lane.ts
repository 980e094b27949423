import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type CacheClient, type EventClient, type EventRecorder, HttpClient } from '../support/clients';
import type { ResolvedConfiguration, ServiceConfiguration } from '../support/config';
import { backingServiceNames } from '../support/config/backing-services';
import { backingContainer } from '../support/environment/backing-container';
import { BackingWatch } from '../support/environment/backing-watch';
import type { ContainerHandle } from '../support/environment/container-handle';
import type { LaneEventsFacts } from '../support/environment/kafka/facts';
import { type LaneName, topicPrefixOf } from '../support/environment/kafka/lane';
import { Ledger } from '../support/environment/leftovers/ledger';
import { storesNamedBy } from '../support/environment/needs';
import { assertPortIsFree } from '../support/environment/ports';
import type { BackingFacts, BackingServiceName } from '../support/environment/provider';
import { openCacheLane } from '../support/environment/redis/lane';
import { retriedStart } from '../support/environment/retried-start';
import { describeBackingServices, type RunFacts } from '../support/environment/run-facts';
import { ContainerSite } from '../support/environment/services/container-site';
import { OwnOutput } from '../support/environment/services/in-process/own-context';
import { type ServiceDatabases, ServiceUnderTest } from '../support/environment/services/service-under-test';
import type { TemplateValues } from '../support/environment/template';
import { allSettled, BrineError, messageOf } from '../support/errors';
import type { EventSchemas } from '../support/schema-registry';
import { StubServer } from '../support/stubs/stub-server';
import { systemClock, type Watch } from '../support/time';
import { LaneCache } from './lane-cache';
import { type LaneDatabase, LaneDatabases } from './lane-databases';
import { LaneEvents } from './lane-events';
import { noSchemaRegistry, type OpenedSchemas, openSchemas } from './lane-schemas';
import { opened } from './opened';
import { ServiceDatabaseConnections } from './service-databases';
import { Settling } from './settle';

const nothingLeft: { readonly left: readonly string[]; readonly renewed: readonly string[] } = {
  left: [],
  renewed: [],
};
/** What the end of a process is noticed later than that of its connections. */
const noticeMs = 250;

/**
 * What one worker has for itself: databases, a cache, topics, stubs, and its own copies of the services under
 * test, with a client for each. Two lanes never see each other.
 */
export class Lane implements AsyncDisposable {
  readonly services = new Map<string, ServiceUnderTest>();
  readonly http = new Map<string, HttpClient>();
  readonly stubs = new Map<string, StubServer>();
  private readonly disposables: Array<AsyncDisposable | Disposable> = [];
  private madeDatabases: LaneDatabases | undefined;
  /** What the templates of services may name. */
  private values: TemplateValues = new Map();
  private openedCache: LaneCache | undefined;
  private openedEvents: LaneEvents | undefined;
  private openedSchemas: EventSchemas | undefined;
  private readonly settling = new Settling();
  private clean = true;
  private readonly backingWatch: BackingWatch;
  /** Services that had died when the scenario began, and were not started again for want of a backing server. */
  private readonly deadBefore = new Set<ServiceUnderTest>();

  private constructor(
    private readonly run: RunFacts,
    readonly index: number,
  ) {
    this.backingWatch = this.keep(new BackingWatch(run, index));
  }

  /**
   * Opens everything, the services last: they find their databases, topics and stubs in place.
   * @throws the first error, or that a backing server has ended; after what had been opened was closed
   */
  static async open(run: RunFacts, index: number): Promise<Lane> {
    const lane = new Lane(run, index);
    try {
      await lane.openAll();
      return lane;
    } catch (error) {
      await lane.lookAtBacking().catch(() => {});
      const ended = lane.backingWatch.death(error);
      await lane[Symbol.asyncDispose]().catch(() => {}); // the first error is the one to tell
      throw ended ?? error;
    }
  }

  get configuration(): ResolvedConfiguration {
    return this.run.configuration;
  }

  /** Provider, version and (where it runs in one) container of each backing service. */
  get backing(): ReadonlyMap<BackingServiceName, BackingFacts> {
    return new Map(describeBackingServices(this.run).map(({ service, ...facts }) => [service, facts]));
  }

  /** To stop, restart or pause a backing service; undefined when it does not run in a container of ours. */
  container(service: BackingServiceName): ContainerHandle | undefined {
    return backingContainer(this.run, service);
  }

  /** By the name that the configuration gives them. */
  get databases(): ReadonlyMap<string, LaneDatabase> {
    return this.madeDatabases?.open ?? new Map();
  }

  /** Begins to watch for writes to its databases; nothing where that cannot be done. */
  async watchDatabases(): Promise<Watch | undefined> {
    return this.madeDatabases?.watch();
  }

  /** What a scenario does in its databases from now on is one transaction in each, until {@link rollback}. */
  async begin(): Promise<void> {
    await this.madeDatabases?.begin();
  }

  async rollback(): Promise<void> {
    await this.madeDatabases?.rollback();
  }

  get projectDirectory(): string {
    return this.run.projectDirectory;
  }

  /** @throws BrineError BRINE_ENV_009 when no chosen scenario was seen to need it, so that it was not started */
  get cache(): CacheClient {
    this.assertStarted('redis');
    return opened(this.openedCache).client;
  }

  /** @throws BrineError BRINE_ENV_009 when no chosen scenario was seen to need it, so that it was not started */
  get events(): EventClient {
    this.assertStarted('kafka');
    return opened(this.openedEvents).client;
  }

  /**
   * The schemas of events.
   * @throws BrineError BRINE_STEP_002 when the configuration names no registry of them
   */
  get schemas(): EventSchemas {
    this.assertStarted('kafka');
    return this.openedSchemas ?? noSchemaRegistry();
  }

  /** The recorder of events, where there can be any. */
  get recorder(): EventRecorder | undefined {
    return this.openedEvents?.used?.recorder;
  }

  /** @throws BrineError BRINE_ENV_009 saying why the backing service was not started, and what would start it */
  assertStarted(backing: BackingServiceName): void {
    const reason = this.run.notStarted.backing[backing];
    if (reason === undefined) return;
    const advice = `say that the step uses it (uses: ['${backing}'] in its documentation) or, for a hook, which tags need it: ${backing}.neededBy`;
    throw new BrineError('BRINE_ENV_009', { thing: backing, reason, advice });
  }

  /** @throws BrineError BRINE_ENV_009 saying why the service was not started, and what would start it */
  assertServiceStarted(name: string): void {
    const reason = this.run.notStarted.services[name];
    if (reason === undefined) return;
    const advice = `give the scenario such a tag, or widen services.${name}.neededBy`;
    throw new BrineError('BRINE_ENV_009', { thing: `service "${name}"`, reason, advice });
  }

  /** @throws BrineError BRINE_ENV_009 saying why the database was not made, and what would make it */
  assertDatabaseStarted(name: string): void {
    const reason = this.run.notStarted.databases?.[name];
    if (reason === undefined) return;
    const advice = `give the scenario such a tag, or widen databases.${name}.neededBy`;
    throw new BrineError('BRINE_ENV_009', { thing: `database "${name}"`, reason, advice });
  }

  private async openAll(): Promise<void> {
    const [databases, cache, events] = await allSettled([
      this.makeDatabases(),
      this.openCache(),
      this.openEvents(),
      this.openStubs(),
    ]);
    this.values = await this.declareServices({ databases, cache, events });
    // the world's own clients are loaded and connected while the services start, which takes longer
    await allSettled([this.startServices(), this.connectStores(), databases.connect()]);
    await databases.openResets();
  }

  /** When one service does not start, the others need not go on. */
  private async startServices(): Promise<void> {
    const services = [...this.services.values()];
    const starts = services.map((service) => service.start(this.values));
    try {
      await Promise.all(starts);
    } catch (error) {
      await Promise.allSettled(services.map((service) => service[Symbol.asyncDispose]()));
      await Promise.allSettled(starts);
      throw error;
    }
  }

  private async makeDatabases(): Promise<LaneDatabases> {
    const databases = await LaneDatabases.make(this.run, this.index, this.context().ledger);
    this.madeDatabases = this.keep(databases);
    return databases;
  }

  private async openCache(): Promise<LaneCache | undefined> {
    const { redis } = this.run;
    if (redis === undefined) return undefined;
    const { binary, port } = this.configuration.redis;
    const isKnownByNumber = Object.values(this.configuration.services).some(({ url }) => url !== undefined);
    const settings = { binary, port, isKnownByNumber };
    const open = () => openCacheLane(redis, settings, this.index, this.context());
    const lane = await retriedStart(open, this.configuration);
    const cache = this.keep(new LaneCache(lane, this.channels()));
    if (cache.isElsewhere && cache.facts.ownsServer) this.backingWatch.watchOwnCache(cache.facts.url);
    this.openedCache = cache;
    return cache;
  }

  /**
   * A store in this process is loaded when somebody uses it, which may be never; services that are told of it will, and
   * take longer to start than that takes.
   */
  private async connectStores(): Promise<void> {
    const told = new Set([...this.services.keys()].flatMap((name) => this.storesToldTo(name)));
    await setImmediate(); // their processes are under way before anything is loaded here
    if (told.has('kafka')) this.openedEvents?.client;
    if (this.openedCache?.isElsewhere) await this.openedCache.connect();
    else if (told.has('redis')) this.openedCache?.client;
  }

  private storesToldTo(service: string): readonly BackingServiceName[] {
    const configuration = this.configuration.services[service];
    return configuration === undefined ? [] : storesNamedBy(configuration);
  }

  /** Channels belong to a whole server: on a shared one their names begin as the lane's, where a service is told how. */
  private channels() {
    const prefix = this.channelPrefix();
    const isTold = JSON.stringify(this.configuration.services).includes('redis.channelPrefix');
    const channelsAreShared = prefix !== '' && !isTold && Number(process.env.CUCUMBER_TOTAL_WORKERS ?? 1) > 1;
    return { channelPrefix: isTold ? prefix : '', channelsAreShared };
  }

  private channelPrefix(): string {
    const { redis, runId, configuration } = this.run;
    return redis?.url === undefined ? '' : `${configuration.testPrefix}${runId}_${this.index}_`;
  }

  private async openEvents(): Promise<LaneEventsFacts | undefined> {
    const { kafka } = this.run;
    if (kafka === undefined) return undefined;
    const name: LaneName = {
      testPrefix: this.configuration.testPrefix,
      runId: this.run.runId,
      index: this.index,
    };
    const schemas = await this.openSchemas(topicPrefixOf(kafka, name));
    const settings = { ...this.configuration.kafka, decoder: schemas?.schemas.decoder };
    this.openedEvents = this.keep(await LaneEvents.open(kafka, settings, name));
    const { facts } = this.openedEvents;
    return { ...facts, ...(schemas === undefined ? {} : { schemaRegistry: schemas.url }) };
  }

  private async openSchemas(topicPrefix: string): Promise<OpenedSchemas | undefined> {
    const { schemaRegistry } = this.configuration.kafka;
    if (schemaRegistry === undefined) return undefined;
    const isShared = schemaRegistry !== 'embedded' && topicPrefix !== '';
    if (isShared) this.context().ledger.subjects(schemaRegistry, topicPrefix);
    const opened = await openSchemas(schemaRegistry, topicPrefix);
    for (const thing of opened.disposables) this.keep(thing);
    this.openedSchemas = opened.schemas;
    return opened;
  }

  private async openStubs(): Promise<void> {
    for (const [name, { port }] of Object.entries(this.configuration.stubs)) {
      const fixed = port === undefined ? 0 : port + this.index;
      if (fixed !== 0) await assertPortIsFree(fixed, `the stub "${name}"`, `stubs.${name}.port`);
      this.stubs.set(name, this.keep(await StubServer.start(name, fixed)));
    }
  }

  private async declareServices(facts: {
    databases: LaneDatabases;
    cache: LaneCache | undefined;
    events: LaneEventsFacts | undefined;
  }): Promise<TemplateValues> {
    const { services, startTimeout, retryCount, retryDelay } = this.configuration;
    const composeFile = this.configuration.compose.file;
    const context = {
      ...this.context(),
      site: this.openSite(),
      composeFile,
      databases: this.handedDatabases(facts.databases),
    };
    this.divertOutput();
    for (const [name, configuration] of Object.entries(services)) {
      if (name in this.run.notStarted.services) continue;
      const startTimeoutMs = configuration.startTimeout ?? startTimeout;
      const options = {
        name,
        configuration,
        lane: this.index,
        startTimeoutMs,
        retryCount,
        retryDelayMs: retryDelay,
      };
      const service = this.keep(await ServiceUnderTest.declare(options, context));
      this.services.set(name, service);
      this.http.set(name, this.keep(new HttpClient(name, service.url, service.tls)));
    }
    const [first] = facts.databases.facts;
    return new Map([
      ...(first === undefined ? [] : [['postgres.url', first.url] as const]),
      ...facts.databases.facts.map(({ database, url }) => [`databases.${database}.url`, url] as const),
      ...(facts.cache === undefined ? [] : [['redis.url', facts.cache.facts.url] as const]),
      ['redis.channelPrefix', this.channelPrefix()],
      ...eventValues(facts.events),
      ['lane.index', String(this.index)],
      ...[...this.services].map(([name, { url }]) => [`services.${name}.url`, url] as const),
      ...[...this.stubs].map(([name, { url }]) => [`stubs.${name}.url`, url] as const),
    ]);
  }

  /** What services in this process are handed. */
  private handedDatabases(databases: LaneDatabases): ServiceDatabases {
    const assertStarted = (name: string | undefined) => {
      if (Object.keys(this.configuration.databases).length > 0) this.assertStarted('postgres');
      if (name !== undefined) this.assertDatabaseStarted(name);
    };
    return {
      open: async (service) => {
        await databases.connect();
        return new ServiceDatabaseConnections(service, databases.connections, assertStarted);
      },
    };
  }

  /** What services in this process write to its output belongs to their logs. */
  private divertOutput(): void {
    const { services } = this.configuration;
    const isInProcess = ([name, { module, url }]: [string, ServiceConfiguration]) =>
      module !== undefined && url === undefined && !(name in this.run.notStarted.services);
    if (Object.entries(services).some(isInProcess)) this.keep(new OwnOutput());
  }

  /** Where services run that are images, in a run that has such. */
  private openSite(): ContainerSite | undefined {
    const site = ContainerSite.of(this.run);
    return site === undefined ? undefined : this.keep(site);
  }

  private context() {
    const { runId, directory, projectDirectory } = this.run;
    return { runId, directory, projectDirectory, ledger: new Ledger(directory) };
  }

  private keep<T extends AsyncDisposable | Disposable>(thing: T): T {
    this.disposables.push(thing);
    return thing;
  }

  /** False since a scenario began, until a reset has succeeded. */
  get isClean(): boolean {
    return this.clean;
  }

  /**
   * A scenario begins: it sees only events from now on. Services that died before are started again.
   * @returns what the report should say: which service was started again
   */
  async beginScenario(): Promise<string[]> {
    const notes = this.backingWatch.anyIsGone ? this.noteDead() : await this.revive();
    this.clean = false;
    for (const stub of this.stubs.values()) stub.reset();
    this.resetClocks();
    const events = this.backingWatch.isGone('kafka') ? undefined : this.openedEvents?.used;
    events?.recorder.bookmark(await events.ends());
    return notes;
  }

  private resetClocks(): void {
    for (const service of this.services.values()) service.clock?.reset();
  }

  private async revive(): Promise<string[]> {
    const notes: string[] = [];
    for (const service of this.services.values()) {
      const ended = await service.revive();
      if (ended !== undefined)
        notes.push(`service "${service.name}" ${ended} before this scenario, and was started again`);
    }
    return notes;
  }

  /** Without a backing server a service may not start, and the scenarios that need neither are not to wait for that. */
  private noteDead(): string[] {
    const dead = [...this.services.values()].filter((service) => service.death() !== undefined);
    for (const service of dead) this.deadBefore.add(service);
    return dead.map(({ name }) => `service "${name}" has died, and is not started: a backing server is gone`);
  }

  /**
   * A scenario begins: what happens to a backing server from now on is its failure. Waits for one that is being
   * started again.
   * @param pickle the scenario's identifier
   * @throws BrineError BRINE_ENV_012 when a backing server that it needs is gone
   */
  async assertServed(pickle: string): Promise<void> {
    try {
      const needed = this.run.needs?.[pickle] ?? backingServiceNames;
      for (const service of needed) await this.backingWatch.assertServes(service);
    } finally {
      this.backingWatch.begin();
    }
  }

  /** After a failure: finds out whether a backing server that does not answer any more explains it; see {@link death}. */
  lookAtBacking(): Promise<void> {
    return this.backingWatch.look();
  }

  /** The error of the first backing server or service that has died, or undefined while all of them run. */
  death(): BrineError | undefined {
    const ended = this.backingWatch.death();
    if (ended !== undefined) return ended;
    for (const service of this.services.values()) {
      const death = this.deadBefore.has(service) ? undefined : service.death();
      if (death !== undefined) return death;
    }
    return undefined;
  }

  /** As {@link death}, for when a connection broke: the end of its process is noticed a little later. */
  async deathSoon(): Promise<BrineError | undefined> {
    const processes = [...this.services.values()].flatMap(({ exited }) => (exited ? [exited] : []));
    if (processes.length > 0) await Promise.race([...processes, systemClock.pause(noticeMs)]);
    return this.death();
  }

  /**
   * Waits until the services have come to rest, then brings every store back to its baseline; of one that is not ours,
   * what the scenario created through the world is taken back.
   * @returns what the report should say: what did not come to rest, what could not be taken back
   */
  async reset(): Promise<string[]> {
    const before = this.death();
    try {
      const notes = await this.resetAll(before === undefined);
      const late = this.backingWatch.death();
      if (late !== undefined && before === undefined) throw late;
      return notes;
    } catch (error) {
      await this.backingWatch.look();
      const death = this.death();
      // that a server ended has been told already: the next scenario resets what is left to reset
      if (death !== undefined && death.message === before?.message) return [];
      throw death ?? error;
    }
  }

  private async resetAll(isAlive: boolean): Promise<string[]> {
    await this.backingWatch.allDecided();
    for (const stub of this.stubs.values()) stub.hurry();
    const rest = isAlive && !this.backingWatch.anyIsGone ? await this.settled() : {};
    this.resetClocks(); // before services are started again
    for (const stub of this.stubs.values()) stub.endScenario();
    this.openedSchemas?.takeBack();
    const cleared = this.backingWatch.isGone('redis') ? Promise.resolve([]) : this.resetCache();
    const [{ left, renewed }, kept] = await allSettled([this.resetDatabases(cleared), cleared]);
    this.clean = !this.backingWatch.anyIsGone; // one that comes back is reset then
    // a query whose table the scenario has dropped need not be told
    if (rest.error !== undefined && renewed.length === 0) throw rest.error;
    const unrest = rest.note === undefined ? [] : [rest.note];
    return [...unrest, ...left, ...renewed, ...kept, ...this.untracked()];
  }

  /** The stores are brought back even if the services cannot be seen to rest. */
  private async settled(): Promise<{ note?: string | undefined; error?: unknown }> {
    try {
      return { note: await this.settle() };
    } catch (error) {
      return { error };
    }
  }

  /** @param cleared what services that are started again may put into the cache comes after this */
  private async resetDatabases(cleared: Promise<unknown>): Promise<typeof nothingLeft> {
    if (this.backingWatch.isGone('postgres')) return nothingLeft;
    const services = [...this.services.values()];
    const end = async () => {
      await allSettled(services.map((service) => service.end()));
    };
    const start = async () => {
      await cleared;
      await this.startServices();
    };
    return this.madeDatabases?.reset({ end, start }) ?? nothingLeft;
  }

  /**
   * Makes the connections as new in which SQL of steps has run.
   * @returns an error for each transaction that was left open; it has been rolled back
   */
  async restoreSessions(): Promise<BrineError[]> {
    const found = await Promise.all(
      [...this.databases.values()].map(async ({ client }) => {
        const open = await client.restoreSessions();
        return open.map((sql) => leftOpen(client.name, sql));
      }),
    );
    return found.flat();
  }

  private async resetCache(): Promise<string[]> {
    return this.openedCache?.reset() ?? [];
  }

  private get mayResetCache(): boolean {
    return this.openedCache?.facts.mayReset ?? true;
  }

  /** What stays in stores that are not ours without being known row by row: said once in a run. */
  private untracked(): string[] {
    const databases = this.foreignDatabases().map(({ facts }) => `database "${facts.database}"`);
    const stores = [...databases, ...(this.mayResetCache ? [] : ['the cache'])];
    if (stores.length === 0 || !this.isFirstToSay('untracked')) return [];
    const writers = databases.length === 0 ? 'services write' : 'services and SQL steps write';
    return [`what ${writers} to ${stores.join(', ')} is left there in every scenario`];
  }

  /** Lanes are threads that share the run's folder only. */
  private isFirstToSay(what: string): boolean {
    try {
      writeFileSync(join(this.run.directory, `said-${what}`), '', { flag: 'wx' });
      return true;
    } catch {
      return false;
    }
  }

  private foreignDatabases(): LaneDatabase[] {
    return [...this.databases.values()].filter(({ facts }) => !facts.mayReset);
  }

  /** What the run leaves as it finds it, for the user to know. */
  notReset(): string[] {
    const notes = this.foreignDatabases().map(
      ({ facts }) =>
        `database "${facts.database}" is not reset, only rows that steps insert are deleted: ${facts.whyNot}`,
    );
    if (this.mayResetCache) return notes;
    const why = 'it is an external server, and redis.mayReset is not true';
    return [...notes, `the cache is not reset, only keys that steps write are put back: ${why}`];
  }

  /** What users should know once the lane is closed: services that had to be killed. */
  endNotes(): string[] {
    return [...this.services.values()].flatMap(({ name, refusedToEnd }) =>
      refusedToEnd === undefined
        ? []
        : [`the end of service "${name}" of lane ${this.index}: it ${refusedToEnd}`],
    );
  }

  private settle(): Promise<string | undefined> {
    const queries = [...this.databases.values()].flatMap(({ client, facts }) => {
      const sql = this.configuration.databases[facts.database]?.settledWhenNoRows;
      return sql === undefined ? [] : [{ client, sql }];
    });
    return this.settling.settle({
      events: this.openedEvents?.used,
      queries,
      calls: () =>
        [...this.stubs.values()].flatMap(({ name, underWay }) =>
          underWay.map((call) => `outside service "${name}" has not ended its answer to ${call}`),
        ),
      withinMs: this.configuration.settleTimeout,
      mayPublish: this.services.size > 0,
    });
  }

  /** Closes everything in reverse; every step is attempted. */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (const thing of this.disposables.splice(0).reverse()) {
      try {
        await (Symbol.asyncDispose in thing ? thing[Symbol.asyncDispose]() : thing[Symbol.dispose]());
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map(messageOf).join('; '));
  }
}

function eventValues(facts: LaneEventsFacts | undefined): Array<readonly [string, string]> {
  if (facts === undefined) return [];
  return [
    ['kafka.brokers', facts.brokers.join(',')],
    ['kafka.topicPrefix', facts.topicPrefix],
    ...(facts.schemaRegistry === undefined ? [] : [['kafka.schemaRegistry', facts.schemaRegistry] as const]),
  ];
}

function leftOpen(database: string, sql: string): BrineError {
  return new BrineError('BRINE_STEP_004', { database, sql: sql.trim().replaceAll('\n', '\n  ') });
}
