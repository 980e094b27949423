import { ErrorCode } from '../error-code';
import { listGroupsApi } from '../wire/messages/list-groups';
import { coordinates } from './coordinator-check';
import { implement } from './registered-api';

/** ListGroups (16), versions 0-2: those that this node coordinates. */
export const listGroups = implement(listGroupsApi, (_request, context) => ({
  errorCode: ErrorCode.none,
  groups: context.broker.groups
    .all()
    .filter(({ groupId }) => coordinates(context, 'group', groupId))
    .map(({ groupId, protocolType }) => ({ groupId, protocolType })),
}));
