import { messageOf } from '../errors';
import { bounded, eventually, formatDuration, WaitError } from '../time';
import type { ContainerAddress, ContainerRecipe, ContainerSettings, RunningContainer } from './container';
import { reuseLabel, runLabel, serviceLabel } from './container-labels';
import { adoptContainer, reusedName } from './container-reuse';
import type { DockerEngine } from './docker';
import { waitForNothing } from './no-wait';
import { anyAddress, freePort } from './ports';
import type { AddressRoute, BackingFacts, RunContext } from './provider';

const logLines = 30;
const exitCheckMs = 200;
const portAttempts = 5;
const othersLimitMs = 10_000;

/** One attempt to have a container: knows its identifier as soon as it exists, and notices when it dies. */
export class ContainerStart<Facts extends BackingFacts> {
  private id: string | undefined;
  private over = false;
  private adopted = false;
  private readonly deadline: number;

  constructor(
    private readonly recipe: ContainerRecipe<Facts>,
    private readonly settings: ContainerSettings,
    private readonly engine: DockerEngine,
  ) {
    this.deadline = performance.now() + settings.startTimeoutMs;
  }

  /** A container of the run: the ledger knows it by its label before it is made. */
  async create({ runId, ledger }: RunContext): Promise<Facts> {
    const address = await this.engine.address();
    const enter = () => ledger.labelled(runId, address);
    enter();
    return this.served(() => this.launch({ [runLabel]: runId }, undefined, enter));
  }

  /** A container that no run removes; the one that another run makes at the same time, when that is first. */
  createToStay(hash: string): Promise<Facts> {
    const name = reusedName(this.recipe.service, hash);
    return this.served(async () => {
      try {
        await this.launch({ [reuseLabel]: hash }, name, () => {});
      } catch (error) {
        if (!isNameTaken(error)) throw error;
        this.id = await this.idOfOthers(hash);
        this.adopted = true;
      }
    });
  }

  /** A name is taken a little before its container can be seen. */
  private async idOfOthers(hash: string): Promise<string> {
    const find = async () => {
      const id = await adoptContainer(this.engine, this.recipe.service, hash);
      if (id === undefined) throw new Error('the container that another run makes is not there');
      return id;
    };
    return (await eventually(find, { withinMs: othersLimitMs })).value;
  }

  /** A container that is there already. */
  adopt(id: string): Promise<Facts> {
    this.adopted = true;
    this.id = id;
    return this.served(async () => {});
  }

  /** Removes what was started; gives the end of its log. */
  async abandon(): Promise<string> {
    if (this.id === undefined) return '';
    const log = await this.engine.logTail(this.id, logLines);
    if (!this.adopted) await this.engine.remove(this.id).catch(() => {}); // the ledger still has it
    return log;
  }

  private async served(begin: () => Promise<void>): Promise<Facts> {
    const limitMs = this.settings.startTimeoutMs;
    const late = () => new Error(`it was not ready within ${formatDuration(limitMs)}`);
    try {
      const serving = begin().then(() => this.serve());
      serving.catch(() => {}); // when another reason was found first
      const facts = await bounded(Promise.race([serving, this.death()]), limitMs + 1_000, late);
      return this.id === undefined ? facts : { ...facts, containerId: this.id };
    } finally {
      this.over = true;
    }
  }

  private async serve(): Promise<Facts> {
    const container = await this.running();
    const attempt = () => (this.over ? Promise.resolve(undefined) : this.recipe.connect(container));
    try {
      const withinMs = Math.max(0, this.deadline - performance.now());
      const { value } = await eventually(attempt, { withinMs });
      if (value !== undefined) return { ...value, route: this.route(container) };
      throw new Error('its start was given up');
    } catch (error) {
      throw error instanceof WaitError ? notReady(error) : error;
    }
  }

  private route({ host, port }: ContainerAddress): AddressRoute {
    const { service, insidePort = this.recipe.port } = this.recipe;
    return { outside: `${host}:${port}`, inside: `${service}:${insidePort}` };
  }

  private async running(): Promise<RunningContainer> {
    const { id } = this;
    const container = id === undefined ? undefined : await this.engine.inspect(id);
    if (container === undefined) throw new Error('it was removed while it started');
    const port = container.ports.get(this.recipe.port);
    if (port === undefined) throw ended(await this.engine.end(container.id)); // only a running one has its ports
    const log = () => this.engine.logTail(container.id, 'all');
    return {
      id: container.id,
      host: await this.engine.host(),
      port,
      environment: container.environment,
      log,
    };
  }

  /** A port that somebody takes before the engine does is no reason to fail. */
  private async launch(
    labels: Readonly<Record<string, string>>,
    name: string | undefined,
    mayStart: () => void,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const address = { host: await this.engine.host(), port: await freePort(anyAddress) };
      try {
        return await this.launchAt(address, labels, name, mayStart);
      } catch (error) {
        if (attempt === portAttempts || this.id === undefined || !isPortTaken(error)) throw error;
        await this.engine.remove(this.id);
        this.id = undefined;
      }
    }
  }

  private async launchAt(
    address: ContainerAddress,
    labels: Readonly<Record<string, string>>,
    name: string | undefined,
    mayStart: () => void,
  ): Promise<void> {
    const container = await this.recipe.prepare(this.settings, address);
    const { startTimeoutMs, memory, cpus } = this.settings;
    container
      .withLabels({ ...labels, [serviceLabel]: this.recipe.service })
      .withExposedPorts({ container: this.recipe.port, host: address.port })
      .withResourcesQuota(quota(memory, cpus))
      .withWaitStrategy(waitForNothing)
      .withStartupTimeout(startTimeoutMs);
    if (name !== undefined) container.withName(name).withAutoCleanup(false);
    const containerCreated = async (id: string) => {
      mayStart(); // throws when the run is being ended
      this.id = id;
      if (this.over) await this.engine.remove(id); // it came too late: then starting it fails
    };
    await Object.assign(container, { containerCreated }).start();
  }

  /** Rejects once the container has ended: nobody need wait for the deadline then. */
  private async death(): Promise<never> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, exitCheckMs));
      if (this.over) throw new Error('its start is over');
      const state = this.id === undefined ? undefined : await this.engine.inspect(this.id);
      if (state?.ended) throw ended(state.exitCode);
    }
  }
}

function ended(exitCode: number | undefined): Error {
  return new Error(
    exitCode === undefined ? 'it was removed while it started' : `it ended, with exit code ${exitCode}`,
  );
}

/** The library counts memory in gigabytes. */
function quota(memory: number | undefined, cpus: number | undefined): { memory?: number; cpu?: number } {
  return {
    ...(memory === undefined ? {} : { memory: memory / 1024 ** 3 }),
    ...(cpus === undefined ? {} : { cpu: cpus }),
  };
}

function isPortTaken(error: unknown): boolean {
  return /port is already allocated|address already in use|ports are not available/i.test(messageOf(error));
}

function isNameTaken(error: unknown): boolean {
  return /container name .* is already in use/i.test(messageOf(error));
}

function notReady(error: WaitError): Error {
  return new Error(
    `no client was served within ${formatDuration(error.elapsedMs)}: ${messageOf(error.cause)}`,
    { cause: error.cause },
  );
}
