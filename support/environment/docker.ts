import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../errors';
import { bounded, formatDuration } from '../time';

const answerLimitMs = 2_000;
const callLimitMs = 10_000;
/** What an image may take to be pulled while a provider is being chosen. */
const pullLimitMs = 60_000;
/** The reaper's image has a few megabytes, and Brine can do without it. */
const reaperPullLimitMs = 20_000;
const reaperLimitMs = 30_000;
const reaperImage = 'testcontainers/ryuk:0.14.0';

/** Where a Docker engine may listen; `name` as users write it. */
interface Endpoint {
  readonly name: string;
  readonly options: RequestOptions;
  readonly secure: boolean;
}

/** Whether a Docker engine answers; asked once, for all who want to know. */
export type EngineAnswer =
  | { readonly answers: true; readonly version: string; readonly endpoint: Endpoint }
  | { readonly answers: false; readonly reason: string };

/** Whether a container can be started from an image. */
export interface ImageAnswer {
  readonly available: boolean;
  /** `Docker 28.2 answers and has postgres:17-alpine`, or why not. */
  readonly reason: string;
}

/** What the engine's interface said to a request. */
export interface EngineResponse {
  readonly status: number;
  readonly body: Buffer;
}

/** A container's state, as far as Brine asks for it. */
export interface ContainerState {
  readonly running: boolean;
  readonly exitCode: number;
}

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

  /** The state of a container; undefined when there is none of that identifier. */
  async state(id: string): Promise<ContainerState | undefined> {
    const { status, body } = await this.call('GET', `/containers/${id}/json`);
    if (status !== 200) return undefined;
    const { State } = JSON.parse(body.toString()) as { State: { Status: string; ExitCode: number } };
    return { running: State.Status !== 'exited' && State.Status !== 'dead', exitCode: State.ExitCode };
  }

  /** The last lines that a container wrote; '' when it cannot be asked. */
  async logTail(id: string, lines: number): Promise<string> {
    try {
      const query = `stdout=true&stderr=true&tail=${lines}`;
      const { status, body } = await this.call('GET', `/containers/${id}/logs?${query}`);
      return status === 200 ? withoutFrames(body).trim() : '';
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
  async call(method: string, path: string, limitMs: number = callLimitMs): Promise<EngineResponse> {
    const engine = await this.ask();
    if (!engine.answers) throw new Error(engine.reason);
    return send(engine.endpoint, method, path, limitMs);
  }

  private async askEndpoints(): Promise<EngineAnswer> {
    const refusals: string[] = [];
    try {
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

  private async findImage(name: string, limitMs: number): Promise<ImageAnswer> {
    const engine = await this.ask();
    if (!engine.answers) return { available: false, reason: engine.reason };
    try {
      if (await this.hasImage(name)) {
        return { available: true, reason: `Docker ${engine.version} answers and has ${name}` };
      }
      await pull(name, limitMs, this.env);
      return { available: true, reason: `Docker ${engine.version} answers and has pulled ${name}` };
    } catch (error) {
      return {
        available: false,
        reason: `Docker ${engine.version} answers, but ${name} is not there and cannot be pulled: ${messageOf(error)}`,
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

/** The places where testcontainers looks, in its order: its properties file, DOCKER_HOST, the usual sockets. */
function endpoints(env: NodeJS.ProcessEnv): Endpoint[] {
  const properties = testcontainersProperties();
  const host = env.DOCKER_HOST ?? properties.get('docker.host');
  const tls = env.DOCKER_TLS_VERIFY ?? properties.get('docker.tls.verify');
  const certificates = env.DOCKER_CERT_PATH ?? properties.get('docker.cert.path');
  const ownHost = properties.get('tc.host');
  return [
    ...(ownHost === undefined ? [] : [endpointAt(ownHost, undefined)]),
    ...(host === undefined ? [] : [endpointAt(host, tls === '1' ? certificates : undefined)]),
    ...usualSockets(env).map((path) => ({ name: path, options: { socketPath: path }, secure: false })),
  ];
}

function endpointAt(address: string, certificates: string | undefined): Endpoint {
  if (!URL.canParse(address)) throw new Error(`DOCKER_HOST has the value "${address}", which is not a URL`);
  const { protocol, hostname, port, pathname } = new URL(address);
  if (!['unix:', 'npipe:', 'tcp:', 'http:', 'https:'].includes(protocol)) {
    throw new Error(`DOCKER_HOST has the value "${address}": testcontainers does not speak ${protocol}//`);
  }
  if (hostname === '') return { name: pathname, options: { socketPath: pathname }, secure: false };
  if (certificates === undefined) return { name: address, options: { host: hostname, port }, secure: false };
  const file = (name: string) => readFileSync(join(certificates, name));
  const identity = { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
  return { name: address, options: { host: hostname, port, ...identity } as RequestOptions, secure: true };
}

/** The default socket even where it is missing, so that there is something to be said about it. */
function usualSockets(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'win32') return ['//./pipe/docker_engine'];
  const rootless = [
    ...(env.XDG_RUNTIME_DIR === undefined ? [] : [join(env.XDG_RUNTIME_DIR, 'docker.sock')]),
    join(homedir(), '.docker', 'run', 'docker.sock'),
    join(homedir(), '.docker', 'desktop', 'docker.sock'),
    join('/run', 'user', String(userInfo().uid), 'docker.sock'),
  ].find((path) => existsSync(path));
  return ['/var/run/docker.sock', ...(rootless === undefined ? [] : [rootless])];
}

function testcontainersProperties(): Map<string, string> {
  const file = join(homedir(), '.testcontainers.properties');
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').matchAll(/^\s*([\w.]+)\s*[=:]\s*(.*?)\s*$/gm);
  return new Map(Array.from(lines, ([, key = '', value = '']) => [key, value]));
}

/** People with Colima or a remote context have an engine that testcontainers does not see: say so. */
function contextHint(): string {
  try {
    const text = readFileSync(join(homedir(), '.docker', 'config.json'), 'utf8');
    const { currentContext } = JSON.parse(text) as { currentContext?: string };
    if (currentContext === undefined || currentContext === 'default') return '';
    return `; the docker context "${currentContext}" is not looked at: set DOCKER_HOST to its address`;
  } catch {
    return '';
  }
}

async function versionAt(endpoint: Endpoint): Promise<string> {
  const { status, body } = await send(endpoint, 'GET', '/version', answerLimitMs);
  if (status !== 200) throw new Error(engineMessage(body));
  const { Version } = JSON.parse(body.toString()) as { Version?: string };
  return (Version ?? '').replace(/\+.*$/, '');
}

function send(endpoint: Endpoint, method: string, path: string, limitMs: number): Promise<EngineResponse> {
  return new Promise((resolve, reject) => {
    const options = { ...endpoint.options, method, path, headers: { host: 'docker' } };
    const request = (endpoint.secure ? httpsRequest : httpRequest)(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    const late = new Error(`no answer within ${formatDuration(limitMs)}`);
    const timer = setTimeout(() => request.destroy(late), limitMs);
    request.on('error', reject);
    request.on('close', () => clearTimeout(timer));
    request.end();
  });
}

function refusal({ name }: Endpoint, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return `there is no ${name}`;
  if (code === 'EACCES') return `no permission to use ${name}: is the user in the group "docker"?`;
  if (code === 'ECONNREFUSED') return `nobody listens at ${name}`;
  return `${name}: ${messageOf(error)}`;
}

/** The engine's own words: its errors are `{"message": "..."}`. */
function engineMessage(body: Buffer): string {
  const text = body.toString().trim();
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}

/**
 * Without a terminal the engine frames a container's output: stream, three zeros, length (four bytes), content.
 * https://docs.docker.com/reference/api/engine/version/v1.44/#tag/Container/operation/ContainerAttach
 */
function withoutFrames(body: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= body.length; ) {
    const end = at + 8 + body.readUInt32BE(at + 4);
    parts.push(body.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts).toString();
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
 * @throws Error with the engine's reason
 */
function pull(image: string, limitMs: number, env: NodeJS.ProcessEnv): Promise<void> {
  const argv = ['-e', pullProgram, require.resolve('testcontainers'), image];
  const options = { timeout: limitMs, killSignal: 'SIGKILL' as const, env: { ...env, NODE_OPTIONS: '' } };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, argv, options, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else if (error.killed)
        reject(new Error(`not pulled within ${formatDuration(limitMs)}; run \`docker pull ${image}\` once`));
      else reject(new Error(stderr.trim() || messageOf(error)));
    });
  });
}
