import { existsSync, readFileSync } from 'node:fs';
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { messageOf } from '../errors';
import { formatDuration } from '../time';

const answerLimitMs = 2_000;

/** Where a Docker engine may listen; `name` as users write it. */
export interface Endpoint {
  readonly name: string;
  /** Who named it; absent for the usual sockets. */
  readonly source?: string;
  readonly options: RequestOptions;
  readonly secure: boolean;
}

/** What the engine's interface said to a request. */
export interface EngineResponse {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * The places where testcontainers looks, in its order: its properties file, DOCKER_HOST, the usual sockets. Unlike it, none
 * but the one that DOCKER_HOST names, where it is set: another engine is not what the user means.
 */
export function endpoints(env: NodeJS.ProcessEnv): Endpoint[] {
  const properties = testcontainersProperties();
  const ownHost = properties.get('tc.host');
  const desktop = ownHost === undefined ? [] : [endpointAt(ownHost, propertiesFile, undefined)];
  const named = env.DOCKER_HOST;
  if (named !== undefined && named !== '') {
    return [...desktop, endpointAt(named, 'DOCKER_HOST', certificates(env, properties))];
  }
  const host = properties.get('docker.host');
  const written = host === undefined ? [] : [endpointAt(host, propertiesFile, certificates(env, properties))];
  return [...desktop, ...written, ...usualSockets(env).map(socketAt)];
}

/** Where the certificates are for TLS; undefined without. */
function certificates(env: NodeJS.ProcessEnv, properties: ReadonlyMap<string, string>): string | undefined {
  const tls = env.DOCKER_TLS_VERIFY ?? properties.get('docker.tls.verify');
  const folder = env.DOCKER_CERT_PATH ?? properties.get('docker.cert.path');
  return tls === '1' ? folder : undefined;
}

/**
 * Whatever DOCKER_TLS_VERIFY says means yes to the docker command, whose certificates are in ~/.docker unless DOCKER_CERT_PATH names
 * another folder. Testcontainers and Brine's reaper, which read these variables too, want them in full.
 */
export function completeTls(env: NodeJS.ProcessEnv): void {
  if (!env.DOCKER_TLS_VERIFY || !/^(tcp|https?):/.test(env.DOCKER_HOST ?? '')) return;
  env.DOCKER_TLS_VERIFY = '1';
  env.DOCKER_CERT_PATH ||= join(homedir(), '.docker');
}

function socketAt(path: string): Endpoint {
  return { name: path, options: { socketPath: path }, secure: false };
}

function endpointAt(address: string, source: string, folder: string | undefined): Endpoint {
  if (!URL.canParse(address)) throw new Error(`${source} has the value "${address}", which is not a URL`);
  const { protocol, hostname, port, pathname } = new URL(address);
  if (protocol === 'ssh:') {
    const remedy = `forward its socket (ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock ${address}) and set DOCKER_HOST=unix:///tmp/docker.sock and TESTCONTAINERS_HOST_OVERRIDE=${hostname}`;
    throw new Error(`${source} has the value "${address}": testcontainers does not speak ssh://; ${remedy}`);
  }
  if (!['unix:', 'npipe:', 'tcp:', 'http:', 'https:'].includes(protocol)) {
    throw new Error(`${source} has the value "${address}": testcontainers does not speak ${protocol}//`);
  }
  if (hostname === '') return { ...socketAt(pathname), source };
  const options = { host: hostname, port };
  if (folder === undefined) return { name: address, source, options, secure: false };
  return { name: address, source, options: { ...options, ...identityIn(folder, hostname) }, secure: true };
}

/** The certificate is that of the host, whatever the Host header says. */
function identityIn(folder: string, hostname: string): RequestOptions & { readonly servername: string } {
  const file = (name: string) => {
    try {
      return readFileSync(join(folder, name));
    } catch (error) {
      const reason = `there must be ca.pem, cert.pem and key.pem in ${folder} (DOCKER_CERT_PATH)`;
      throw new Error(`DOCKER_TLS_VERIFY is set, so ${reason}: ${messageOf(error)}`, { cause: error });
    }
  };
  const identity = { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
  return { ...identity, servername: isIP(hostname) === 0 ? hostname : '' } as RequestOptions & {
    readonly servername: string;
  };
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

const propertiesFile = '~/.testcontainers.properties';

/** As users read it: `tcp://10.0.0.1:2376 (DOCKER_HOST, over TLS)`. */
export function placeOf({ name, source, secure }: Endpoint): string {
  const how = [...(source === undefined ? [] : [source]), ...(secure ? ['over TLS'] : [])];
  return how.length === 0 ? name : `${name} (${how.join(', ')})`;
}

function testcontainersProperties(): Map<string, string> {
  const file = join(homedir(), '.testcontainers.properties');
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').matchAll(/^\s*([\w.]+)\s*[=:]\s*(.*?)\s*$/gm);
  return new Map(Array.from(lines, ([, key = '', value = '']) => [key, value]));
}

/** People with Colima or a remote context have an engine that testcontainers does not see: say so. */
export function contextHint(): string {
  try {
    const text = readFileSync(join(homedir(), '.docker', 'config.json'), 'utf8');
    const { currentContext } = JSON.parse(text) as { currentContext?: string };
    if (currentContext === undefined || currentContext === 'default') return '';
    return `; the docker context "${currentContext}" is not looked at: set DOCKER_HOST to its address`;
  } catch {
    return '';
  }
}

export async function versionAt(endpoint: Endpoint): Promise<string> {
  const { status, body } = await send(endpoint, { method: 'GET', path: '/version', limitMs: answerLimitMs });
  if (status !== 200) throw new Error(engineMessage(body));
  const { Version } = JSON.parse(body.toString()) as { Version?: string };
  return (Version ?? '').replace(/\+.*$/, '');
}

/** A request, and what its answer may take. */
export interface EngineRequest {
  readonly method: string;
  readonly path: string;
  readonly limitMs: number;
  /** Sent as JSON. */
  readonly body?: object;
}

/** @throws Error when nobody answers, or not within the limit */
export function send(endpoint: Endpoint, { limitMs, ...request }: EngineRequest): Promise<EngineResponse> {
  return new Promise((resolve, reject) => {
    const sent = open(endpoint, request, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    const late = new Error(`no answer within ${formatDuration(limitMs)}`);
    const timer = setTimeout(() => sent.destroy(late), limitMs);
    sent.on('error', reject);
    sent.on('close', () => clearTimeout(timer));
  });
}

/** An answer that comes bit by bit, for as long as it comes. @throws Error when nobody answers, or with a refusal */
export function stream(
  endpoint: Endpoint,
  request: Omit<EngineRequest, 'limitMs'>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = open(endpoint, request, (response) => {
      if (response.statusCode === 200) return resolve(response);
      response.resume();
      reject(new Error(`it answered ${response.statusCode} to ${request.path}`));
    });
    sent.on('error', reject);
  });
}

function open(
  { options, secure }: Endpoint,
  { method, path, body }: Omit<EngineRequest, 'limitMs'>,
  answered: (response: IncomingMessage) => void,
): ClientRequest {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const kind = content === undefined ? {} : { 'content-type': 'application/json' };
  const all = { ...options, method, path, headers: { host: 'docker', ...kind } };
  const request = (secure ? httpsRequest : httpRequest)(all, answered);
  request.end(content);
  return request;
}

export function refusal(endpoint: Endpoint, error: unknown): string {
  const name = placeOf(endpoint);
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return `there is no ${name}`;
  if (code === 'EACCES') return `no permission to use ${name}: is the user in the group "docker"?`;
  if (code === 'ECONNREFUSED') return `nobody listens at ${name}`;
  const reason = messageOf(error);
  const hint = /HTTP request to an HTTPS server/.test(reason)
    ? '; set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH'
    : '';
  return `${name}: ${reason}${hint}`;
}

/** The engine's own words: its errors are `{"message": "..."}`. */
export function engineMessage(body: Buffer): string {
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
export function withoutFrames(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= body.length; ) {
    const end = at + 8 + body.readUInt32BE(at + 4);
    parts.push(body.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts);
}

/** As {@link withoutFrames}, for a stream. */
export function withoutFramesAsTheyCome(source: Readable): Readable {
  let rest = Buffer.alloc(0);
  const content = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest = Buffer.concat([rest, chunk]);
      const complete = lengthOfFrames(rest);
      this.push(withoutFrames(rest.subarray(0, complete)));
      rest = rest.subarray(complete);
      done();
    },
  });
  source.on('error', () => content.end()); // the engine is gone: what came is what there is
  return source.pipe(content);
}

/** How many bytes the complete frames have together. */
function lengthOfFrames(body: Buffer): number {
  let length = 0;
  for (;;) {
    const next =
      length + 8 <= body.length ? length + 8 + body.readUInt32BE(length + 4) : Number.POSITIVE_INFINITY;
    if (next > body.length) return length;
    length = next;
  }
}
