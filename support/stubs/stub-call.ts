import type { IncomingMessage } from 'node:http';

/** A request that an outside service received. */
export interface StubRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request with the answer that it was given. */
export interface StubCall extends StubRequest {
  /** Undefined where the connection was dropped. */
  readonly status: number | undefined;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  /** Why no step has an answer for it; undefined when one has. */
  readonly unexpected: string | undefined;
}

/** Reads a request to its end; of a caller that hangs up, what came. */
export async function readRequest(request: IncomingMessage): Promise<StubRequest> {
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: headersOf(request),
    body: await textOf(request),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
  } catch {
    // the caller hung up; what came is what there is
  }
  return Buffer.concat(chunks).toString('utf8');
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
