import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import type { ServiceConfiguration } from '../../config';
import { BrineError, messageOf } from '../../errors';
import { formatDuration, systemClock } from '../../time';
import { anyAddress, assertPortIsFree, freePort } from '../ports';
import type { RunContext } from '../provider';
import type { TemplateValues } from '../template';
import { CommandLauncher } from './command-launcher';
import { ComposeLauncher } from './compose-launcher';
import type { ContainerSite } from './container-site';
import { ImageLauncher } from './image-launcher';
import type { ServiceDatabase } from './in-process/contract';
import { ModuleLauncher } from './in-process/module-launcher';
import type { SettableClock } from './in-process/settable-clock';
import type { LogLine } from './log';
import type { Launcher, Running } from './running';
import { type TlsIdentity, tlsIdentity } from './tls-identity';

/** What a lane knows of one service. */
export interface ServiceOptions {
  readonly name: string;
  readonly configuration: ServiceConfiguration;
  readonly lane: number;
  readonly startTimeoutMs: number;
  /** How often a failed start is tried again. */
  readonly retryCount: number;
  readonly retryDelayMs: number;
}

/** What a lane's services may use. */
export interface StartContext extends Pick<RunContext, 'directory' | 'ledger' | 'projectDirectory'> {
  /** Where the services run that are images; there are none without it. */
  readonly site?: ContainerSite | undefined;
  /** The team's compose file, relative to the project. */
  readonly composeFile?: string;
  /** The databases that a service in this process is handed; there are none without it. */
  readonly databases?: ServiceDatabases;
}

/** Connects services in this process to the lane's databases. */
export interface ServiceDatabases {
  /**
   * Waits until the world is connected.
   * @param service the name by which the server knows the connections
   */
  open(service: string): Promise<OpenedDatabases>;
}

/** The connections of one service, until it ends. */
export interface OpenedDatabases extends AsyncDisposable {
  /** The first declared one unless named. */
  of(name?: string): ServiceDatabase;
}

const healthPauseMs = 20;
const healthAttemptMs = 2_000;

/** A service that scenarios talk to: a process, container or module of the lane's own, or one that already runs. */
export class ServiceUnderTest implements AsyncDisposable {
  private running: Running | undefined;
  private values: TemplateValues = new Map();
  private disposed = false;

  private constructor(
    private readonly options: ServiceOptions,
    /** Base URL without a trailing slash. */
    readonly url: string,
    /** What connections to it need, where they are over TLS. */
    readonly tls: TlsIdentity,
    /** Absent for a service that is not ours. */
    private readonly launcher?: Launcher,
  ) {}

  get name(): string {
    return this.options.name;
  }

  /** Its time, where steps can set it: that of a service in this process. */
  get clock(): SettableClock | undefined {
    return this.launcher?.clock;
  }

  /** Process number, for people; undefined for a container, a module and for a service that is not ours. */
  get pid(): number | undefined {
    return this.running?.pid;
  }

  /** Chooses the service's address; starts nothing. */
  static async declare(options: ServiceOptions, context: StartContext): Promise<ServiceUnderTest> {
    const { name, configuration } = options;
    const { url } = configuration;
    const tls = tlsIdentity(name, configuration, context.projectDirectory);
    if (url !== undefined) return new ServiceUnderTest(options, url.replace(/\/$/, ''), tls);
    const launcher = await launcherOf(options, context);
    return new ServiceUnderTest(options, launcher.url, tls, launcher);
  }

