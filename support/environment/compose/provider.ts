import { BrineError, messageOf } from '../../errors';
import { eventually, WaitError } from '../../time';
import type { ContainerDescription } from '../docker';
import type {
  AddressRoute,
  BackingFacts,
  BackingServiceName,
  Provider,
  RunContext,
  Started,
} from '../provider';
import { ComposeFailure, type ComposeProject } from './project';

/** One backing service of a compose file. */
export interface ComposedService<Facts extends BackingFacts> {
  readonly service: BackingServiceName;
  /** The name that the file gives it. */
  readonly name: string;
  /** Its port in its container, which the file must publish. */
  readonly port: number;
  /** Once its address is known, it is as a server that runs already. */
  attach(address: string, environment: ReadonlyMap<string, string>): Provider<Facts>;
  /** The address for clients in the network of the run's containers, where that is not by its own port. */
  routeInside?(address: string, environment: ReadonlyMap<string, string>): AddressRoute | undefined;
}

/** A backing service as a team's compose file has it. It begins empty in each run, and ends with it. */
export class ComposeProvider<Facts extends BackingFacts> implements Provider<Facts> {
  readonly name = 'compose';
  readonly service: BackingServiceName;

  constructor(
    private readonly project: ComposeProject,
    private readonly composed: ComposedService<Facts>,
  ) {
    this.service = composed.service;
  }

  check() {
    return this.project.check(this.composed.name, this.composed.port);
  }

  async start(context: RunContext): Promise<Started<Facts>> {
    try {
      await this.project.use(context);
    } catch (error) {
      throw error instanceof BrineError ? error : this.error(messageOf(error), error);
    }
    try {
      return await this.attached(context);
    } catch (error) {
      await this.project.release().catch(() => {}); // the ledger still has it
      if (error instanceof BrineError && error.code === 'BRINE_ENV_008') throw error;
      throw this.error(messageOf(error instanceof WaitError ? error.cause : error), error);
    }
  }

  private async attached(context: RunContext): Promise<Started<Facts>> {
    const { name, attach } = this.composed;
    const container = await this.project.container(context, name);
    const address = `${await this.project.engine.host()}:${this.publishedPort(container)}`;
    const server = attach(address, container.environment);
    const attempt = async () => {
      await this.project.container(context, name); // says so when it has ended
      return server.start(context);
    };
    const { value } = await eventually(attempt, {
      withinMs: this.project.settings.startTimeoutMs,
      giveUp: (failure) => this.refused(failure),
    });
    const route = this.composed.routeInside?.(address, container.environment);
    return {
      facts: {
        ...value.facts,
        ...(route === undefined ? {} : { route }),
        provider: this.name,
        containerId: container.id,
        outlivesRun: false,
      },
      [Symbol.asyncDispose]: async () => {
        await Promise.resolve(value[Symbol.asyncDispose]()).catch(() => {}); // it goes with the project
        await this.project.release();
      },
    };
  }

  private publishedPort({ ports }: ContainerDescription): number {
    const { name, port } = this.composed;
    const published = ports.get(port);
    if (published !== undefined) return published;
    throw new Error(`it publishes no port for its ${port}: give the service "${name}" ports: ["${port}"]`);
  }

  /** A password that is wrong does not become right. */
  private refused(failure: unknown): BrineError | undefined {
    const cause = failure instanceof BrineError ? (failure.cause ?? failure) : failure;
    const reason = messageOf(cause);
    if (!/NOAUTH|WRONGPASS|password authentication failed/.test(reason)) return undefined;
    const { service, composed, project } = this;
    const address = `service "${composed.name}" of ${project.settings.file}`;
    const advice = credentials[service];
    return new BrineError('BRINE_ENV_008', { service, address, reason, advice }, { cause: failure });
  }

  private error(reason: string, cause: unknown): BrineError {
    const { service, composed, project } = this;
    const owner = `${service} (service "${composed.name}" of ${project.settings.file})`;
    const advice = `try \`docker compose --file ${project.settings.file} up ${composed.name}\``;
    const log = cause instanceof ComposeFailure ? cause.log : '';
    return new BrineError('BRINE_ENV_002', { owner, reason, log, advice }, { cause });
  }
}

/** Where a password comes from. */
const credentials: Readonly<Record<BackingServiceName, string>> = {
  postgres: 'its POSTGRES_USER and POSTGRES_PASSWORD must be those of its data: give it a volume of its own',
  redis: 'give its password: compose.services.redis.password (BRINE_COMPOSE_SERVICES_REDIS_PASSWORD)',
  kafka: 'give this machine a listener without passwords',
};
