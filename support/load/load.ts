import type { Client, Options, Result } from 'autocannon';

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
  const tally = new Tally();
  const { atOnce, amount, durationMs = 0 } = plan;
  const { method, headers, body, timeoutMs } = request;
  const options: Options & { sampleInt: number } = {
    url: `${baseUrl}${request.path}`,
    method: method as 'GET',
    headers: { ...headers },
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
    connections: atOnce,
    timeout: Math.max(1, Math.ceil(timeoutMs / 1000)),
    ...(amount === undefined ? { duration: durationMs / 1000 } : { amount }),
    tlsOptions: { ca, cert, key },
    sampleInt: endNoticeMs,
    setupClient: (client) => tally.watch(client),
  };
  await new Promise<Result>((done, failed) => {
    const instance = autocannon(options, (error, result) => (error ? failed(error) : done(result)));
    instance.on('response', (_client, status, _bytes, time) => tally.answer(status, time));
  });
  return tally.result(amount);
}

/** autocannon looks so often whether it has come to its end; every second unless told. */
const endNoticeMs = 10;

/** What comes of the requests: autocannon itself does not count those whose connection ended without an answer. */
class Tally {
  private readonly statuses = new Map<number, number>();
  private readonly times: number[] = [];
  private readonly begin = performance.now();
  private last = this.begin;
  private unanswered = 0;

  /** Each of its connections has one request under way at a time: who sends the next has an answer, or has got none. */
  watch(client: Pick<Client, 'on'>): void {
    let isUnderWay = false;
    client.on('response', () => {
      isUnderWay = false;
    });
    client.on('request' as 'response', () => {
      if (isUnderWay) this.unanswered++;
      isUnderWay = true;
    });
  }

  answer(status: number, time: number): void {
    this.last = performance.now();
    this.times.push(time);
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  /** @param amount of a load that goes on for a time it is not known: what is under way at its end has not failed */
  result(amount: number | undefined): LoadResult {
    const failed = amount === undefined ? this.unanswered : amount - this.times.length;
    const end = this.times.length === 0 ? performance.now() : this.last;
    const times = this.times.sort((a, b) => a - b);
    return { statuses: this.statuses, failed, times, elapsedMs: end - this.begin };
  }
}

/** The time that so many per cent of the answers did not exceed. */
export function percentile({ times }: LoadResult, percent: number): number {
  const at = Math.max(0, Math.ceil((percent / 100) * times.length) - 1);
  return times[at] ?? Number.POSITIVE_INFINITY;
}
