import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import type { Plugin } from '@cucumber/cucumber/api';
import type { Envelope, Pickle } from '@cucumber/messages';
import { maskMessage, maskResults } from '../../reports/masked-messages';
import { buildRunReport } from '../../reports/run-report';
import { mostAtOnce, serialLast } from '../../world/parallel-rules';
import { type ResolvedConfiguration, resolveConfiguration } from '../config';
import { runMark } from '../environment/leftovers/remove.js';
import {
  assertTagExpressions,
  type NotStarted,
  neededBacking,
  notNeeded,
  type ScenarioNeeds,
  withoutUnneeded,
} from '../environment/needs';
import { RunEnvironment } from '../environment/run';
import { describeBackingServices } from '../environment/run-facts';
import { assertServiceModules } from '../environment/services/in-process/service-module';
import { assertTemplates } from '../environment/template-names';
import { useFolder } from '../environment/usable-folder';
import { BrineError, type Mask, maskFor, messageOf } from '../errors';
import { ChosenFeatures } from './chosen-features';
import { chosenScenarios } from './chosen-scenarios';
import { keptMachineCode } from './kept-machine-code';
import { withOwnDocuments } from './scenario-documents';
import { ScenarioUnderWay } from './scenario-under-way';

/** Names the file with the run's facts, '' when no scenario was chosen; every worker has a copy of the variable. */
const runVariable = 'BRINE_RUN';
const noRun = '';
/** Steps are given their time-out when they are defined, before the run has started. */
const timeoutVariable = 'BRINE_STEP_TIMEOUT';
/** How many lanes will have work at most: the others need not be opened. */
const lanesVariable = 'BRINE_LANES';

/** The exit codes of shells for these. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const signalNames = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** All lanes have the same one. */
function withSeed(configuration: ResolvedConfiguration): ResolvedConfiguration {
  return { ...configuration, seed: configuration.seed ?? randomInt(2 ** 32) };
}

/** What the plugin needs of the runner. */
interface Host {
  readonly cwd: string;
  readonly say: (line: string) => void;
}

/** One run, as the runner's main thread sees it: started when scenarios were chosen, ended after the last one. */
class RunSession {
  /** What the runner says goes here, too. */
  readonly underWay = new ScenarioUnderWay();
  private environment: RunEnvironment | undefined;
  private readonly startedAt = new Date();
  /** A signal came. Its handlers stay: without them a second one, close behind, would kill the process. */
  private ending = false;
  private parentWatch: NodeJS.Timeout | undefined;
  private readonly onExit = (code: number) => this.endedTooEarly(code);
  private readonly onSignal = (signal: keyof typeof signals) => void this.interrupted(signal);

  constructor(
    private readonly configuration: ResolvedConfiguration,
    private readonly host: Host,
  ) {}

  /**
   * @param notStarted what the chosen scenarios do not need
   * @param needs what each of them does
   */
  async start(notStarted: NotStarted, needs: ScenarioNeeds): Promise<void> {
    for (const signal of signalNames) process.on(signal, this.onSignal);
    process.once('exit', this.onExit);
    this.parentWatch = whenNpmIsGone(() => this.onSignal('SIGTERM'));
    try {
      this.environment = new RunEnvironment(withSeed(withoutUnneeded(this.configuration, notStarted)), {
        projectDirectory: this.host.cwd,
        environment: process.env,
        report: this.host.say,
        notStarted,
        needs,
      });
      process.env[runMark] = this.environment.runId;
      await this.environment.start();
      process.env[runVariable] = this.environment.publishFacts();
    } catch (error) {
      giveUp(error, this.host.say);
    }
  }

  /** The hooks of the run are called all the same: what {@link runVariable} says is meant for them. */
  startNothing(why: string): void {
    this.host.say(`no scenario was chosen, so nothing is started: ${why}`);
  }

