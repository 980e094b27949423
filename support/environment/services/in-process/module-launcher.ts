import { join } from 'node:path';
import { BrineError } from '../../../errors';
import { bounded, formatDuration } from '../../../time';
import { fillEnvironment, type TemplateValues } from '../../template';
import { ServiceLog } from '../log';
import type { Launcher, Running } from '../running';
import type { ServiceOptions, StartContext } from '../service-under-test';
import { schemeOf } from '../tls-identity';
import type { ServiceContext } from './contract';
import { InProcessService } from './in-process-service';
import { loadService } from './service-module';
import { SettableClock } from './settable-clock';

/** Runs a service as a module of this thread's own. */
export class ModuleLauncher implements Launcher {
  readonly url: string;
  /** It is the same after a restart. */
  readonly clock = new SettableClock();

  constructor(
    private readonly module: string,
    private readonly options: ServiceOptions,
    private readonly context: StartContext,
    readonly localPort: number,
  ) {
    this.url = `${schemeOf(options.configuration)}://127.0.0.1:${localPort}`;
  }

  async launch(outer: TemplateValues): Promise<Running> {
    const { name, lane, configuration, startTimeoutMs } = this.options;
    const { directory, projectDirectory, databases } = this.context;
    const wanted = { service: name, module: this.module, export: configuration.export, projectDirectory };
    const start = await bounded(loadService(wanted), startTimeoutMs, () => this.notLoaded());
    const opened = await databases?.open(name);
    const values = new Map([...outer, ['self.url', this.url], ['self.port', String(this.localPort)]]);
    const context: Omit<ServiceContext, 'log'> = {
      name,
      lane,
      env: fillEnvironment(configuration.env, values, `services.${name}`),
      url: this.url,
      port: this.localPort,
      clock: { now: this.clock.now },
      database: (wantedName) => opened?.of(wantedName) ?? noDatabases(name),
    };
    return new InProcessService(
      {
        module: this.module,
        export: configuration.export,
        key: `services.${name}`,
        start,
        context,
        owned: opened,
      },
      new ServiceLog(join(directory, `${name}-${lane}.log`)),
    );
  }

  private notLoaded(): BrineError {
    const { name, startTimeoutMs } = this.options;
    return new BrineError('BRINE_SERVICE_001', {
      service: name,
      event: `was not loaded within ${formatDuration(startTimeoutMs)}: an await on top of ${this.module}, or of what it imports, has not ended`,
      log: '',
      advice: `see services.${name}.module; services.${name}.startTimeout is the time given`,
    });
  }
}

function noDatabases(service: string): never {
  throw new BrineError('BRINE_ENV_007', { reason: `there are no databases for service "${service}"` });
}
