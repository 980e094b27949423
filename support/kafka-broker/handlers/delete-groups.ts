import { deleteGroupsApi } from '../wire/messages/delete-groups';
import { implement } from './registered-api';

/** DeleteGroups (42), versions 0-1. A group with members is kept: error 68. */
export const deleteGroups = implement(deleteGroupsApi, (request, { broker }) => ({
  results: request.groupsNames.map((groupId) => ({ groupId, errorCode: broker.groups.delete(groupId) })),
}));
