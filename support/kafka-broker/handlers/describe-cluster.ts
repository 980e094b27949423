import { ErrorCode, errorMessageOf } from '../error-code';
import { describeClusterApi } from '../wire/messages/describe-cluster';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

const endpoints = { brokers: 1, controllers: 2 } as const;

/** DescribeCluster (60), versions 0-2 (KIP-700, KIP-919, KIP-1073). No broker is ever fenced: it runs, or is not listed. */
export const describeCluster = implement(describeClusterApi, (request, context) => {
  const { clusterId, cluster } = context.broker;
  const answer = {
    errorCode: endpointProblem(request.endpointType),
    endpointType: request.endpointType,
    clusterId,
    controllerId: cluster.nodes.controllerId,
    brokers: [],
  };
  if (answer.errorCode !== ErrorCode.none) {
    const errorMessage = errorMessageOf(answer.errorCode);
    return { ...answer, errorMessage, clusterId: '', controllerId: -1 };
  }
  return {
    ...answer,
    brokers: cluster.nodes.running().map(({ id, host, port }) => ({ brokerId: id, host, port })),
    ...operationsAsked(request.includeClusterAuthorizedOperations, context),
  };
});

function endpointProblem(type: number): ErrorCode {
  if (type === endpoints.brokers) return ErrorCode.none;
  return type === endpoints.controllers
    ? ErrorCode.mismatchedEndpointType
    : ErrorCode.unsupportedEndpointType;
}

function operationsAsked(isAsked: boolean, { access }: RequestContext) {
  return isAsked ? { clusterAuthorizedOperations: access.operations('cluster') } : {};
}
