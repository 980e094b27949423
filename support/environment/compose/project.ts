import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { StartedDockerComposeEnvironment } from 'testcontainers';
import { BrineError, messageOf } from '../../errors';
import { bounded, formatDuration } from '../../time';
import type { ContainerDescription, DockerEngine } from '../docker';
import { placeOf } from '../docker-connection';
import { waitForNothing } from '../no-wait';
import type { Availability, RunContext } from '../provider';
import { dockerCompose } from './command';

/** A team's compose file, and what of it is started. */
export interface ComposeSettings {
  /** Relative to the project. */
  readonly file: string;
  /** The names that the file gives the services; what they depend on is started, too. */
  readonly services: readonly string[];
  readonly startTimeoutMs: number;
}

const projectLabel = 'com.docker.compose.project';
const serviceLabel = 'com.docker.compose.service';
const versionLimitMs = 5_000;
const downLimitMs = 30_000;

/** The services of a compose file, started once for a run under a name of its own, whoever of them is asked for first. */
export class ComposeProject {
  private running: Promise<StartedDockerComposeEnvironment> | undefined;
  private availability: Promise<Availability> | undefined;
  private users = 0;

  constructor(
    readonly settings: ComposeSettings,
    readonly engine: DockerEngine,
  ) {}

  /** Whether an engine answers and `docker compose` is installed. Never rejects. */
  check(): Promise<Availability> {
    this.availability ??= this.findOut();
    return this.availability;
  }

  private async findOut(): Promise<Availability> {
    const engine = await this.engine.ask();
    if (!engine.answers) return { available: false, reason: engine.reason };
    try {
      const version = await dockerCompose(['version'], versionLimitMs);
      return {
        available: true,
        reason: `Docker ${engine.version} answers; ${version}; ${this.settings.file}`,
      };
    } catch (error) {
      const reason = `Docker ${engine.version} answers at ${placeOf(engine.endpoint)}, but \`docker compose\` (version 2) is not installed: ${messageOf(error)}`;
      return { available: false, reason };
    }
  }

  /** Starts the services unless they run; each caller must {@link release} them. */
  async use(context: RunContext): Promise<void> {
    this.users++;
    this.running ??= this.up(context);
    try {
      await this.running;
    } catch (error) {
      this.users--;
      this.running = undefined; // what is tried again begins anew
      throw error;
    }
  }

  /** Removes the containers, networks and volumes after the last user. */
  async release(): Promise<void> {
    this.users--;
    if (this.users > 0 || this.running === undefined) return;
    const environment = await this.running;
    this.running = undefined;
    const late = () => new Error(`docker compose down took longer than ${formatDuration(downLimitMs)}`);
    await bounded(environment.down({ timeout: 0, removeVolumes: true }), downLimitMs, late);
  }

  /** @throws Error when the file's service does not run */
  async container({ runId }: RunContext, service: string): Promise<ContainerDescription> {
    for (const { id, labels } of await this.engine.labelled(projectLabel, projectName(runId))) {
      if (labels[serviceLabel] !== service) continue;
      const container = await this.engine.inspect(id);
      if (container?.ended === false) return container;
      throw new Error(`it ended:\n${await this.engine.logTail(id, 20)}`);
    }
    throw new Error(`${this.settings.file} has started no service "${service}"`);
  }

  private async up(context: RunContext): Promise<StartedDockerComposeEnvironment> {
    const { file, services, startTimeoutMs } = this.settings;
    const path = resolve(context.projectDirectory, file);
    if (!existsSync(path)) throw noSuchFile(path);
    await this.engine.prepareReaper(context.report);
    const name = projectName(context.runId);
    context.ledger.composeProject(name, await this.engine.address());
    const { DockerComposeEnvironment } = await import('testcontainers');
    const environment = new DockerComposeEnvironment(dirname(path), basename(path))
      .withProjectName(name)
      .withDefaultWaitStrategy(waitForNothing);
    const late = () => new Error(`docker compose up took longer than ${formatDuration(startTimeoutMs)}`);
    return bounded(environment.up([...services]), startTimeoutMs, late);
  }
}

function projectName(runId: string): string {
  return `brine-${runId}`;
}

function noSuchFile(path: string): BrineError {
  return new BrineError('BRINE_CONFIG_004', {
    reason: `compose.file: there is no ${path}`,
    advice: 'correct compose.file, which is relative to the project',
  });
}
