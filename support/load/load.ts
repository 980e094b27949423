import type { Options, Result } from 'autocannon';

/** What is sent, as the HTTP client has it. */
export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly timeoutMs: number;
}

/** PEM texts for a service over TLS. */
export interface LoadTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** How much is sent: so many requests, or for so long; and how many are under way at once. */
export interface LoadPlan {
  readonly amount?: number;
  readonly durationMs?: number;
  readonly atOnce: number;
}

/** What came of it. */
export interface LoadResult {
  /** How often each status came. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Requests without an answer: refused, reset, or too late. */
  readonly failed: number;
  /** Milliseconds until each answer, shortest first. */
  readonly times: readonly number[];
  readonly elapsedMs: number;
}

/**
 * Sends the same request again and again with autocannon.
 * @param baseUrl address of the service
 */
export async function runLoad(
  baseUrl: string,
  request: LoadRequest,
  plan: LoadPlan,
  { ca, cert, key }: LoadTls = {},
): Promise<LoadResult> {
  const { default: autocannon } = await import('autocannon');
  const times: number[] = [];
  const statuses = new Map<number, number>();
  const begin = performance.now();
  const { atOnce, amount, durationMs = 0 } = plan;
  const { method, headers, body, timeoutMs } = request;
  const options: Options = {
    url: `${baseUrl}${request.path}`,
    method: method as 'GET',
    headers: { ...headers },
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
    connections: atOnce,
    timeout: Math.max(1, Math.ceil(timeoutMs / 1000)),
    ...(amount === undefined ? { duration: durationMs / 1000 } : { amount }),
    tlsOptions: { ca, cert, key },
  };
  const { errors } = await new Promise<Result>((done, failed) => {
    const instance = autocannon(options, (error, result) => (error ? failed(error) : done(result)));
    instance.on('response', (_client, status, _bytes, time) => {
      times.push(time);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
  });
  const elapsedMs = performance.now() - begin;
  return { statuses, failed: errors, times: times.sort((a, b) => a - b), elapsedMs };
}

/** The time that so many per cent of the answers did not exceed. */
export function percentile({ times }: LoadResult, percent: number): number {
  const at = Math.max(0, Math.ceil((percent / 100) * times.length) - 1);
  return times[at] ?? Number.POSITIVE_INFINITY;
}