  /**
   * After the last scenario: the report is built, then the environment ends.
   * @param over whether there was a run at all; without one the runner's JSON is empty
   */
  async finish(over: boolean): Promise<void> {
    try {
      if (over) await this.report();
    } finally {
      await this.dispose();
      for (const signal of signalNames) process.off(signal, this.onSignal);
      process.off('exit', this.onExit);
      clearInterval(this.parentWatch);
      if (Object.values(this.configuration.services).some(({ module }) => module !== undefined))
        endWhatIsLeftOpen(this.host.say);
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
        ...(this.environment === undefined ? {} : { workshop: this.environment.path }),
      });
      if (path !== undefined) this.host.say(`report: ${path}`);
    } catch (error) {
      this.host.say(`the HTML report could not be built: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }

  private async dispose(): Promise<void> {
    delete process.env[runVariable];
    delete process.env[runMark];
    try {
      await this.environment?.[Symbol.asyncDispose]();
    } catch (error) {
      this.host.say(`not everything could be cleaned up: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }

  /** Ends what was started and the process; a second signal does not wait for it. */
  private async interrupted(signal: keyof typeof signals): Promise<void> {
    if (this.ending) process.exit(signals[signal]);
    this.ending = true;
    this.host.say(`\n${signal}: ending what was started`);
    await this.environment?.interrupt();
    process.exit(signals[signal]);
  }

  /** Somebody called process.exit(), or an error nobody caught is ending the process. */
  private endedTooEarly(code: number): void {
    const where = this.ending ? undefined : this.underWay.describe();
    if (code === 0 || where !== undefined) {
      const place = where === undefined ? '' : `, ${where}`;
      this.host.say(
        `\nthe run broke off: the process was ended (by process.exit?) before the run was over${place}`,
      );
    }
    if (code === 0) process.exitCode = 1;
    this.environment?.abandon();
  }
}

const parentWatchMs = 500;

/**
 * npm hands SIGTERM to the shell that it started for its script, which ends without handing it on: then the runner
 * has lost its parent, and nobody else will end it.
 */
function whenNpmIsGone(gone: () => void): NodeJS.Timeout | undefined {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    gone();
  }, parentWatchMs);
  return watch.unref();
}

const leftOpenMs = 2_000;

/** What a service in this process has left open keeps nobody waiting: a process ends when nothing is open any more. */
function endWhatIsLeftOpen(say: (line: string) => void): void {
  setTimeout(() => {
    const open = [...new Set(process.getActiveResourcesInfo())].filter(
      (kind) => !/^(TTY|Pipe)Wrap$/.test(kind),
    );
    say(
      `a service in this process has left something open (${open.join(', ') || 'it cannot be seen what'}): end it in the close() that its start() gives back`,
    );
    process.exit();
  }, leftOpenMs).unref();
}

/** Says what is wrong, without the runner's own stack around it, and ends the run. */
function giveUp(error: unknown, say: (line: string) => void): never {
  say(`\n${messageOf(error)}\n`);
  process.exit(1);
}

/** What the runner hands to those who choose. */
interface Chosen {
  readonly pickle: Pickle;
}

async function orGiveUp(say: (line: string) => void, check: () => void | Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    giveUp(error, say);
  }
}

/** The runner's short options that stand before a value: what follows the letter is that value. */
const takesValue = 'cfilprt';

/** A dry run executes nothing, so it needs no environment. The runner does not tell plugins of it. */
function isDryRun(argv: readonly string[]): boolean {
  const short = new RegExp(`^-[^-${takesValue}]*d`);
  return argv.some((argument) => argument === '--dry-run' || short.test(argument));
}

