import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { DockerEngine } from '../docker';
import { projectLabel, serviceLabel } from './labels';

/** https://docs.docker.com/reference/cli/docker/system/events/ */
interface ContainerEvent {
  readonly id: string;
  /** `die`, `kill`, `health_status: unhealthy`, ... */
  readonly Action: string;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
}

const lines = 20;

/**
 * What the containers of a project said before they ended by themselves or were found unhealthy. When `docker compose up`
 * fails, they are removed with what they said: so it is asked for at that moment.
 */
export class LastWords implements Disposable {
  private readonly killed = new Set<string>();
  /** By service. */
  private readonly told = new Map<string, Promise<string>>();

  private constructor(
    private readonly engine: DockerEngine,
    private readonly events: Readable | undefined,
  ) {}

  /** Where the engine does not tell what happens, nothing is known later. Never rejects. */
  static async listen(engine: DockerEngine, project: string): Promise<LastWords> {
    const events = await engine
      .events({ type: ['container'], label: [`${projectLabel}=${project}`] })
      .catch(() => undefined);
    const words = new LastWords(engine, events);
    if (events !== undefined) {
      events.on('error', () => {}); // the engine is gone, which compose tells
      createInterface({ input: events }).on('line', (line) => words.hear(JSON.parse(line) as ContainerEvent));
    }
    return words;
  }

  /** A paragraph for each such container; '' when there was none. */
  async tell(): Promise<string> {
    return (await Promise.all(this.told.values())).join('\n');
  }

  [Symbol.dispose](): void {
    this.events?.destroy();
  }

  private hear({ id, Action: action, Actor: { Attributes: attributes } }: ContainerEvent): void {
    const service = attributes[serviceLabel] ?? id;
    if (action === 'kill') this.killed.add(id); // by compose, which ends the others
    if (this.told.has(service) || this.killed.has(id)) return;
    if (action === 'die' && attributes.exitCode !== '0')
      this.told.set(service, this.log(id, `service "${service}" ended with ${attributes.exitCode}`));
    if (action === 'health_status: unhealthy') this.told.set(service, this.unhealthy(id, service));
  }

  private async unhealthy(id: string, service: string): Promise<string> {
    const check = await this.engine.lastHealthCheck(id);
    const says = check === '' ? '' : `; its check says: ${check}`;
    return this.log(id, `service "${service}" is unhealthy${says}`);
  }

  private async log(id: string, what: string): Promise<string> {
    const end = await this.engine.logTail(id, lines);
    const log =
      end === '' ? '; it has logged nothing' : `; the end of its log:\n${end.replace(/^/gm, '    ')}`;
    return `\n  ${what}${log}`;
  }
}
