import { resolve } from 'node:path';
import type { Plugin } from '@cucumber/cucumber/api';
import { buildRunReport } from '../reports/run-report';
import { type ResolvedConfiguration, resolveConfiguration } from './config';
import { describeBackingServices, RunEnvironment } from './environment/run';
import { messageOf } from './errors';

/** Names the file with the run's facts, '' when no scenario was chosen; every worker has a copy of the variable. */
const runVariable = 'BRINE_RUN';
/** Steps are given their time-out when they are defined, before the run has started. */
const timeoutVariable = 'BRINE_STEP_TIMEOUT';

/** The exit codes of shells for these. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const signalNames = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What the plugin needs of the runner. */
interface Host {
  readonly cwd: string;
  readonly say: (line: string) => void;
}

/** One run, as the runner's main thread sees it: started when scenarios were chosen, ended after the last one. */
class RunSession {
  private environment: RunEnvironment | undefined;
  private starting: Promise<RunEnvironment> | undefined;
  private readonly startedAt = new Date();
  /** Somebody called process.exit(), or an error nobody caught is ending the process. */
  private readonly onExit = () => this.environment?.abandon();
  private readonly onSignal = (signal: keyof typeof signals) => void this.interrupted(signal);

  constructor(
    private readonly configuration: ResolvedConfiguration,
    private readonly host: Host,
  ) {}

  async start(): Promise<void> {
    for (const signal of signalNames) process.on(signal, this.onSignal);
    process.once('exit', this.onExit);
    try {
      this.starting = RunEnvironment.start(this.configuration, {
        projectDirectory: this.host.cwd,
        environment: process.env,
        report: this.host.say,
      });
      this.environment = await this.starting;
      process.env[runVariable] = this.environment.publishFacts();
    } catch (error) {
      giveUp(error, this.host.say);
    }
  }

  /** The hooks of the run are called all the same, so they must be told. */
  startNothing(): void {
    this.host.say('no scenario was chosen, so nothing is started');
    process.env[runVariable] = '';
  }

  /** After the last scenario and the formatters: the report is built, then the environment ends. */
  async finish(): Promise<void> {
    try {
      await this.report();
    } finally {
      await this.dispose();
      for (const signal of signalNames) process.off(signal, this.onSignal);
      process.off('exit', this.onExit);
    }
  }

  private async report(): Promise<void> {
    const services = this.environment === undefined ? [] : describeBackingServices(this.environment.facts);
    const { directory, title } = this.configuration.reports;
    try {
      const path = await buildRunReport({
        directory: resolve(this.host.cwd, directory),
        projectDirectory: this.host.cwd,
        title,
        services,
        startedAt: this.startedAt,
        finishedAt: new Date(),
      });
      if (path !== undefined) this.host.say(`report: ${path}`);
    } catch (error) {
      this.host.say(`the HTML report could not be built: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }

  private async dispose(): Promise<void> {
    delete process.env[runVariable];
    try {
      await this.environment?.[Symbol.asyncDispose]();
    } catch (error) {
      this.host.say(`not everything could be cleaned up: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }

  /** Ends what was started and the process; a second signal does not wait for it. */
  private async interrupted(signal: keyof typeof signals): Promise<void> {
    for (const name of signalNames) process.off(name, this.onSignal);
    this.host.say(`\n${signal}: ending what was started`);
    const force = setTimeout(() => this.exitAtOnce(signal), interruptionLimitMs);
    try {
      await this.starting;
    } catch {
      // a start that failed has cleaned up after itself
    }
    clearTimeout(force);
    await this.dispose();
    process.exit(signals[signal]);
  }

  private exitAtOnce(signal: keyof typeof signals): never {
    this.environment?.abandon();
    process.exit(signals[signal]);
  }
}

/** How long an interrupted run waits for a start that is under way. */
const interruptionLimitMs = 5_000;

/** Says what is wrong, without the runner's own stack around it, and ends the run. */
function giveUp(error: unknown, say: (line: string) => void): never {
  say(`\n${messageOf(error)}\n`);
  process.exit(1);
}

/** A dry run executes nothing, so it needs no environment. The runner does not tell plugins of it. */
function isDryRun(argv: readonly string[]): boolean {
  return argv.some((argument) => argument === '--dry-run' || /^-[a-z]*d[a-z]*$/.test(argument));
}

/** The only module under support/ that knows of the runner: it ties the environment's life to the run's. */
const plugin: Plugin<unknown> = {
  type: 'plugin',
  optionsKey: 'brine',
  coordinator: ({ operation, transform, options, environment }) => {
    if (operation !== 'runCucumber' || isDryRun(process.argv)) return undefined;
    const say = (line: string) => environment.stderr.write(`${line}\n`);
    const configuration = configurationOf(options, say);
    process.env[timeoutVariable] = String(configuration.timeout);
    const session = new RunSession(configuration, { cwd: environment.cwd, say });
    transform('pickles:filter', async (pickles) => {
      if (pickles.length > 0) await session.start();
      else session.startNothing();
      return pickles;
    });
    return () => session.finish();
  },
};

function configurationOf(options: unknown, say: (line: string) => void): ResolvedConfiguration {
  try {
    return resolveConfiguration(options, process.env);
  } catch (error) {
    return giveUp(error, say);
  }
}

// biome-ignore lint/style/noDefaultExport: the runner looks for the plugin there
export default plugin;
