import { ErrorCode, errorMessageOf } from '../error-code';
import { findCoordinatorApi } from '../wire/messages/find-coordinator';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

const firstWithManyKeys = 4;
const kinds = ['group', 'transaction'] as const;
const nobody = { nodeId: -1, host: '', port: -1 };

/** FindCoordinator (10), versions 0-6, for groups (key type 0) and transactions (1). Share groups (2): error 42. */
export const findCoordinator = implement(findCoordinatorApi, (request, context) => {
  const { key, keyType, coordinatorKeys } = request;
  if (context.version < firstWithManyKeys) return { errorMessage: 'NONE', ...find(key, keyType, context) };
  return { coordinators: coordinatorKeys.map((each) => ({ key: each, ...find(each, keyType, context) })) };
});

function find(key: string, keyType: number, { access, broker }: RequestContext) {
  const kind = kinds[keyType];
  if (kind === undefined) {
    const errorMessage = `Unknown coordinator key type ${keyType}`;
    return { errorCode: ErrorCode.invalidRequest, errorMessage, ...nobody };
  }
  const isGroup = kind === 'group';
  if (!access.may('describe', isGroup ? 'group' : 'transactionalId', key)) {
    return failed(
      isGroup ? ErrorCode.groupAuthorizationFailed : ErrorCode.transactionalIdAuthorizationFailed,
    );
  }
  const { coordinators, nodes } = broker.cluster;
  const node = nodes.get(coordinators.of(kind, key));
  if (!node) return failed(ErrorCode.coordinatorNotAvailable);
  return { errorCode: ErrorCode.none, nodeId: node.id, host: node.host, port: node.port };
}

function failed(errorCode: ErrorCode) {
  return { errorCode, errorMessage: errorMessageOf(errorCode), ...nobody };
}
