import { type Credentials, type Mechanism, scramKinds } from '../state/credentials';
import { SaslError, type SaslExchange } from './exchange';
import { plainExchange } from './plain';
import { scramExchange } from './scram';

export const mechanisms: readonly Mechanism[] = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];
const anonymous = 'User:ANONYMOUS';

/** How clients authenticate, for all connections. */
export interface SaslSettings {
  readonly credentials: Credentials;
  readonly mechanisms: readonly Mechanism[];
  /** How long an authentication is good for (connections.max.reauth.ms of Kafka); 0: as long as the connection. */
  readonly sessionLifetimeMs: number;
  readonly now: () => number;
  /** From 0 (included) to 1 (not included). */
  readonly random: () => number;
}

type Phase =
  /** The client has chosen a mechanism. `isRaw`: its tokens come as bare frames (handshake of version 0). */
  | { readonly kind: 'exchanging'; readonly exchange: SaslExchange; readonly isRaw: boolean }
  | { readonly kind: 'unproved' | 'proved' | 'failed' };

/** Who is at the other end of a connection, and how far that is proved. */
export class Session {
  readonly #sasl: SaslSettings | undefined;
  #principal: string;
  #phase: Phase;
  #expiresAt = Number.POSITIVE_INFINITY;

  /** @param principal by other means than SASL, such as a certificate */
  constructor(sasl: SaslSettings | undefined, principal = anonymous) {
    this.#sasl = sasl;
    this.#principal = principal;
    this.#phase = { kind: sasl ? 'unproved' : 'proved' };
  }

  get principal(): string {
    return this.#principal;
  }

  /** Requests other than those of the authentication are served. */
  get isOpen(): boolean {
    return this.#phase.kind === 'proved' && (this.#sasl?.now() ?? 0) < this.#expiresAt;
  }

  get hasFailed(): boolean {
    return this.#phase.kind === 'failed';
  }

  /** The next frame is a token without any header. */
  get expectsRawToken(): boolean {
    return this.#phase.kind === 'exchanging' && this.#phase.isRaw;
  }

  get mechanisms(): readonly Mechanism[] {
    return this.#sasl?.mechanisms ?? [];
  }

  /** How long the authentication is good for, in ms; 0: as long as the connection. */
  get lifetimeMs(): number {
    return this.#sasl?.sessionLifetimeMs ?? 0;
  }

  /** Whether an authentication may begin: there is none yet, or it must be renewed (KIP-368). */
  get mayBegin(): boolean {
    if (this.#sasl === undefined) return false;
    return this.#phase.kind === 'unproved' || (this.#phase.kind === 'proved' && this.lifetimeMs > 0);
  }

  get isExchanging(): boolean {
    return this.#phase.kind === 'exchanging';
  }

  /** @returns whether the mechanism is one of those offered; if not, the authentication has failed */
  begin(mechanism: string, isRaw: boolean): boolean {
    const exchange = this.#exchangeFor(mechanism);
    this.#phase = exchange ? { kind: 'exchanging', exchange, isRaw } : { kind: 'failed' };
    return exchange !== undefined;
  }

  /** @throws SaslError when the authentication has failed */
  next(token: Buffer): Buffer {
    if (this.#phase.kind !== 'exchanging') throw new SaslError('no authentication is under way');
    try {
      const { answer, user } = this.#phase.exchange.next(token);
      if (user !== undefined) this.#prove(`User:${user}`);
      return answer;
    } catch (error) {
      this.#phase = { kind: 'failed' };
      throw error;
    }
  }

  #prove(principal: string): void {
    if (this.#principal !== anonymous && this.#principal !== principal) {
      throw new SaslError(
        `Cannot change principals during re-authentication from ${this.#principal}: ${principal}`,
      );
    }
    this.#principal = principal;
    this.#phase = { kind: 'proved' };
    if (this.#sasl && this.lifetimeMs > 0) this.#expiresAt = this.#sasl.now() + this.lifetimeMs;
  }

  #exchangeFor(mechanism: string): SaslExchange | undefined {
    const sasl = this.#sasl;
    if (!sasl?.mechanisms.some((offered) => offered === mechanism)) return undefined;
    if (mechanism === 'PLAIN') return plainExchange(sasl.credentials);
    const kind = [...scramKinds].find(([, { name }]) => name === mechanism);
    return kind && scramExchange({ code: kind[0], credentials: sasl.credentials, nonce: nonce(sasl.random) });
  }
}

function nonce(random: () => number): string {
  return Array.from({ length: 24 }, () => Math.floor(random() * 36).toString(36)).join('');
}
