import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import { join, resolve } from 'node:path';
import type { ServiceConfiguration } from '../../config';
import { BrineError, messageOf } from '../../errors';
import { formatDuration, systemClock } from '../../time';
import { assertPortIsFree, freePort } from '../ports';
import type { RunContext } from '../provider';
import { fillEnvironment, fillTemplate, type TemplateValues } from '../template';
import { type LogLine, ServiceLog } from './log';
import { ManagedProcess } from './managed-process';

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

type StartContext = Pick<RunContext, 'directory' | 'ledger' | 'projectDirectory'>;

const healthPauseMs = 20;
const healthAttemptMs = 2_000;

/** A service that scenarios talk to: a process of the lane's own, or one that already runs. */
export class ServiceUnderTest implements AsyncDisposable {
  private process: ManagedProcess | undefined;
  private values: TemplateValues = new Map();
  private disposed = false;

  private constructor(
    private readonly options: ServiceOptions,
    private readonly context: StartContext,
    /** Base URL without a trailing slash. */
    readonly url: string,
    private readonly port: number | undefined,
  ) {}

  get name(): string {
    return this.options.name;
  }

  /** Process number, for people; undefined for a service that is not ours. */
  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Chooses the service's address; starts nothing. */
  static async declare(options: ServiceOptions, context: StartContext): Promise<ServiceUnderTest> {
    const { configuration, name } = options;
    if (configuration.url !== undefined) {
      return new ServiceUnderTest(options, context, configuration.url.replace(/\/$/, ''), undefined);
    }
    const fixed = configuration.port === undefined ? undefined : configuration.port + options.lane;
    if (fixed !== undefined) {
      await assertPortIsFree(fixed, `service "${name}"`, `services.${name}.port`);
    }
    const port = fixed ?? (await freePort());
    return new ServiceUnderTest(options, context, `http://127.0.0.1:${port}`, port);
  }

  /**
   * Starts the service (where it is ours) and waits until it is healthy.
   * @param values what the templates of its command and environment may name
   * @throws BrineError with the end of its log when it dies or does not become healthy in time
   */
  async start(values: TemplateValues): Promise<void> {
    this.values = new Map([...values, ['self.url', this.url], ['self.port', String(this.port ?? '')]]);
    for (let attempt = 0; ; attempt++) {
      try {
        await this.startOnce();
        return;
      } catch (error) {
        const died = this.process?.ended !== undefined;
        await this.process?.stop();
        // one that was given all of its time would only take it once more
        if (attempt >= this.options.retryCount || !died || this.disposed) throw error;
        await systemClock.pause(this.options.retryDelayMs);
      }
    }
  }

  private async startOnce(): Promise<void> {
    const { configuration, name, lane } = this.options;
    if (configuration.url === undefined && configuration.command !== undefined) {
      const { projectDirectory } = this.context;
      this.process = new ManagedProcess(
        {
          name: `service "${name}" of lane ${lane}`,
          command: fillTemplate(configuration.command, this.values, `services.${name}.command`),
          cwd: resolve(projectDirectory, configuration.cwd),
          env: fillEnvironment(configuration.env, this.values, `services.${name}`),
          projectDirectory,
        },
        new ServiceLog(join(this.context.directory, `${name}-${lane}.log`)),
        this.context.ledger,
      );
    }
    await this.becomesHealthy();
  }

  private async becomesHealthy(): Promise<void> {
    const { startTimeoutMs, configuration } = this.options;
    const begin = systemClock.monotonic();
    const health = `${this.url}${configuration.health}`;
    for (;;) {
      const refusal = await healthRefusal(health);
      this.assertAlive('while it was starting');
      if (refusal === undefined) return;
      if (systemClock.monotonic() - begin > startTimeoutMs) throw this.unhealthy(health, refusal);
      await systemClock.pause(healthPauseMs);
    }
  }

  private unhealthy(health: string, refusal: string): BrineError {
    const { name, startTimeoutMs } = this.options;
    return new BrineError('BRINE_SERVICE_001', {
      service: name,
      event: `was not healthy within ${formatDuration(startTimeoutMs)}: ${health} ${refusal}`,
      log: this.process?.log.end() ?? '',
      advice: this.process
        ? `see its log above; services.${name}.health is the path asked, services.${name}.startTimeout the time given`
        : `services.${name}.url says that it already runs at ${this.url}: start it, or give services.${name}.command`,
    });
  }

  /** The error that says how the service died, or undefined while it runs. */
  death(when = 'during the run'): BrineError | undefined {
    const ended = this.process?.ended;
    if (this.process === undefined || ended === undefined) return undefined;
    const { name } = this.options;
    return new BrineError('BRINE_SERVICE_001', {
      service: name,
      event: `${ended} ${when}`,
      log: this.process.log.end(),
      advice: `see the end of its log; its command was: ${this.process.declaration.command}`,
    });
  }

  private assertAlive(when: string): void {
    const death = this.death(when);
    if (death !== undefined) throw death;
  }

  /** Settles when its process ends; undefined for a service that is not ours. */
  get exited(): Promise<unknown> | undefined {
    return this.process?.exited;
  }

  /**
   * Starts a service that has died once more, so that the next scenario is not the next victim.
   * @returns how it had ended; undefined when it runs
   */
  async revive(): Promise<string | undefined> {
    const ended = this.process?.ended;
    if (ended !== undefined) await this.start(this.values);
    return ended;
  }

  /** The lines of its log since a moment (milliseconds since 1970). */
  logSince(moment: number): LogLine[] {
    return this.process?.log.since(moment) ?? [];
  }

  /** Also ends a start that is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    await this.process?.stop();
  }
}

/** Why the service is not healthy yet, or undefined when it is. Each attempt is bounded. */
function healthRefusal(url: string): Promise<string | undefined> {
  const request = url.startsWith('https:') ? getSecurely : get;
  return new Promise((done) => {
    request(url, { agent: false, timeout: healthAttemptMs }, (response) => {
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
