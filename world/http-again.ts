import { BrineError } from '../support/errors';
import type { AcceptanceWorld } from './acceptance-world';

/** Sending them twice is the same as sending them once (RFC 9110, 9.2.1): they only read. */
const reading: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A guard demands that the response can change: that its request may be sent again.
 * @throws BrineError BRINE_STEP_002 when that might do the request's work twice
 */
export function assertMayAskAgain(this: AcceptanceWorld): void {
  const { method, path } = this.lastExchange.request;
  if (!reading.has(method)) throw notAgain(`the last request, ${method} ${path},`);
}

/** The same, of a request that the step itself sends. With an idempotency key, the service sees to it. */
export function assertMayRepeat(this: AcceptanceWorld, method: string, path: string): void {
  const settings = this.requests.takeNext();
  this.requests.putNext(settings);
  const keyed = Object.keys(settings.headers).some((name) => name.toLowerCase() === 'idempotency-key');
  if ((method === 'POST' || method === 'PATCH') && !keyed) throw notAgain(`${method} ${path}`);
}

/** Asks the same once more, so that `within` and `for` look at a response of now. */
export async function askAgain(this: AcceptanceWorld): Promise<void> {
  const { request, service } = this.lastExchange;
  this.remembered.exchanges.push(await this.exchange(request, service));
}

function notAgain(what: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: 'a step with a guard',
    reason: `${what} would be sent again and again, and may do its work each time`,
    advice: 'leave `within` or `for` out here, or ask with GET: within 5 seconds GET "/..." answers with:',
  });
}
