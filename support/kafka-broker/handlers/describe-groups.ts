import { ErrorCode } from '../error-code';
import { describeGroupsApi } from '../wire/messages/describe-groups';
import { coordinates } from './coordinator-check';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

/**
 * DescribeGroups (15), versions 0-5. An unknown group is described as Dead, without an error.
 */
export const describeGroups = implement(describeGroupsApi, (request, context) => ({
  groups: request.groups.map((groupId) => ({
    ...describe(groupId, context),
    ...(request.includeAuthorizedOperations && {
      authorizedOperations: context.access.operations('group', groupId),
    }),
  })),
}));

function describe(groupId: string, context: RequestContext) {
  const isHere = coordinates(context, 'group', groupId);
  const group = isHere ? context.broker.groups.get(groupId) : undefined;
  const errorCode = isHere ? ErrorCode.none : ErrorCode.notCoordinator;
  if (!group) {
    return { errorCode, groupId, groupState: 'Dead', protocolType: '', protocolData: '', members: [] };
  }
  const isStable = group.state === 'Stable';
  return {
    errorCode,
    groupId,
    groupState: group.state,
    protocolType: group.protocolType,
    protocolData: isStable ? group.protocolName : '',
    members: group.members.map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      // Nothing is agreed on outside of Stable: like Kafka, show none of it.
      memberMetadata: isStable ? member.metadataFor(group.protocolName) : Buffer.alloc(0),
      memberAssignment: isStable ? member.assignment : Buffer.alloc(0),
    })),
  };
}
