import type { GenericContainer, StartedTestContainer, WaitStrategy } from 'testcontainers';
import { BrineError, messageOf } from '../errors';
import { bounded, eventually, formatDuration, WaitError } from '../time';
import type { DockerEngine } from './docker';
import type {
  Availability,
  BackingFacts,
  BackingServiceName,
  Provider,
  RunContext,
  Started,
} from './provider';

/** Which image, and how long its container may take until a client is served. */
export interface ContainerSettings {
  readonly image: string;
  readonly startTimeoutMs: number;
}

/** The label of every container of a run; its value is the run's identifier. */
export const runLabel = 'brine.run';
/** The label that tells which backing service a container is. */
export const serviceLabel = 'brine.service';

const logLines = 30;
const exitCheckMs = 200;
const removeLimitMs = 25_000;

/** What is particular about one backing service's container. */
export interface ContainerRecipe<Facts extends BackingFacts, Container extends GenericContainer> {
  readonly service: BackingServiceName;
  /** `PostgreSQL`, as users read it. */
  readonly title: string;
  /** The container, not started: image, command, environment, ports. Loads the library. */
  prepare(image: string): Promise<Container>;
  /** What remains to be done once the container runs and its ports are known. */
  launch?(container: StartedTestContainer): Promise<void>;
  /** One attempt to be served by it, as a real client. @throws what is wrong, when it is not ready */
  connect(container: StartedTestContainer): Promise<Facts>;
}

/** A backing service in a container of its own for the run. */
export class ContainerProvider<Facts extends BackingFacts, Container extends GenericContainer>
  implements Provider<Facts>
{
  readonly name = 'container';
  readonly service: BackingServiceName;

  constructor(
    private readonly recipe: ContainerRecipe<Facts, Container>,
    private readonly settings: ContainerSettings,
    private readonly engine: DockerEngine,
  ) {
    this.service = recipe.service;
  }

  check(): Promise<Availability> {
    return this.engine.image(this.settings.image);
  }

  async start(context: RunContext): Promise<Started<Facts>> {
    const image = await this.engine.image(this.settings.image);
    if (!image.available) throw this.error(image.reason, '');
    await this.engine.prepareReaper(context.report);
    const start = new ContainerStart(this.recipe, this.settings, this.engine);
    try {
      return await start.run(context);
    } catch (error) {
      const log = await start.abandon();
      throw this.error(messageOf(error), log, error);
    }
  }

  private error(reason: string, log: string, cause?: unknown): BrineError {
    const { image } = this.settings;
    return new BrineError(
      'BRINE_ENV_002',
      {
        owner: `${this.recipe.title} (container of ${image})`,
        reason,
        log: log === '' ? '' : `\n  the end of its log:\n${log.replace(/^/gm, '    ')}`,
        advice: `try \`docker run --rm ${image}\`, name another image, or set BRINE_${this.service.toUpperCase()}_PROVIDER=embedded`,
      },
      { cause },
    );
  }
}

/** One attempt to start a container: knows its identifier as soon as it exists, and notices when it dies. */
class ContainerStart<Facts extends BackingFacts, Container extends GenericContainer> {
  private id: string | undefined;
  private over = false;

  constructor(
    private readonly recipe: ContainerRecipe<Facts, Container>,
    private readonly settings: ContainerSettings,
    private readonly engine: DockerEngine,
  ) {}

  async run(context: RunContext): Promise<Started<Facts>> {
    const limitMs = this.settings.startTimeoutMs;
    const late = () => new Error(`it was not ready within ${formatDuration(limitMs)}`);
    try {
      const served = this.serve(context, performance.now() + limitMs);
      served.catch(() => {}); // when another reason was found first
      const facts = await bounded(Promise.race([served, this.death()]), limitMs + 1_000, late);
      const withId = this.id === undefined ? facts : { ...facts, containerId: this.id };
      return startedContainer(withId, this.id, this.engine, this.recipe.title);
    } finally {
      this.over = true;
    }
  }

  /** Removes what was started; gives the end of its log. */
  async abandon(): Promise<string> {
    if (this.id === undefined) return '';
    const log = await this.engine.logTail(this.id, logLines);
    await this.engine.remove(this.id).catch(() => {}); // the ledger still has it
    return log;
  }

  private async serve(context: RunContext, deadline: number): Promise<Facts> {
    const container = await this.create(context);
    await this.recipe.launch?.(container);
    const attempt = () => (this.over ? Promise.resolve(undefined) : this.recipe.connect(container));
    try {
      const { value } = await eventually(attempt, { withinMs: Math.max(0, deadline - performance.now()) });
      if (value !== undefined) return value;
      throw new Error('its start was given up');
    } catch (error) {
      throw error instanceof WaitError ? notReady(error) : error;
    }
  }

  private async create(context: RunContext): Promise<StartedTestContainer> {
    const container = await this.recipe.prepare(this.settings.image);
    container.withLabels({ [runLabel]: context.runId, [serviceLabel]: this.recipe.service });
    container.withWaitStrategy(waitForNothing).withStartupTimeout(this.settings.startTimeoutMs);
    const containerCreated = async (id: string) => {
      context.ledger.container(id);
      this.id = id;
      if (this.over) await this.engine.remove(id); // it came too late: then starting it fails
    };
    return Object.assign(container, { containerCreated }).start();
  }

  /** Rejects once the container has ended: nobody need wait for the deadline then. */
  private async death(): Promise<never> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, exitCheckMs));
      if (this.over) throw new Error('its start is over');
      const state = this.id === undefined ? undefined : await this.engine.state(this.id);
      if (state?.running === false) throw new Error(`it ended, with exit code ${state.exitCode}`);
    }
  }
}

/** Readiness is found out by a real client, not by testcontainers. */
const waitForNothing: WaitStrategy = {
  waitUntilReady: async () => {},
  withStartupTimeout: () => waitForNothing,
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => 0,
};

function startedContainer<Facts>(
  facts: Facts,
  id: string | undefined,
  engine: DockerEngine,
  title: string,
): Started<Facts> {
  let removal: Promise<void> | undefined;
  const remove = async (): Promise<void> => {
    if (id === undefined) return;
    const limit = formatDuration(removeLimitMs);
    const parameters = { phase: 'removing the container', owner: title, limit, log: '' };
    const advice = `remove it by hand: docker rm --force --volumes ${id.slice(0, 12)}`;
    const late = () => new BrineError('BRINE_ENV_005', { ...parameters, advice });
    await bounded(engine.remove(id), removeLimitMs, late);
  };
  return {
    facts,
    [Symbol.asyncDispose]: () => {
      removal ??= remove();
      return removal;
    },
  };
}

function notReady(error: WaitError): Error {
  return new Error(
    `no client was served within ${formatDuration(error.elapsedMs)}: ${messageOf(error.cause)}`,
    { cause: error.cause },
  );
}
