import { ErrorCode } from '../error-code';
import { listGroupsApi } from '../wire/messages/list-groups';
import type { Access } from './access';
import { coordinates } from './coordinator-check';
import { implement } from './registered-api';

/** ListGroups (16), versions 0-2: those that this node coordinates. */
export const listGroups = implement(listGroupsApi, (_request, context) => ({
  errorCode: ErrorCode.none,
  groups: context.broker.groups
    .all()
    .filter(({ groupId }) => coordinates(context, 'group', groupId))
    .filter(({ groupId }) => mayList(groupId, context.access))
    .map(({ groupId, protocolType }) => ({ groupId, protocolType })),
}));

function mayList(groupId: string, access: Access): boolean {
  return access.may('describe', 'cluster') || access.may('describe', 'group', groupId);
}
