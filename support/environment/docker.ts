import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { messageOf } from '../errors';
import { bounded, formatDuration } from '../time';
import {
  completeTls,
  contextHint,
  type Endpoint,
  type EngineResponse,
  endpoints,
  engineMessage,
  placeOf,
  refusal,
  send,
  stream,
  versionAt,
  withoutFrames,
  withoutFramesAsTheyCome,
} from './docker-connection';

const callLimitMs = 10_000;
/** What an image may take to be pulled while a provider is being chosen. */
const pullLimitMs = 60_000;
/** The reaper's image has a few megabytes, and Brine can do without it. */
const reaperPullLimitMs = 20_000;
const reaperLimitMs = 30_000;
const reaperImage = 'testcontainers/ryuk:0.14.0';
const stopGraceSeconds = 10;
/** The longest that a timer of Node can take: 25 days. */
const longestTimerMs = 2 ** 31 - 1;
const actionLimitMs = 30_000;

/** Whether a Docker engine answers; asked once, for all who want to know. */
export type EngineAnswer =
  | { readonly answers: true; readonly version: string; readonly endpoint: Endpoint }
  | { readonly answers: false; readonly reason: string };

/** Whether a container can be started from an image. */
export interface ImageAnswer {
  readonly available: boolean;
  /** `Docker 28.2 answers at /var/run/docker.sock and has postgres:17-alpine`, or why not. */
  readonly reason: string;
}

/** A container as the engine describes it, as far as Brine asks for it. */
export interface ContainerDescription {
  readonly id: string;
  /** A paused one runs, too. */
  readonly running: boolean;
  readonly paused: boolean;
  /** It ran, and does no more. */
  readonly ended: boolean;
  readonly exitCode: number;
  /** The variables that its processes were given. */
  readonly environment: ReadonlyMap<string, string>;
  readonly labels: Readonly<Record<string, string>>;
  /** The port of this machine for each of its own ports: 5432 is 25432. Empty until it runs. */
  readonly ports: ReadonlyMap<number, number>;
}

/** What can be done to a container that exists. */
export type ContainerAction = 'start' | 'stop' | 'restart' | 'pause' | 'unpause';

/**
 * The Docker engine that testcontainers would use, spoken to directly, which loads no library: so that a machine
 * without an engine knows that within a millisecond, and the reason (which testcontainers does not tell).
 * Give one engine to all container providers: it is asked once, whatever the number of services.
 */
export class DockerEngine {
  private answer: Promise<EngineAnswer> | undefined;
  private readonly images = new Map<string, Promise<ImageAnswer>>();
  private reaper: Promise<void> | undefined;

  constructor(private readonly env: NodeJS.ProcessEnv = process.env) {}

  /** Whether an engine answers, within two seconds for each place where one may listen. Never rejects. */
  ask(): Promise<EngineAnswer> {
    this.answer ??= this.askEndpoints();
    return this.answer;
  }

  /** Whether the image is there or can be pulled (tried once, for at most a minute). Never rejects. */
  image(name: string): Promise<ImageAnswer> {
    return this.imageWithin(name, pullLimitMs);
  }

  /**
   * Before the first container: lets testcontainers use its reaper where that can be had, else turns it off for
   * this process. Then only Brine's own ledger removes what a killed run leaves. Never rejects.
   */
  prepareReaper(report: (line: string) => void): Promise<void> {
    this.reaper ??= this.startReaper(report);
    return this.reaper;
  }

  /** A container by its identifier or name; undefined when there is none such. */
  async inspect(id: string): Promise<ContainerDescription | undefined> {
    const { status, body } = await this.call('GET', `/containers/${id}/json`);
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(engineMessage(body));
    return described(JSON.parse(body.toString()) as InspectedContainer);
  }

