import type { RequestListener } from 'node:http';
import { formatWithOptions } from 'node:util';
import { messageOf } from '../../../errors';
import { endHttpServer, listenOnLoopback } from '../../../loopback/server';
import { bounded, formatDuration } from '../../../time';
import { portInUse } from '../../ports';
import type { LogIntake, ServiceLog } from '../log';
import type { Running } from '../running';
import type { ServiceContext, InProcessService as Start } from './contract';
import { type Owner, runOwned } from './own-context';
import { type Served, servedBy } from './served';

/** What a service in this process is started from. */
export interface InProcessPlan {
  /** The file, as the configuration names it, and the function: `services/api.ts`, `start`. */
  readonly module: string;
  readonly export: string;
  /** `services.api`: where its settings are. */
  readonly key: string;
  readonly start: Start;
  readonly context: Omit<ServiceContext, 'log'>;
  /** What ends with the service. */
  readonly owned: AsyncDisposable | undefined;
}

const graceMs = 3_000;

/** A service whose code runs in this thread, behind a real server on the loopback interface. */
export class InProcessService implements Running, Owner {
  private exit: string | undefined;
  private refusal: string | undefined;
  private served: Served | undefined;
  private stopped: Promise<void> | undefined;
  private isStarting = true;
  private tellExit: (exit: string) => void = () => {};
  readonly exited = new Promise<string>((resolve) => {
    this.tellExit = resolve;
  });
  private readonly intake: LogIntake;

  constructor(
    private readonly plan: InProcessPlan,
    readonly log: ServiceLog,
  ) {
    this.intake = log.intake();
    runOwned(this, () => void this.start().catch((error: unknown) => this.dies(error, '')));
  }

  get origin(): string {
    return `its module is: ${this.plan.module}`;
  }

  get ended(): string | undefined {
    return this.exit;
  }

  get refusedToEnd(): string | undefined {
    return this.refusal;
  }

  /** What it has not done yet, for when it takes too long. */
  get unready(): string | undefined {
    const { module, export: name } = this.plan;
    return this.isStarting ? `${name}() of ${module} has given nothing back yet` : undefined;
  }

  wrote(text: string | Uint8Array): void {
    this.intake.write(Buffer.from(text as string));
  }

  threw(error: unknown): void {
    this.dies(error, ', which nothing caught,');
  }

  private async start(): Promise<void> {
    const { start, context } = this.plan;
    const log = (...values: unknown[]) => this.wrote(`${formatWithOptions({ colors: false }, ...values)}\n`);
    const served = servedBy(await start({ ...context, log }), (listener) => this.guarded(listener));
    if (this.stopped !== undefined) return endServed(served); // it came too late
    this.served = served;
    await this.listens(served);
    this.isStarting = false;
  }

  /** A server that listens already must do so where others look for it. */
  private async listens({ server }: Served): Promise<void> {
    const { port, name, url } = this.plan.context;
    if (url.startsWith('https:') && !('setSecureContext' in server))
      throw new Error(
        `it is spoken with over TLS (${this.plan.key}.tls), so it must give back an https.Server with a certificate of its own`,
      );
    if (!server.listening) {
      await listenOnLoopback(server, port).catch((error: unknown) => {
        throw portInUse(port, `service "${name}"`, `${this.plan.key}.port`, error);
      });
    }
    const address = server.address();
    const own = typeof address === 'object' && address !== null ? address.port : undefined;
    if (own === port) return;
    throw new Error(
      `its server listens at ${own ?? JSON.stringify(address)}, and not on the port ${port} that it was given: let it listen there, or leave that to Brine`,
    );
  }

  /** An error that a listener lets out ends a service, as it would end a process. */
  private guarded(listener: RequestListener): RequestListener {
    return (request, response) =>
      runOwned(this, async () => {
        try {
          await (listener as (...call: Parameters<RequestListener>) => unknown)(request, response);
        } catch (error) {
          this.threw(error);
        }
      });
  }

  private dies(error: unknown, remark: string): void {
    if (this.exit !== undefined) return;
    this.wrote(`${error instanceof Error ? error.stack : messageOf(error)}\n`);
    this.ends(`threw "${messageOf(error).split('\n', 1)[0]}"${remark}`);
    void this.stop();
  }

  private ends(how: string): void {
    if (this.exit !== undefined) return;
    this.exit = how;
    this.tellExit(how);
  }

  async stop(): Promise<void> {
    this.stopped ??= this.stopOnce();
    await this.stopped;
  }

  private async stopOnce(): Promise<void> {
    const { served } = this;
    try {
      await bounded(
        runOwned(this, () => endServed(served)),
        graceMs,
        late,
      );
    } catch (error) {
      this.refusal = error instanceof Late ? error.message : `threw "${messageOf(error)}" in its close()`;
      if (served !== undefined) await endHttpServer(served.server);
    }
    try {
      await this.plan.owned?.[Symbol.asyncDispose]();
    } catch (error) {
      this.wrote(`${messageOf(error)}\n`);
    }
    this.ends('was closed');
    this.intake.end();
    this.log.close();
  }
}

class Late extends Error {}

function late(): Late {
  return new Late(`did not end within ${formatDuration(graceMs)} of its close(), and was left alone`);
}

async function endServed(served: Served | undefined): Promise<void> {
  await served?.close?.();
  if (served?.server.listening) await endHttpServer(served.server);
}
