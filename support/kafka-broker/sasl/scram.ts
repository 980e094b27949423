import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Credentials, type ScramCredential, scramKinds } from '../state/credentials';
import { SaslError, type SaslExchange, type SaslStep } from './exchange';

interface ScramPlan {
  /** Of the mechanism, in the protocol. */
  readonly code: number;
  readonly credentials: Credentials;
  /** What the server adds to the client's nonce: printable, and without a comma. */
  readonly nonce: string;
}

/** What was agreed on by the first two messages. */
interface Begun {
  readonly user: string;
  readonly credential: ScramCredential;
  readonly nonce: string;
  /** Both messages, as they go into the signatures. */
  readonly messages: string;
}

/** SCRAM-SHA-256 and -512 (RFC 5802, RFC 7677), without channel binding, as Kafka has them. */
export function scramExchange({ code, credentials, nonce }: ScramPlan): SaslExchange {
  const { name = 'SCRAM', hash = 'sha256' } = scramKinds.get(code) ?? {};
  const failed = () =>
    new SaslError(
      `Authentication failed during authentication due to invalid credentials with SASL mechanism ${name}`,
    );
  let begun: Begun | undefined;

  const begin = (token: string): SaslStep => {
    const match = /^n,(?:a=([^,]*))?,(n=([^,]+),r=([^,]+).*)$/s.exec(token);
    if (!match) throw failed();
    const [, authorizationId, bare = '', escaped = '', clientNonce = ''] = match;
    const user = unescaped(escaped);
    const credential = credentials.scramOf(user, code);
    if (!credential || (authorizationId !== undefined && unescaped(authorizationId) !== user)) throw failed();
    const { salt, iterations } = credential;
    const answer = `r=${clientNonce}${nonce},s=${salt.toString('base64')},i=${iterations}`;
    begun = { user, credential, nonce: clientNonce + nonce, messages: `${bare},${answer}` };
    return { answer: Buffer.from(answer) };
  };

  const finish = (token: string, { user, credential, nonce: agreed, messages }: Begun): SaslStep => {
    const match = /^(c=([^,]*),r=([^,]*).*),p=([^,]*)$/s.exec(token);
    const [, withoutProof = '', binding = '', repeated = '', proof = ''] = match ?? [];
    const header = Buffer.from(binding, 'base64').toString();
    // At the end, as Kafka checks it: old versions of librdkafka send their own nonce twice.
    if (!/^n,(a=[^,]*)?,$/.test(header) || !repeated.endsWith(agreed)) throw failed();
    const signed = `${messages},${withoutProof}`;
    const sign = (key: Buffer) => createHmac(hash, key).update(signed).digest();
    const signature = sign(credential.storedKey);
    const given = Buffer.from(proof, 'base64');
    if (given.length !== signature.length) throw failed();
    const clientKey = signature.map((byte, index) => byte ^ (given[index] ?? 0));
    if (!timingSafeEqual(createHash(hash).update(clientKey).digest(), credential.storedKey)) throw failed();
    return { answer: Buffer.from(`v=${sign(credential.serverKey).toString('base64')}`), user };
  };

  return {
    next: (token) => (begun ? finish(token.toString('utf8'), begun) : begin(token.toString('utf8'))),
  };
}

/** Names have their commas and equals signs written otherwise. */
function unescaped(name: string): string {
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=');
}
