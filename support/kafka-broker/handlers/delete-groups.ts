import { ErrorCode } from '../error-code';
import { deleteGroupsApi } from '../wire/messages/delete-groups';
import { coordinates } from './coordinator-check';
import { implement } from './registered-api';

/** DeleteGroups (42), versions 0-2. A group with members is kept: error 68. A name given twice is answered once. */
export const deleteGroups = implement(deleteGroupsApi, (request, context) => ({
  results: [...new Set(request.groupsNames)].map((groupId) => ({
    groupId,
    errorCode: coordinates(context, 'group', groupId)
      ? context.broker.groups.delete(groupId)
      : ErrorCode.notCoordinator,
  })),
}));