  /** The containers with a label of that value, running or not. */
  async labelled(label: string, value: string): Promise<{ id: string; labels: Record<string, string> }[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`${label}=${value}`] }));
    const body = await this.demand('GET', `/containers/json?all=true&filters=${filters}`);
    const found = JSON.parse(body.toString()) as { Id: string; Labels: Record<string, string> }[];
    return found.map(({ Id, Labels }) => ({ id: Id, labels: Labels }));
  }

  /**
   * Does it and waits until the engine has done it; not until its service answers. Stopping asks the process to end,
   * and ends it when it does not within ten seconds. What is the case already is fine.
   * @throws Error with the engine's words, or when it takes longer than 30 seconds
   */
  async act(id: string, action: ContainerAction): Promise<void> {
    if (await this.isSo(id, action)) return;
    const patience = action === 'stop' || action === 'restart' ? `?t=${stopGraceSeconds}` : '';
    await this.demand('POST', `/containers/${id}/${action}${patience}`, actionLimitMs);
  }

  /** For starting and stopping the engine itself says so. */
  private async isSo(id: string, action: ContainerAction): Promise<boolean> {
    if (action !== 'pause' && action !== 'unpause') return false;
    return (await this.inspect(id))?.paused === (action === 'pause');
  }

  /** Where it listens, as {@link Ledger} takes it. @throws Error when none answers */
  async address(): Promise<string> {
    const engine = await this.ask();
    if (!engine.answers) throw new Error(engine.reason);
    return engine.endpoint.name;
  }

  /**
   * Where the ports of its containers are reached from here: `localhost` when it runs on this machine.
   * A process that is in a container itself asks testcontainers, which looks for the way out.
   */
  async host(): Promise<string> {
    const engine = await this.ask();
    if (this.env.TESTCONTAINERS_HOST_OVERRIDE) return this.env.TESTCONTAINERS_HOST_OVERRIDE;
    const remote = engine.answers ? engine.endpoint.options.host : undefined;
    if (typeof remote === 'string') return remote;
    return existsSync('/.dockerenv') ? hostSeenByTestcontainers() : 'localhost';
  }

  /** What a container writes, from its beginning until it ends. */
  async follow(id: string): Promise<Readable> {
    const engine = await this.ask();
    if (!engine.answers) throw new Error(engine.reason);
    const request = { method: 'GET', path: `/containers/${id}/logs?stdout=true&stderr=true&follow=true` };
    return withoutFramesAsTheyCome(await stream(engine.endpoint, request));
  }

  /**
   * What happens from now on, a line of JSON for each event.
   * @param filters https://docs.docker.com/reference/api/engine/version/v1.44/#tag/System/operation/SystemEvents
   */
  async events(filters: Readonly<Record<string, readonly string[]>>): Promise<Readable> {
    const engine = await this.ask();
    if (!engine.answers) throw new Error(engine.reason);
    const path = `/events?filters=${encodeURIComponent(JSON.stringify(filters))}`;
    return stream(engine.endpoint, { method: 'GET', path });
  }

  /** What the last health check of a container printed; '' when it cannot be asked. */
  async lastHealthCheck(id: string): Promise<string> {
    try {
      const { State } = JSON.parse((await this.demand('GET', `/containers/${id}/json`)).toString());
      return String(State?.Health?.Log?.at(-1)?.Output ?? '').trim();
    } catch {
      return '';
    }
  }

  /** Waits until a container has ended. @returns its exit code; undefined when it was removed before */
  async end(id: string): Promise<number | undefined> {
    const { status, body } = await this.call('POST', `/containers/${id}/wait`, longestTimerMs);
    return status === 200 ? (JSON.parse(body.toString()) as { StatusCode: number }).StatusCode : undefined;
  }

  /** The last lines that a container wrote, or all of them; '' when it cannot be asked. */
  async logTail(id: string, lines: number | 'all'): Promise<string> {
    try {
      const query = `stdout=true&stderr=true&tail=${lines}`;
      const { status, body } = await this.call('GET', `/containers/${id}/logs?${query}`);
      return status === 200 ? withoutFrames(body).toString().trim() : '';
    } catch {
      return '';
    }
  }

  /**
   * Stops and removes a container with its volumes; one that is gone already is fine.
   * @throws Error with the engine's words when it cannot be removed
   */
  async remove(id: string): Promise<void> {
    const { status, body } = await this.call('DELETE', `/containers/${id}?force=true&v=true`, 20_000);
    // 404: gone already; 409: somebody else is removing it
    if (status >= 300 && status !== 404 && status !== 409) throw new Error(engineMessage(body));
  }

  /**
   * A request to the engine's interface.
   * @throws Error when no engine answers, or not within the limit
   */
  async call(
    method: string,
    path: string,
    limitMs: number = callLimitMs,
    body?: object,
  ): Promise<EngineResponse> {
    const engine = await this.ask();
    if (!engine.answers) throw new Error(engine.reason);
    return send(engine.endpoint, { method, path, limitMs, ...(body === undefined ? {} : { body }) });
  }

  /**
   * As {@link call}, for what must succeed.
   * @throws Error with the engine's words for every answer but a good one and "that is the case already"
   */
  async demand(method: string, path: string, limitMs?: number, content?: object): Promise<Buffer> {
    const { status, body } = await this.call(method, path, limitMs, content);
    if (status >= 400) throw new Error(engineMessage(body));
    return body;
  }

  private async askEndpoints(): Promise<EngineAnswer> {
    const refusals: string[] = [];
    try {
      completeTls(this.env);
      for (const endpoint of endpoints(this.env)) {
        try {
          return { answers: true, version: await versionAt(endpoint), endpoint };
        } catch (error) {
          refusals.push(refusal(endpoint, error));
        }
      }
    } catch (error) {
      refusals.push(messageOf(error));
    }
    return { answers: false, reason: `no Docker engine answers (${refusals.join('; ')}${contextHint()})` };
  }

  private imageWithin(name: string, limitMs: number): Promise<ImageAnswer> {
    const known = this.images.get(name);
    if (known !== undefined) return known;
    const answer = this.findImage(name, limitMs);
    this.images.set(name, answer);
    return answer;
  }

  /** An image as the engine knows it: in the mirror of `TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX`, if it has no registry. */
  nameOf(image: string): string {
    const prefix = this.env.TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX;
    const [first = ''] = image.split('/');
    const hasRegistry = image.includes('/') && /[.:]|^localhost$/.test(first);
    return !prefix || hasRegistry ? image : `${prefix.replace(/\/?$/, '/')}${image}`;
  }

  private async findImage(image: string, limitMs: number): Promise<ImageAnswer> {
    const engine = await this.ask();
    if (!engine.answers) return { available: false, reason: engine.reason };
    const answers = `Docker ${engine.version} answers at ${placeOf(engine.endpoint)}`;
    const name = this.nameOf(image);
    try {
      if (await this.hasImage(name)) {
        return { available: true, reason: `${answers} and has ${name}` };
      }
      await pull(image, name, limitMs, this.env);
      return { available: true, reason: `${answers} and has pulled ${name}` };
    } catch (error) {
      return {
        available: false,
        reason: `${answers}, but ${name} is not there and cannot be pulled: ${messageOf(error)}`,
      };
    }
  }

  private async hasImage(name: string): Promise<boolean> {
    const { status, body } = await this.call('GET', `/images/${name}/json`);
    if (status !== 200 && status !== 404) throw new Error(engineMessage(body));
    return status === 200;
  }

  private async startReaper(report: (line: string) => void): Promise<void> {
    if (this.env.TESTCONTAINERS_RYUK_DISABLED === 'true') return;
    const image = this.env.RYUK_CONTAINER_IMAGE ?? reaperImage;
    try {
      const { available, reason } = await this.imageWithin(image, reaperPullLimitMs);
      if (!available) throw new Error(reason);
      await bounded(connectReaper(), reaperLimitMs, () => new Error(`${image} did not start in time`));
    } catch (error) {
      this.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
      report(`containers: no reaper beside Brine's own (${messageOf(error)})`);
    }
  }
}

