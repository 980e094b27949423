import type { GenericContainer } from 'testcontainers';
import { BrineError, messageOf } from '../errors';
import { bounded, formatDuration } from '../time';
import { adoptContainer, reportOthers, reuseHash } from './container-reuse';
import { ContainerStart } from './container-start';
import type { DockerEngine } from './docker';
import type {
  Availability,
  BackingFacts,
  BackingServiceName,
  Provider,
  RunContext,
  Started,
} from './provider';

/** Which image, what it may use, and how long its container may take until a client is served. */
export interface ContainerSettings {
  readonly image: string;
  readonly startTimeoutMs: number;
  /** What the names of databases and topics begin with that Brine may remove. */
  readonly testPrefix: string;
  /** Bytes; what it keeps in memory instead of on disk counts, too. */
  readonly memory?: number | undefined;
  /** Processors, such as 1.5. */
  readonly cpus?: number | undefined;
  /** It stays for the next run, which finds it again by its settings. */
  readonly reuse?: boolean | undefined;
  /** Its data survive a restart: they are on its own file system, and flushed to disk. */
  readonly durable?: boolean | undefined;
}

/** Where a container's clients find it. The port stays the same when it is restarted. */
export interface ContainerAddress {
  readonly host: string;
  readonly port: number;
}

/** A container that runs, though its service need not answer yet. */
export interface RunningContainer extends ContainerAddress {
  readonly id: string;
  /** What its processes were given. */
  readonly environment: ReadonlyMap<string, string>;
  /** All that it has written. */
  log(): Promise<string>;
}

const removeLimitMs = 25_000;

/** What is particular about one backing service's container. */
export interface ContainerRecipe<Facts extends BackingFacts> {
  readonly service: BackingServiceName;
  /** `PostgreSQL`, as users read it. */
  readonly title: string;
  /** The container's own port for clients. */
  readonly port: number;
  /** Its own port for clients in other containers, where that is another one. */
  readonly insidePort?: number;
  /** The container, not started: image, command, environment; not its ports. Loads the library. */
  prepare(settings: ContainerSettings, address: ContainerAddress): Promise<GenericContainer>;
  /** One attempt to be served by it, as a real client. @throws what is wrong, when it is not ready */
  connect(container: RunningContainer): Promise<Facts>;
  /** For a container that stays: removes what killed runs have left in it; disposing, what this run has. */
  share?(facts: Facts, context: RunContext): Promise<AsyncDisposable>;
}

/** A backing service in a container of its own for the run, or in one that stays from run to run. */
export class ContainerProvider<Facts extends BackingFacts> implements Provider<Facts> {
  readonly name = 'container';
  readonly service: BackingServiceName;

  constructor(
    private readonly recipe: ContainerRecipe<Facts>,
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
    const start = new ContainerStart(this.recipe, this.settings, this.engine);
    try {
      return this.settings.reuse ? await this.reuse(start, context) : await this.create(start, context);
    } catch (error) {
      const log = await start.abandon();
      throw this.error(messageOf(error), log, error);
    }
  }

  private async create(start: ContainerStart<Facts>, context: RunContext): Promise<Started<Facts>> {
    await this.engine.prepareReaper(context.report);
    const facts = await start.create(context);
    return this.started(facts, () => this.remove(facts.containerId));
  }

  /** Finds the container of an earlier run, or makes one for the runs to come. */
  private async reuse(start: ContainerStart<Facts>, context: RunContext): Promise<Started<Facts>> {
    const hash = reuseHash(this.service, this.settings);
    const id = await adoptContainer(this.engine, this.service, hash);
    const served = id === undefined ? await start.createToStay(hash) : await start.adopt(id);
    const facts = { ...served, outlivesRun: true };
    await reportOthers(this.engine, this.service, hash, context.report);
    const share = await this.recipe.share?.(facts, context);
    return this.started(facts, async () => share?.[Symbol.asyncDispose]());
  }

  private started(facts: Facts, end: () => Promise<void>): Started<Facts> {
    let ending: Promise<void> | undefined;
    return {
      facts,
      [Symbol.asyncDispose]: () => {
        ending ??= end();
        return ending;
      },
    };
  }

  private async remove(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    const limit = formatDuration(removeLimitMs);
    const parameters = { phase: 'removing the container', owner: this.recipe.title, limit, log: '' };
    const advice = `remove it by hand: docker rm --force --volumes ${id.slice(0, 12)}`;
    const late = () => new BrineError('BRINE_ENV_005', { ...parameters, advice });
    await bounded(this.engine.remove(id), removeLimitMs, late);
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