  /**
   * Starts the service (where it is ours) and waits until it is healthy.
   * @param values what the templates of its command and environment may name
   * @throws BrineError with the end of its log when it dies or does not become healthy in time
   */
  async start(values: TemplateValues): Promise<void> {
    this.values = values;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.startOnce();
        return;
      } catch (error) {
        const died = this.running?.ended !== undefined;
        await this.running?.stop();
        // one that was given all of its time would only take it once more
        if (attempt >= this.options.retryCount || !died || this.disposed) throw error;
        await systemClock.pause(this.options.retryDelayMs);
      }
    }
  }

  private async startOnce(): Promise<void> {
    await this.running?.stop(); // what is left of one that has died
    await this.assertNobodyElseAnswers();
    this.running = await this.launcher?.launch(this.values);
    await this.becomesHealthy();
  }

  /** What listens at its address would be taken for it. */
  private async assertNobodyElseAnswers(): Promise<void> {
    const port = this.launcher?.localPort;
    if (port !== undefined)
      await assertPortIsFree(port, `service "${this.name}"`, `services.${this.name}.port`);
  }

  private async becomesHealthy(): Promise<void> {
    const { startTimeoutMs, configuration } = this.options;
    const begin = systemClock.monotonic();
    const health = `${this.url}${configuration.health}`;
    for (;;) {
      const refusal = await healthRefusal(health, this.tls);
      this.assertAlive('while it was starting');
      if (this.disposed) throw new Error(`service "${this.name}" is not waited for any more`);
      if (refusal === undefined) return;
      if (systemClock.monotonic() - begin > startTimeoutMs) throw this.unhealthy(health, refusal);
      await systemClock.pause(healthPauseMs);
    }
  }

  private unhealthy(health: string, refusal: string): BrineError {
    const { name, startTimeoutMs } = this.options;
    const { unready } = this.running ?? {};
    const why = unready === undefined ? `${health} ${refusal}` : unready;
    return new BrineError('BRINE_SERVICE_001', {
      service: name,
      event: `was not healthy within ${formatDuration(startTimeoutMs)}: ${why}`,
      log: this.running?.log.end() ?? '',
      advice: this.running
        ? `see its log above; services.${name}.health is the path asked, services.${name}.startTimeout the time given`
        : `services.${name}.url says that it already runs at ${this.url}: start it, or give services.${name}.command`,
    });
  }

  /** The error that says how the service died, or undefined while it runs. */
  death(when = 'during the run'): BrineError | undefined {
    const ended = this.running?.ended;
    if (this.running === undefined || ended === undefined) return undefined;
    const { name } = this.options;
    return new BrineError('BRINE_SERVICE_001', {
      service: name,
      event: `${ended} ${when}`,
      log: this.running.log.end(),
      advice: `see the end of its log; ${this.running.origin}`,
    });
  }

  private assertAlive(when: string): void {
    const death = this.death(when);
    if (death !== undefined) throw death;
  }

  /** Settles when its process, container or module ends; undefined for a service that is not ours. */
  get exited(): Promise<unknown> | undefined {
    return this.running?.exited;
  }

  /**
   * Starts a service that has died once more, so that the next scenario is not the next victim.
   * @returns how it had ended; undefined when it runs
   */
  async revive(): Promise<string | undefined> {
    const ended = this.running?.ended;
    if (ended !== undefined) await this.start(this.values);
    return ended;
  }

  /** Ends it, to be started once more. */
  async end(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  /** The lines of its log since a moment (milliseconds since 1970). */
  logSince(moment: number): LogLine[] {
    return this.running?.log.since(moment) ?? [];
  }

  /** That it had to be killed, once it was ended. */
  get refusedToEnd(): string | undefined {
    return this.running?.refusedToEnd;
  }

  /** Also ends a start that is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    await this.running?.stop();
  }
}

async function launcherOf(options: ServiceOptions, context: StartContext): Promise<Launcher> {
  const { name, configuration, lane } = options;
  const { image, compose, module, command = '', containerPort } = configuration;
  const fixed = configuration.port === undefined ? undefined : configuration.port + lane;
  if (fixed !== undefined) await assertPortIsFree(fixed, `service "${name}"`, `services.${name}.port`);
  if (module !== undefined) return new ModuleLauncher(module, options, context, fixed ?? (await freePort()));
  const { site, composeFile = '' } = context;
  if ((image ?? compose) === undefined || containerPort === undefined || site === undefined) {
    return new CommandLauncher(command, options, context, fixed ?? (await freePort()));
  }
  const address = { host: await site.engine.host(), port: fixed ?? (await freePort(anyAddress)) };
  if (compose !== undefined)
    return new ComposeLauncher(compose, composeFile, options, context, site, address, containerPort);
  return new ImageLauncher(image ?? '', options, context, site, address, containerPort);
}

/** Why the service is not healthy yet, or undefined when it is. Each attempt is bounded. */
function healthRefusal(url: string, tls: TlsIdentity): Promise<string | undefined> {
  const request = url.startsWith('https:') ? getSecurely : get;
  return new Promise((done) => {
    request(url, { ...tls, agent: false, timeout: healthAttemptMs }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      done(status >= 200 && status < 300 ? undefined : `answered ${status}`);
    })
      .on('timeout', function (this: { destroy(error: Error): void }) {
        this.destroy(new Error(`did not answer within ${formatDuration(healthAttemptMs)}`));
      })
      .on('error', (error) => done(`gave an error: ${messageOf(error)}`));
  });
}
