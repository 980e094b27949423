import { ErrorCode } from '../error-code';
import { findCoordinatorApi } from '../wire/messages/find-coordinator';
import { implement } from './registered-api';

const kinds = ['group', 'transaction'] as const;

/** FindCoordinator (10), versions 0-2, for groups (key type 0) and transactions (1). */
export const findCoordinator = implement(findCoordinatorApi, ({ key, keyType }, { broker }) => {
  const kind = kinds[keyType];
  const { coordinators, nodes } = broker.cluster;
  const node = kind && nodes.get(coordinators.of(kind, key));
  if (node) return { errorCode: ErrorCode.none, nodeId: node.id, host: node.host, port: node.port };
  return {
    errorCode: ErrorCode.invalidRequest,
    errorMessage: `Unknown coordinator key type ${keyType}`,
    nodeId: -1,
    host: '',
    port: -1,
  };
});
