/** The shape of `process.env`. */
export type Environment = Record<string, string | undefined>;

interface IntegerRange {
  min: number;
  max?: number;
  /** The value when the variable is not set; without it the variable is required. */
  fallback?: number;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
/** setTimeout's limit, and more than any setting here can want. */
const MAX_INTEGER = 2_147_483_647;

/** One or more environment variables are missing or wrong; the message is one line that names them. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Reads variables and gathers what is wrong with them, so that the operator sees all faults at once.
 * A faulty read returns a placeholder: nothing read counts before `assertValid()` has passed.
 */
export class EnvironmentReader {
  readonly #environment: Environment;
  readonly #faults: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  text(name: string, fallback?: string): string {
    const value = this.#environment[name]?.trim();
    if (value) return value;
    if (fallback !== undefined) return fallback;
    return this.#fault(`${name} is missing`, '');
  }

  integer(name: string, { min, max = MAX_INTEGER, fallback }: IntegerRange): number {
    const text = this.text(name, fallback?.toString());
    if (text === '') return min;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    return this.#fault(`${name} must be an integer from ${min} to ${max}, not "${text}"`, min);
  }

  url(name: string, protocols: string[]): string {
    const text = this.text(name);
    if (text === '' || protocols.includes(protocolOf(text))) return text;
    // The value is not repeated: it may hold a password.
    return this.#fault(`${name} must be a URL that starts with ${protocols.join('// or ')}//`, '');
  }

  hostPorts(name: string): string[] {
    const text = this.text(name);
    const brokers = text.split(',').map((broker) => broker.trim());
    if (text === '' || brokers.every((broker) => /^[^\s:/]+:\d{1,5}$/.test(broker))) return brokers;
    return this.#fault(`${name} must be a comma list of host:port, not "${text}"`, []);
  }

  logLevel(name: string, fallback: string): string {
    const level = this.text(name, fallback);
    if (LOG_LEVELS.includes(level)) return level;
    return this.#fault(`${name} must be one of ${LOG_LEVELS.join(', ')}, not "${level}"`, fallback);
  }

  assertValid(): void {
    if (this.#faults.length > 0) throw new ConfigurationError(this.#faults.join('; '));
  }

  #fault<T>(text: string, placeholder: T): T {
    this.#faults.push(text);
    return placeholder;
  }
}

function protocolOf(text: string): string {
  return URL.canParse(text) ? new URL(text).protocol : '';
}
