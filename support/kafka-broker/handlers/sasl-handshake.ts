import { ErrorCode } from '../error-code';
import { saslHandshakeApi } from '../wire/messages/sasl-handshake';
import { implement } from './registered-api';

/** SaslHandshake (17), versions 0-1 (KIP-43): after version 0, tokens come as frames without headers. */
export const saslHandshake = implement(saslHandshakeApi, ({ mechanism }, { session, version }) => {
  if (!session.mayBegin) return { errorCode: ErrorCode.illegalSaslState, mechanisms: [] };
  const isOffered = session.begin(mechanism, version === 0);
  const errorCode = isOffered ? ErrorCode.none : ErrorCode.unsupportedSaslMechanism;
  return { errorCode, mechanisms: session.mechanisms };
});
