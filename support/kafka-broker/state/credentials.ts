import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

export type ScramMechanism = 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
export type Mechanism = 'PLAIN' | ScramMechanism;

interface ScramKind {
  readonly name: ScramMechanism;
  readonly hash: 'sha256' | 'sha512';
  readonly keyLength: number;
}

/** By the code that the protocol has for them (ScramMechanism of Kafka). */
export const scramKinds: ReadonlyMap<number, ScramKind> = new Map([
  [1, { name: 'SCRAM-SHA-256', hash: 'sha256', keyLength: 32 }],
  [2, { name: 'SCRAM-SHA-512', hash: 'sha512', keyLength: 64 }],
]);

/** How often Kafka hashes a password at least and at most. */
export const iterationRange = { least: 4096, most: 16384 } as const;

/** What a server keeps of a password (RFC 5802): enough to check who knows it, not enough to be the client. */
export interface ScramCredential {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/** The users: passwords for PLAIN, and SCRAM credentials. Names are those without "User:". */
export class Credentials {
  readonly #passwords = new Map<string, string>();
  readonly #scram = new Map<string, Map<number, ScramCredential>>();

  /** A user who may authenticate by every mechanism. @param salt of the SCRAM credentials */
  add(user: string, password: string, salt: Buffer): void {
    this.#passwords.set(user, password);
    for (const [code, { hash, keyLength }] of scramKinds) {
      const iterations = iterationRange.least;
      const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, keyLength, hash);
      this.setScram(user, code, scramCredential(code, salted, salt, iterations));
    }
  }

  passwordOf(user: string): string | undefined {
    return this.#passwords.get(user);
  }

  scramOf(user: string, code: number): ScramCredential | undefined {
    return this.#scram.get(user)?.get(code);
  }

  /** Everybody who has SCRAM credentials. */
  scramUsers(): string[] {
    return [...this.#scram.keys()];
  }

  /** The mechanisms for which the user has credentials, each with its iterations. */
  scramInfosOf(user: string): Array<{ mechanism: number; iterations: number }> {
    return [...(this.#scram.get(user) ?? [])].map(([mechanism, { iterations }]) => ({
      mechanism,
      iterations,
    }));
  }

  setScram(user: string, code: number, credential: ScramCredential): void {
    const all = this.#scram.get(user) ?? new Map();
    this.#scram.set(user, all.set(code, credential));
  }

  deleteScram(user: string, code: number): void {
    const all = this.#scram.get(user);
    all?.delete(code);
    if (all?.size === 0) this.#scram.delete(user);
  }
}

/** @param salted the password, salted and hashed by PBKDF2 */
export function scramCredential(
  code: number,
  salted: Buffer,
  salt: Buffer,
  iterations: number,
): ScramCredential {
  const hash = scramKinds.get(code)?.hash ?? 'sha256';
  const clientKey = createHmac(hash, salted).update('Client Key').digest();
  const storedKey = createHash(hash).update(clientKey).digest();
  const serverKey = createHmac(hash, salted).update('Server Key').digest();
  return { salt: Buffer.from(salt), iterations, storedKey, serverKey };
}
