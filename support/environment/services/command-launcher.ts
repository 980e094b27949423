import { join, resolve } from 'node:path';
import { fillEnvironment, fillTemplate, type TemplateValues } from '../template';
import { ServiceLog } from './log';
import { ManagedProcess } from './managed-process';
import type { Launcher, Running } from './running';
import type { ServiceOptions, StartContext } from './service-under-test';
import { schemeOf } from './tls-identity';

/** Runs a service's command as a process on this machine. */
export class CommandLauncher implements Launcher {
  readonly url: string;

  constructor(
    private readonly command: string,
    private readonly options: ServiceOptions,
    private readonly context: StartContext,
    readonly localPort: number,
  ) {
    this.url = `${schemeOf(options.configuration)}://127.0.0.1:${localPort}`;
  }

  async launch(outer: TemplateValues): Promise<Running> {
    const { name, lane, configuration } = this.options;
    const { directory, projectDirectory, ledger } = this.context;
    const values = new Map([...outer, ['self.url', this.url], ['self.port', String(this.localPort)]]);
    return new ManagedProcess(
      {
        name: `service "${name}" of lane ${lane}`,
        command: fillTemplate(this.command, values, `services.${name}.command`),
        cwd: resolve(projectDirectory, configuration.cwd),
        env: fillEnvironment(configuration.env, values, `services.${name}`),
        projectDirectory,
      },
      new ServiceLog(join(directory, `${name}-${lane}.log`)),
      ledger,
    );
  }
}
