import type { Credentials } from '../state/credentials';
import { SaslError, type SaslExchange } from './exchange';

/** SASL/PLAIN (RFC 4616): authorization id, user and password in one token, with zero bytes between them. */
export function plainExchange(credentials: Credentials): SaslExchange {
  return {
    next(token) {
      const parts = token.toString('utf8').split('\0');
      const [authorizationId = '', user = '', password = ''] = parts;
      if (parts.length !== 3) {
        throw new SaslError(`Invalid SASL/PLAIN response: expected 3 tokens, got ${parts.length}`);
      }
      if (user === '') throw new SaslError('Authentication failed: username not specified');
      if (password === '') throw new SaslError('Authentication failed: password not specified');
      if (credentials.passwordOf(user) !== password) {
        throw new SaslError('Authentication failed: Invalid username or password');
      }
      if (authorizationId !== '' && authorizationId !== user) {
        const why = 'Client requested an authorization id that is different from username';
        throw new SaslError(`Authentication failed: ${why}`);
      }
      return { answer: Buffer.alloc(0), user };
    },
  };
}
