import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dockerCompose } from '../compose/command';
import { readComposeFile } from '../compose/composed-services';
import { projectLabel } from '../compose/labels';
import { serviceFile } from '../compose/service-file';
import { runLabel, serviceLabel } from '../container-labels';
import type { TemplateValues } from '../template';
import type { ContainerSite } from './container-site';
import { insideTexts } from './inside-texts';
import { ServiceLog } from './log';
import type { Launcher, Running } from './running';
import { ServiceContainer } from './service-container';
import type { ServiceOptions, StartContext } from './service-under-test';
import { schemeOf } from './tls-identity';

const downLimitMs = 30_000;

/**
 * Runs a service of the team's compose file: a copy for each lane, in a project of its own and in the network of the run's
 * containers. What the file says of it holds (image or build, command, volumes, user, ...), but for its ports, its networks, and
 * what it depends on.
 */
export class ComposeLauncher implements Launcher {
  readonly url: string;
  private readonly alias: string;

  /**
   * @param service its name in the file
   * @param address where the container's port is found outside the network
   * @param port the container's own
   */
  constructor(
    private readonly service: string,
    private readonly file: string,
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
    const { engine, network, runId } = this.site;
    const { name } = this.options;
    const own = {
      url: `${schemeOf(this.options.configuration)}://${this.alias}:${this.port}`,
      port: this.port,
    };
    const texts = await insideTexts(this.options, own, this.site, outer);
    const file = serviceFile(await readComposeFile(this.file, this.context.projectDirectory), {
      service: this.service,
      ...texts,
      port: this.port,
      outsidePort: this.address.port,
      alias: this.alias,
      labels: { [runLabel]: runId, [serviceLabel]: name },
      network,
    });
    const written = join(this.context.directory, `${this.alias}.compose.json`);
    await writeFile(written, JSON.stringify(file), { mode: 0o600 });
    const project = `brine-${runId}-${this.alias}`.toLowerCase();
    const address = await engine.address();
    this.context.ledger.composeProject(project, address);
    const compose = (limitMs: number, ...args: string[]) =>
      dockerCompose(['--project-name', project, '--file', written, ...args], limitMs, address);
    const down = async () => void (await compose(downLimitMs, 'down', '--volumes', '--timeout', '3'));
    try {
      await compose(
        this.options.startTimeoutMs,
        'up',
        '--detach',
        '--no-deps',
        ...builds(file),
        this.service,
      );
      const id = await this.containerOf(project);
      const log = new ServiceLog(join(this.context.directory, `${name}-${this.options.lane}.log`));
      const origin = `it is the service "${this.service}" of ${this.file}`;
      return new ServiceContainer({ id, origin, remove: down }, this.site, log, await engine.follow(id));
    } catch (error) {
      await down().catch(() => {}); // the ledger still has it
      throw error;
    }
  }

  private async containerOf(project: string): Promise<string> {
    const [found] = await this.site.engine.labelled(projectLabel, project);
    if (found === undefined) throw new Error(`${this.file} has started no service "${this.service}"`);
    return found.id;
  }
}

/** What has changed since it was built last must be in it. */
function builds(file: object): string[] {
  return JSON.stringify(file).includes('"build":') ? ['--build'] : [];
}
