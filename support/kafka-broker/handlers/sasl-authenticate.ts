import { ErrorCode } from '../error-code';
import { SaslError } from '../sasl/exchange';
import { MalformedError } from '../wire/malformed-error';
import { saslAuthenticateApi } from '../wire/messages/sasl-authenticate';
import { implement } from './registered-api';

/** SaslAuthenticate (36), versions 0-2 (KIP-152, KIP-368). A failed authentication ends the connection after the answer. */
export const saslAuthenticate = implement(saslAuthenticateApi, ({ authBytes }, { session }) => {
  const nothing = Buffer.alloc(0);
  if (!session.isExchanging) {
    if (!session.isOpen) throw new MalformedError('a token has come before the handshake');
    const errorMessage = 'SaslAuthenticate request received after successful authentication';
    return { errorCode: ErrorCode.illegalSaslState, errorMessage, authBytes: nothing };
  }
  try {
    const answer = session.next(authBytes);
    const lifetimeMs = session.isExchanging ? 0 : session.lifetimeMs;
    return {
      errorCode: ErrorCode.none,
      errorMessage: '',
      authBytes: answer,
      sessionLifetimeMs: BigInt(lifetimeMs),
    };
  } catch (error) {
    if (!(error instanceof SaslError)) throw error;
    const errorCode = ErrorCode.saslAuthenticationFailed;
    return { errorCode, errorMessage: error.message, authBytes: nothing };
  }
});
