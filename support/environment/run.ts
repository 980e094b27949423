import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ResolvedConfiguration } from '../config';
import { allSettled, BrineError } from '../errors';
import { bounded, formatDuration, systemClock } from '../time';
import { type BackingProviders, backingProviders } from './backing-providers';
import { cacheDirectory, cacheIsNamed } from './cache-folder';
import { chooseProvider } from './choose-provider';
import { nameIn } from './compose/advertised-listeners';
import { assertComposed, servicesFromCompose } from './compose/composed-services';
import { DockerEngine } from './docker';
import type { KafkaFacts } from './kafka/facts';
import { describeNotStarted, everythingStarted, type NotStarted, type ScenarioNeeds } from './needs';
import { createNetwork, joinNetwork, type NetworkFacts } from './network';
import { existingDatabases, prepareTemplates, withoutServer } from './postgres';
import type { PostgresFacts } from './postgres/facts';
import { databaseDeclarations, postgresSettings } from './postgres/settings';
import type { BackingFacts, BackingServiceName, Provider, RunContext, Started } from './provider';
import { retriedStart } from './retried-start';
import { RunDirectory } from './run-directory';
import type { RunFacts } from './run-facts';
import { assertImages, servicesFromImages } from './services/images';
import { assertKafkaInside } from './services/kafka-inside';

/** What an orderly end may take after an interruption; then all that is left is removed by force. */
const interruptionLimitMs = 5_000;

export interface RunOptions {
  readonly projectDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  /** What is left out; nothing unless given. */
  readonly notStarted?: NotStarted;
  readonly needs?: ScenarioNeeds;
}

/** The backing services of one run, with the templates of its databases. */
export class RunEnvironment implements AsyncDisposable {
  private readonly started: AsyncDisposable[] = [];
  private readonly directory: RunDirectory;
  private readonly context: RunContext;
  private runFacts: RunFacts | undefined;
  private network: { readonly docker: DockerEngine; readonly facts: NetworkFacts } | undefined;

  /** Makes the run's folder, after what killed runs have left behind was removed; starts nothing yet. */
  constructor(
    private readonly configuration: ResolvedConfiguration,
    private readonly options: RunOptions,
  ) {
    const { projectDirectory: project, report } = options;
    const reports = resolve(project, configuration.reports.directory);
    this.directory = RunDirectory.create({ project, reports }, report);
    this.context = {
      runId: this.directory.runId,
      directory: this.directory.path,
      cacheDirectory: cacheDirectory(options.environment),
      cacheIsNamed: cacheIsNamed(options.environment),
      ledger: this.directory.ledger,
      projectDirectory: options.projectDirectory,
      report: options.report,
    };
  }

  /** Short, unique among the runs of a machine. Every process that the run starts has it in its environment. */
  get runId(): string {
    return this.directory.runId;
  }

  /** The run's own folder, removed with it. */
  get path(): string {
    return this.directory.path;
  }