async function connectReaper(): Promise<void> {
  const { getContainerRuntimeClient, getReaper } = await import('testcontainers');
  await getReaper(await getContainerRuntimeClient());
}

async function hostSeenByTestcontainers(): Promise<string> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return (await getContainerRuntimeClient()).info.containerRuntime.host;
}

/** The engine's description, as far as it is read here. */
interface InspectedContainer {
  readonly Id: string;
  readonly State: { readonly Status: string; readonly Paused: boolean; readonly ExitCode: number };
  readonly Config: { readonly Env: string[] | null; readonly Labels: Record<string, string> | null };
  readonly NetworkSettings: { readonly Ports: Record<string, { HostPort: string }[] | null> | null };
}

function described({ Id, State, Config, NetworkSettings }: InspectedContainer): ContainerDescription {
  return {
    id: Id,
    running: State.Status === 'running' || State.Status === 'paused' || State.Status === 'restarting',
    paused: State.Paused,
    ended: State.Status === 'exited' || State.Status === 'dead',
    exitCode: State.ExitCode,
    environment: new Map((Config.Env ?? []).map((line) => splitAt(line, line.indexOf('=')))),
    labels: Config.Labels ?? {},
    ports: portsOf(NetworkSettings.Ports ?? {}),
  };
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}

function portsOf(bindings: Record<string, { HostPort: string }[] | null>): Map<number, number> {
  const pairs = Object.entries(bindings).flatMap(([port, bound]): [number, number][] =>
    bound?.[0] === undefined ? [] : [[Number.parseInt(port, 10), Number(bound[0].HostPort)]],
  );
  return new Map(pairs);
}

/** What runs in the process that pulls. It says why it failed on standard error, in one line. */
const pullProgram = `
const { getContainerRuntimeClient, ImageName } = require(process.argv[1]);
(async () => {
  const { image } = await getContainerRuntimeClient();
  const name = ImageName.fromString(process.argv[2]);
  await image.pull(name);
  await image.inspect(name); // a pull that breaks off is no error for testcontainers
})().then(() => process.exit(0), (error) => {
  process.stderr.write(String(error.json?.message ?? error.message));
  process.exit(1);
});`;

/**
 * Pulls an image with testcontainers (which knows the user's registry credentials), in a process of its own:
 * a pull can be ended only by ending who asked for it.
 * @param name what it is called in messages; testcontainers finds the mirror by itself
 * @throws Error with the engine's reason
 */
function pull(image: string, name: string, limitMs: number, env: NodeJS.ProcessEnv): Promise<void> {
  const argv = ['-e', pullProgram, require.resolve('testcontainers'), image];
  const options = { timeout: limitMs, killSignal: 'SIGKILL' as const, env: { ...env, NODE_OPTIONS: '' } };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, argv, options, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else if (error.killed)
        reject(new Error(`not pulled within ${formatDuration(limitMs)}; run \`docker pull ${name}\` once`));
      else reject(new Error(stderr.trim() || messageOf(error)));
    });
  });
}
