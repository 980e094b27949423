import CircuitBreaker from 'opossum';
import type { PaymentConfig } from '../config';
import type { Logger } from '../logger';
import { type Charge, type Decision, PaymentProvider } from './payment-provider';

export type CircuitState = 'closed' | 'open' | 'halfOpen';

/** A decision, or none: then nothing is known and the charge is to be tried again later. */
export type ChargeResult = Decision | { outcome: 'unavailable'; cause: string };

/**
 * The payment provider behind a circuit breaker. It opens after a number of failures in a row (opossum's own rule
 * is a percentage of the last ten seconds, where earlier successes would hide an outage) and lets one attempt through
 * after each reset time.
 */
export class PaymentCircuit {
  readonly #breaker: CircuitBreaker<[Charge], ChargeResult>;

  constructor(config: PaymentConfig, logger: Logger) {
    const provider = new PaymentProvider(config.url, config.timeoutMs);
    this.#breaker = new CircuitBreaker((charge: Charge): Promise<ChargeResult> => provider.charge(charge), {
      name: 'payment provider',
      timeout: config.timeoutMs,
      resetTimeout: config.circuitResetMs,
      errorThresholdPercentage: 100,
      enableSnapshots: false,
    });
    this.#breaker.fallback((_charge: Charge, error: Error) => ({
      outcome: 'unavailable',
      cause: error.message,
    }));
    openAfter(this.#breaker, config.circuitFailures);
    logTransitions(this.#breaker, logger);
  }

  state(): CircuitState {
    if (this.#breaker.halfOpen) return 'halfOpen';
    return this.#breaker.opened ? 'open' : 'closed';
  }

  /** Never rejects, and answers within the time-out. */
  charge(charge: Charge): Promise<ChargeResult> {
    return this.#breaker.fire(charge);
  }

  stop(): void {
    this.#breaker.shutdown();
  }
}

function openAfter(breaker: CircuitBreaker<[Charge], ChargeResult>, failures: number): void {
  let inARow = 0;
  breaker.on('success', () => {
    inARow = 0;
  });
  breaker.on('failure', () => {
    inARow += 1;
    if (inARow >= failures) breaker.open();
  });
}

function logTransitions(breaker: CircuitBreaker<[Charge], ChargeResult>, logger: Logger): void {
  breaker.on('open', () => logger.warn('payment circuit open'));
  breaker.on('halfOpen', () => logger.info('payment circuit half open'));
  breaker.on('close', () => logger.info('payment circuit closed'));
}
