import { postJson } from './post-json';

export interface Charge {
  orderId: string;
  amountCents: number;
}

/** What the provider decided. */
export type Decision = { outcome: 'paid' } | { outcome: 'declined'; reason: string };

/** How much longer than the circuit's time-out a request may live: it only frees the socket. */
const ABORT_GRACE_MS = 100;

/** The outside service that takes the money. */
export class PaymentProvider {
  readonly #chargesUrl: URL;
  readonly #timeoutMs: number;

  constructor(baseUrl: string, timeoutMs: number) {
    this.#chargesUrl = new URL('charges', baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Charges for an order; the order's id is the idempotency key, so repeating it charges once.
   * @throws when there is no decision: no answer, or a status other than 2xx and 402.
   */
  async charge({ orderId, amountCents }: Charge): Promise<Decision> {
    const { status, text } = await postJson(this.#chargesUrl, {
      headers: { 'idempotency-key': orderId },
      body: { orderId, amountCents },
      signal: AbortSignal.timeout(this.#timeoutMs + ABORT_GRACE_MS),
    });
    if (status >= 200 && status < 300) return { outcome: 'paid' };
    if (status === 402) return { outcome: 'declined', reason: declineReason(text) };
    throw new Error(`the payment provider answered ${status}`);
  }
}

/** The provider's own words from `reason`, `error` or `message` of its JSON, when it has any. */
function declineReason(body: string): string {
  const words = Object.entries(jsonObject(body))
    .filter(([name, value]) => ['reason', 'error', 'message'].includes(name) && typeof value === 'string')
    .map(([, value]) => value);
  return words.length > 0 ? `payment declined: ${words[0]}` : 'payment declined';
}

function jsonObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
