import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../../errors';
import { endHttpServer, listenOnLoopback, loopback } from '../../loopback/server';
import type { SubjectVersion } from '../registry-client';
import { Registry } from './registry';
import { RegistryError } from './registry-error';
import { handlerOf, RawJson } from './routes';

const mediaType = 'application/vnd.schemaregistry.v1+json';
/** What Confluent's registry takes. */
const mostBytes = 10_000_000;

/** A schema registry in the process, with the REST API of Confluent's: one for each lane. Its content is in memory. */
export class EmbeddedRegistry implements AsyncDisposable {
  private constructor(
    readonly url: string,
    private readonly server: Server,
    private readonly registry: Registry,
  ) {}

  /**
   * @param port 0 takes a free one
   * @throws the listener's error when the port is in use
   */
  static async start(port = 0): Promise<EmbeddedRegistry> {
    const registry = new Registry();
    const server = createServer((request, response) => void serve(registry, request, response));
    const bound = await listenOnLoopback(server, port);
    return new EmbeddedRegistry(`http://${loopback}:${bound}`, server, registry);
  }

  /**
   * Takes back what steps registered, unless a service has registered the same since: its producers remember that. The
   * identifiers stay known, for events that bear them.
   */
  takeBack(registered: readonly SubjectVersion[]): void {
    for (const { subject, version } of registered) {
      const kept = this.registry.subjects.kept(subject, true).find((one) => one.version === version);
      if (kept?.registrations === 1) this.registry.subjects.forget(subject, [version]);
    }
  }

  /** Takes back the levels of compatibility that steps have set. */
  takeBackLevels(subjects: Iterable<string>): void {
    for (const subject of subjects) this.registry.levels.forget(subject);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endHttpServer(this.server);
  }
}

async function serve(registry: Registry, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    answer(response, 200, await resultOf(registry, request));
  } catch (error) {
    const { status, errorCode, message } =
      error instanceof RegistryError ? error : { status: 500, errorCode: 50001, message: messageOf(error) };
    answer(response, status, { error_code: errorCode, message });
  }
}

async function resultOf(registry: Registry, request: IncomingMessage): Promise<unknown> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://registry');
  const { handler, names } = handlerOf(request.method ?? 'GET', pathname);
  return handler({ registry, names, query: searchParams, body: await bodyOf(request) });
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > mostBytes)
      throw new RegistryError('invalidBody', `The body is larger than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new RegistryError('invalidBody', 'The body of the request is no JSON');
  }
}

function answer(response: ServerResponse, status: number, result: unknown): void {
  const text = result instanceof RawJson ? result.text : JSON.stringify(result);
  response.writeHead(status, { 'content-type': mediaType }).end(text);
}
