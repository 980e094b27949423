import { ErrorCode } from '../error-code';
import { findCoordinatorApi } from '../wire/messages/find-coordinator';
import { implement } from './registered-api';
import { nodeId } from './request-context';

/** FindCoordinator (10), versions 0-2, for groups (key type 0) and transactions (1): the only node. */
export const findCoordinator = implement(findCoordinatorApi, ({ keyType }, { broker: { host, port } }) => {
  if (keyType === 0 || keyType === 1) return { errorCode: ErrorCode.none, nodeId, host, port };
  return {
    errorCode: ErrorCode.invalidRequest,
    errorMessage: `Unknown coordinator key type ${keyType}`,
    nodeId: -1,
    host: '',
    port: -1,
  };
});
