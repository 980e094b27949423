import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { messageOf } from '../../errors';
import { bounded } from '../../time';
import { runLabel, serviceLabel } from '../container-labels';
import type { Ledger } from '../leftovers/ledger';
import type { ContainerSite } from './container-site';
import type { ServiceLog } from './log';
import type { Running } from './running';

/** How to run an image. */
export interface ServiceContainerPlan {
  readonly service: string;
  readonly image: string;
  /** Command line, run by the shell of the image, instead of the image's own. */
  readonly command: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** The container's own port, and where it is found outside the network. */
  readonly port: number;
  readonly outsidePort: number;
  /** Its name in the network. */
  readonly alias: string;
}

/** A container that runs a service. */
export interface ServedContainer {
  readonly id: string;
  /** What it was made from; see {@link Running.origin}. */
  readonly origin: string;
  /** Removes it, and what was made with it. */
  remove(): Promise<void>;
}

const stopGraceSeconds = 3;
const stopLimitMs = 20_000;
const outputGraceMs = 500;

/** A service in a container of the lane's own. */
export class ServiceContainer implements Running {
  private exit: string | undefined;
  readonly exited: Promise<string>;

  constructor(
    private readonly container: ServedContainer,
    private readonly site: ContainerSite,
    readonly log: ServiceLog,
    output: Readable,
  ) {
    log.follow(output);
    this.exited = this.watch(finished(output).catch(() => {}));
  }

  /** @throws Error with the engine's words when it cannot be made or started; nothing of it is left then */
  static async start(
    plan: ServiceContainerPlan,
    site: ContainerSite,
    log: ServiceLog,
    ledger: Ledger,
  ): Promise<ServiceContainer> {
    const { engine, runId } = site;
    const enter = async () => ledger.labelled(runId, await engine.address());
    await enter();
    const answer = await engine.demand('POST', '/containers/create', undefined, creation(plan, site));
    const { Id: id } = JSON.parse(answer.toString()) as { Id: string };
    try {
      await enter(); // throws when the run was ended meanwhile
      await engine.act(id, 'start');
      const container = { id, origin: originOf(plan), remove: () => engine.remove(id) };
      return new ServiceContainer(container, site, log, await engine.follow(id));
    } catch (error) {
      await engine.remove(id);
      throw error;
    }
  }

  get origin(): string {
    return this.container.origin;
  }

  get ended(): string | undefined {
    return this.exit;
  }

  /** @param read settles when all of its output was read, which comes a little after its end */
  private async watch(read: Promise<void>): Promise<string> {
    const { engine } = this.site;
    try {
      const code = await engine.end(this.container.id);
      await bounded(read, outputGraceMs, () => new Error('no end')).catch(() => {});
      this.exit ??= code === undefined ? 'was removed' : `ended with code ${code}`;
    } catch (error) {
      this.exit ??= `can no longer be watched: ${messageOf(error)}`;
    }
    return this.exit;
  }

  async stop(): Promise<void> {
    const { engine } = this.site;
    if (this.exit === undefined) {
      const path = `/containers/${this.container.id}/stop?t=${stopGraceSeconds}`;
      await engine.call('POST', path, stopLimitMs).catch(() => {}); // it is removed by force, then
    }
    await this.container.remove();
    await this.exited;
    this.log.close();
  }
}

function originOf({ image, command }: ServiceContainerPlan): string {
  return `its image was: ${image}${command === undefined ? '' : `, its command: ${command}`}`;
}

/** https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerCreate */
function creation(plan: ServiceContainerPlan, { runId, network }: ContainerSite): object {
  const port = `${plan.port}/tcp`;
  return {
    Image: plan.image,
    ...(plan.command === undefined ? {} : { Entrypoint: ['sh', '-c'], Cmd: [plan.command] }),
    Env: Object.entries(plan.env).map(([name, value]) => `${name}=${value}`),
    Labels: { [runLabel]: runId, [serviceLabel]: plan.service },
    ExposedPorts: { [port]: {} },
    HostConfig: {
      NetworkMode: network.id,
      PortBindings: { [port]: [{ HostPort: String(plan.outsidePort) }] },
    },
    NetworkingConfig: { EndpointsConfig: { [network.id]: { Aliases: [plan.alias] } } },
  };
}