  /**
   * Starts what the run needs, all at once.
   * @throws BrineError (or an AggregateError of several) after everything that had started was ended
   */
  async start(): Promise<void> {
    try {
      this.runFacts = await this.startAll();
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  get facts(): RunFacts {
    if (this.runFacts === undefined)
      throw new BrineError('BRINE_ENV_007', { reason: 'its start has not ended' });
    return this.runFacts;
  }

  /** Writes the facts where workers read them; see {@link readRunFacts}. */
  publishFacts(): string {
    const file = join(this.directory.path, 'run.json');
    writeFileSync(file, JSON.stringify(this.facts), { mode: 0o600 });
    return file;
  }

  private async startAll(): Promise<RunFacts> {
    const docker = new DockerEngine();
    const providers = backingProviders(this.configuration, docker, this.options.projectDirectory);
    const network = await this.startNetwork(docker);
    const notStarted = this.options.notStarted ?? everythingStarted;
    for (const line of describeNotStarted(notStarted)) this.options.report(line);
    const whenNeeded = async <Facts>(service: BackingServiceName, start: () => Promise<Facts>) =>
      service in notStarted.backing ? undefined : start();
    const [postgres, redis, kafka] = await allSettled([
      whenNeeded('postgres', () => this.startPostgres(providers.postgres)),
      whenNeeded('redis', () => this.startOne('redis', providers.redis)),
      whenNeeded('kafka', () => this.startKafka(providers.kafka)),
    ]);
    return {
      runId: this.context.runId,
      directory: this.context.directory,
      projectDirectory: this.options.projectDirectory,
      configuration: this.configuration,
      ...(network === undefined ? {} : { network }),
      notStarted,
      ...(this.options.needs === undefined ? {} : { needs: this.options.needs }),
      ...(postgres === undefined ? {} : { postgres }),
      ...(redis === undefined ? {} : { redis }),
      ...(kafka === undefined ? {} : { kafka }),
    };
  }

  /** For the services that run in containers, whose images or compose file must be there. */
  private async startNetwork(docker: DockerEngine): Promise<NetworkFacts | undefined> {
    const notStarted = this.options.notStarted ?? everythingStarted;
    const images = servicesFromImages(this.configuration, notStarted);
    const composed = servicesFromCompose(this.configuration, notStarted);
    if (images.size + composed.size === 0) return undefined;
    await assertImages(images, docker);
    await assertComposed(composed, this.configuration.compose.file, this.options.projectDirectory);
    const started = await createNetwork(docker, this.context);
    this.started.push(started);
    this.network = { facts: started.facts, docker };
    return started.facts;
  }

  private async startPostgres(providers: BackingProviders['postgres']): Promise<PostgresFacts | undefined> {
    const databases = databaseDeclarations(this.configuration);
    if (databases.length === 0) return undefined;
    const existing = existingDatabases(databases);
    if (existing.length === databases.length) return this.lookAtDatabases(existing);
    const server = await this.startOne('postgres', providers);
    const settings = postgresSettings(this.configuration);
    if (server.outlivesRun) this.context.ledger.databases(server.url, this.ownPrefix);
    const templates = await prepareTemplates(server, databases, settings, this.context);
    return { ...server, templates };
  }

  private async lookAtDatabases(databases: ReturnType<typeof existingDatabases>): Promise<PostgresFacts> {
    const facts = await withoutServer(databases);
    const why = 'no server is started: every database that is needed has a URL of its own';
    this.options.report(`postgres ${facts.provider.padEnd(9)} ${facts.version} (${why})`);
    return facts;
  }

  private async startKafka(providers: BackingProviders['kafka']): Promise<KafkaFacts> {
    const facts = await this.startOne('kafka', providers);
    const notStarted = this.options.notStarted ?? everythingStarted;
    const composed = servicesFromCompose(this.configuration, notStarted).keys();
    const images = servicesFromImages(this.configuration, notStarted).keys();
    assertKafkaInside(this.configuration, [...images, ...composed], facts);
    const outlivesRun = facts.provider === 'external' || facts.outlivesRun === true;
    if (outlivesRun && facts.brokers) this.context.ledger.topics(facts.brokers, this.ownPrefix);
    return facts;
  }

  /** How everything is named that the run makes on servers that others use. */
  private get ownPrefix(): string {
    return `${this.configuration.testPrefix}${this.runId}_`;
  }

  /** Chooses, says so, and starts; a failed start is tried again as often as the configuration says. */
  private async startOne<Facts extends BackingFacts>(
    service: BackingServiceName,
    candidates: readonly Provider<Facts>[],
  ): Promise<Facts> {
    const wanted = this.configuration[service].provider ?? this.configuration.provider;
    const { provider, because } = await chooseProvider(service, wanted, candidates);
    const begin = systemClock.monotonic();
    const started = await this.startWithRetries(provider);
    this.started.push(started);
    await this.letIn(service, started.facts);
    const took = formatDuration(systemClock.monotonic() - begin);
    this.options.report(
      `${service.padEnd(8)} ${provider.name.padEnd(9)} ${started.facts.version}, in ${took} (${because})`,
    );
    return started.facts;
  }

  /** Service containers know a backing container by the name of its service. */
  private async letIn(service: BackingServiceName, { containerId, route }: BackingFacts): Promise<void> {
    if (this.network === undefined || containerId === undefined) return;
    const advertised = route === undefined ? undefined : nameIn(route);
    const names = new Set([service, ...(advertised === undefined ? [] : [advertised])]);
    await joinNetwork(this.network.docker, this.network.facts, containerId, [...names]);
  }

  private startWithRetries<Facts>(provider: Provider<Facts>): Promise<Started<Facts>> {
    const { service, name } = provider;
    const again = () =>
      this.options.report(`${service.padEnd(8)} ${name.padEnd(9)} did not start, trying again`);
    return retriedStart(() => provider.start(this.context), this.configuration, again);
  }

  /** Ends everything in reverse order; every step is attempted, and what the ledger names is removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const started of this.started.splice(0).reverse()) {
      try {
        await started[Symbol.asyncDispose]();
      } catch (error) {
        failures.push(error);
      }
    }
    for (const left of this.directory.remove()) failures.push(new Error(left));
    if (failures.length > 0) throw new AggregateError(failures);
  }

  /**
   * Ends everything at once, also in the middle of a start: the processes first, so that nothing begins anew
   * while the rest is being ended.
   */
  async interrupt(): Promise<void> {
    this.directory.breakOff();
    const late = () => new Error('took too long');
    await bounded(this[Symbol.asyncDispose](), interruptionLimitMs, late).catch(() => {});
    this.directory.remove();
  }

  /** What is left to do when there is no time: ends every process and removes the run's folder, synchronously. */
  abandon(): void {
    this.directory.breakOff();
    this.directory.remove();
  }
}
