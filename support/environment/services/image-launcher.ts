import { join } from 'node:path';
import type { TemplateValues } from '../template';
import type { ContainerSite } from './container-site';
import { insideTexts } from './inside-texts';
import { ServiceLog } from './log';
import type { Launcher, Running } from './running';
import { ServiceContainer } from './service-container';
import type { ServiceOptions, StartContext } from './service-under-test';
import { schemeOf } from './tls-identity';

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
    this.url = `${schemeOf(options.configuration)}://${outside}`;
    this.alias = `${options.name}-${options.lane}`;
    site.add({ outside, inside: `${this.alias}:${port}` });
  }

  async launch(outer: TemplateValues): Promise<Running> {
    const { name, lane } = this.options;
    const own = {
      url: `${schemeOf(this.options.configuration)}://${this.alias}:${this.port}`,
      port: this.port,
    };
    const texts = await insideTexts(this.options, own, this.site, outer);
    return ServiceContainer.start(
      {
        service: name,
        image: this.image,
        ...texts,
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
