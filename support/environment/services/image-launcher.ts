import { join } from 'node:path';
import { fillEnvironment, fillTemplate, type TemplateValues } from '../template';
import type { ContainerSite } from './container-site';
import { ServiceLog } from './log';
import type { Launcher, Running } from './running';
import { ServiceContainer } from './service-container';
import type { ServiceOptions, StartContext } from './service-under-test';

/** Runs a service's image as a container in the network of the run's containers. */
export class ImageLauncher implements Launcher {
  readonly url: string;
  private readonly alias: string;

  /**
   * @param address where the container's port is found outside the network
   * @param port the container's own
   */
  constructor(
    private readonly image: string,
    private readonly options: ServiceOptions,
    private readonly context: StartContext,
    private readonly site: ContainerSite,
    private readonly address: { readonly host: string; readonly port: number },
    private readonly port: number,
  ) {
    const outside = `${address.host}:${address.port}`;
    this.url = `http://${outside}`;
    this.alias = `${options.name}-${options.lane}`;
    site.add({ outside, inside: `${this.alias}:${port}` });
  }

  async launch(outer: TemplateValues): Promise<Running> {
    const { name, lane, configuration } = this.options;
    const { command, env } = configuration;
    const texts = [...Object.values(env), ...(command === undefined ? [] : [command])];
    const reachable = await this.site.reachable(outer, texts, name);
    const own = new Map([
      ...reachable,
      ['self.url', `http://${this.alias}:${this.port}`],
      ['self.port', String(this.port)],
    ]);
    const filled = command === undefined ? undefined : fillTemplate(command, own, `services.${name}.command`);
    return ServiceContainer.start(
      {
        service: name,
        image: this.image,
        command: filled,
        env: fillEnvironment(env, own, `services.${name}`),
        port: this.port,
        outsidePort: this.address.port,
        alias: this.alias,
      },
      this.site,
      new ServiceLog(join(this.context.directory, `${name}-${lane}.log`)),
      this.context.ledger,
    );
  }
}