/** The only module under support/ that knows of the runner: it ties the environment's life to the run's. */
const plugin: Plugin<unknown> = {
  type: 'plugin',
  optionsKey: 'brine',
  coordinator: ({ operation, on, transform, options, environment }) => {
    if (operation !== 'runCucumber') return undefined;
    const { cwd } = environment;
    const plainly = maskFor([]);
    const sayPlainly = (line: string) => environment.stderr.write(`${plainly(line)}\n`);
    const configuration = configurationOf(options, cwd, sayPlainly);
    assertReports(resolve(cwd, configuration.reports.directory), sayPlainly);
    const mask = maskFor(configuration.secrets);
    const say = (line: string) => environment.stderr.write(`${mask(line)}\n`);
    const features = new ChosenFeatures(process.argv, cwd);
    on('message', (message) => features.read(message));
    on('paths:resolve', (paths) => orGiveUp(say, () => features.found(paths)));
    const check = (pickles: readonly Chosen[]) =>
      orGiveUp(say, () => features.assertWorthRunning(pickles.map(({ pickle }) => pickle)));
    if (isDryRun(process.argv)) {
      transform('pickles:filter', async (pickles) => {
        await check(pickles);
        return pickles;
      });
      return undefined;
    }
    process.env[timeoutVariable] = String(configuration.timeout);
    process.env[runVariable] = noRun;
    const session = new RunSession(configuration, { cwd, say });
    let over = false;
    const hide = hiding(mask);
    const machineCode = keptMachineCode();
    on('message', (message) => {
      if (message.testRunHookStarted) machineCode.withdraw();
      hide(message);
      session.underWay.accept(message);
      over ||= message.testRunFinished !== undefined;
    });
    transform('pickles:filter', async (pickles) => {
      // the runner ends the run after its plugins have chosen when a feature cannot be read
      if (features.unreadable) return pickles;
      await check(pickles);
      if (pickles.length === 0) {
        session.startNothing(features.describeEmptyChoice());
        return pickles;
      }
      const chosen = pickles.map(({ pickle }) => pickle);
      process.env[lanesVariable] = String(mostAtOnce(chosen));
      const scenarios = chosenScenarios(chosen);
      const needs = chosen.flatMap(({ id }, index) => {
        const scenario = scenarios[index];
        return scenario === undefined ? [] : [[id, neededBacking(configuration, scenario)] as const];
      });
      await session.start(notNeeded(configuration, scenarios), Object.fromEntries(needs));
      return pickles;
    });
    transform('pickles:order', (pickles) => {
      machineCode.offer();
      return withOwnDocuments(serialLast(pickles, ({ pickle }) => pickle));
    });
    return () => session.finish(over);
  },
};

/**
 * Masks the messages for all formatters, which get them after the plugins. What describes the scenarios is masked
 * at the end of the run only (before it is needed for the scenarios, and afterwards by those that write files then).
 */
function hiding(mask: Mask): (message: Envelope) => void {
  const descriptions: Envelope[] = [];
  return (message) => {
    maskResults(message, mask);
    if (message.pickle ?? message.gherkinDocument ?? message.source) descriptions.push(message);
    if (message.testRunFinished) for (const description of descriptions) maskMessage(description, mask);
  };
}

/** The runner makes the folder next, and would not end where Node's recursive mkdir does not (under /proc). */
function assertReports(folder: string, say: (line: string) => void): void {
  try {
    useFolder(folder);
  } catch (error) {
    const reason = `reports.directory (BRINE_REPORTS_DIRECTORY) is ${folder}, where no report can be written: ${messageOf(error)}`;
    giveUp(
      new BrineError('BRINE_CONFIG_004', { reason, advice: 'name a folder that exists or can be made' }),
      say,
    );
  }
}

function configurationOf(options: unknown, cwd: string, say: (line: string) => void): ResolvedConfiguration {
  try {
    const configuration = resolveConfiguration(options, process.env);
    assertTemplates(configuration);
    assertServiceModules(configuration, cwd);
    assertTagExpressions(configuration);
    return configuration;
  } catch (error) {
    return giveUp(error, say);
  }
}

// biome-ignore lint/style/noDefaultExport: the runner looks for the plugin there
export default plugin;
