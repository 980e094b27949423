import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { StartedDockerComposeEnvironment } from 'testcontainers';
import { environmentName } from '../../config';
import { BrineError, messageOf } from '../../errors';
import { bounded, formatDuration } from '../../time';
import type { ContainerDescription, DockerEngine } from '../docker';
import { placeOf } from '../docker-connection';
import { waitForNothing } from '../no-wait';
import type { Availability, RunContext } from '../provider';
import { dockerCompose, withoutProgress } from './command';
import { readComposeFile } from './composed-services';
import { projectLabel, serviceLabel } from './labels';
import { LastWords } from './last-words';
import type { ComposeService, ResolvedComposeFile } from './service-file';

/** A team's compose file, and what of it is started. */
export interface ComposeSettings {
  /** Relative to the project. */
  readonly file: string;
  readonly projectDirectory: string;
  /** The names that the file gives the services; what they depend on is started, too. */
  readonly services: readonly string[];
  readonly startTimeoutMs: number;
}

/** What is wrong with the file, and what helps. */
type Fault = Required<Pick<Availability, 'reason' | 'command'>>;

const versionLimitMs = 5_000;
const downLimitMs = 30_000;

/** The services of a compose file, started once for a run under a name of its own, whoever of them is asked for first. */
export class ComposeProject {
  private running: Promise<StartedDockerComposeEnvironment> | undefined;
  private availability: Promise<Availability> | undefined;
  private content: Promise<ResolvedComposeFile | Fault> | undefined;
  private users = 0;

  constructor(
    readonly settings: ComposeSettings,
    readonly engine: DockerEngine,
  ) {}

  /** Whether an engine answers, `docker compose` is installed, and the file has the service with its port. Never rejects. */
  async check(service: string, port: number): Promise<Availability> {
    this.availability ??= this.findOut();
    const availability = await this.availability;
    if (!availability.available) return availability;
    const fault = this.fault(await this.content, service, port);
    return fault === undefined ? availability : { ...fault, available: false, misconfigured: true };
  }

  /** All services are looked for, because they are started together. */
  private fault(
    content: ResolvedComposeFile | Fault | undefined,
    service: string,
    port: number,
  ): Fault | undefined {
    if (content === undefined || 'reason' in content) return content;
    const { file, services } = this.settings;
    const show = `docker compose --file ${file} config`;
    const missing = [service, ...services].find((name) => !(name in content.services));
    if (missing !== undefined) {
      const known = Object.keys(content.services);
      return {
        reason: `${file} has no service "${missing}"; it has ${known.join(', ')}`,
        command: `${show} --services`,
      };
    }
    if (publishes(content.services[service], port)) return undefined;
    const reason = `the service "${service}" of ${file} publishes no port for its ${port}: give it ports: ["${port}"]`;
    return { reason, command: show };
  }

  private async findOut(): Promise<Availability> {
    const engine = await this.engine.ask();
    if (!engine.answers) return { available: false, reason: engine.reason };
    try {
      const version = await dockerCompose(['version'], versionLimitMs);
      this.content = this.read();
      return {
        available: true,
        reason: `Docker ${engine.version} answers; ${version}; ${this.settings.file}`,
      };
    } catch (error) {
      const reason = `Docker ${engine.version} answers at ${placeOf(engine.endpoint)}, but \`docker compose\` (version 2) is not installed: ${messageOf(error)}`;
      return { available: false, reason, command: 'docker compose version' };
    }
  }

  private async read(): Promise<ResolvedComposeFile | Fault> {
    const { file, projectDirectory } = this.settings;
    try {
      return await readComposeFile(file, projectDirectory);
    } catch (error) {
      const reason = error instanceof BrineError ? String(error.parameters.reason) : messageOf(error);
      const other = existsSync(resolve(projectDirectory, file)) ? undefined : usualFile(projectDirectory);
      const command =
        other === undefined
          ? `docker compose --file ${file} config`
          : `${environmentName(['compose', 'file'])}=${other} npx cucumber-js`;
      return { reason, command };
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
    const { file, projectDirectory, services, startTimeoutMs } = this.settings;
    const path = resolve(projectDirectory, file);
    await this.engine.prepareReaper(context.report);
    const name = projectName(context.runId);
    context.ledger.composeProject(name, await this.engine.address());
    const { DockerComposeEnvironment } = await import('testcontainers');
    const environment = new DockerComposeEnvironment(dirname(path), basename(path))
      .withProjectName(name)
      .withDefaultWaitStrategy(waitForNothing);
    const late = () => new Error(`docker compose up took longer than ${formatDuration(startTimeoutMs)}`);
    using words = await LastWords.listen(this.engine, name);
    try {
      return await bounded(environment.up([...services]), startTimeoutMs, late);
    } catch (error) {
      throw new ComposeFailure(withoutProgress(messageOf(error)), await words.tell(), error);
    }
  }
}

/** That the services of a file did not start. */
export class ComposeFailure extends Error {
  /** @param log what those said that ended or were unhealthy, each in a paragraph */
  constructor(
    message: string,
    readonly log: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

function projectName(runId: string): string {
  return `brine-${runId}`;
}

function publishes(service: ComposeService | undefined, port: number): boolean {
  return service?.ports?.some(({ target }) => target === port) ?? false;
}

/** What is there of the names that `docker compose` itself looks for. */
function usualFile(directory: string): string | undefined {
  const names = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
  return names.find((name) => existsSync(join(directory, name)));
}
