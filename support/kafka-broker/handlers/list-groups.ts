import { ErrorCode } from '../error-code';
import { listGroupsApi } from '../wire/messages/list-groups';
import { implement } from './registered-api';

/** ListGroups (16), versions 0-2. */
export const listGroups = implement(listGroupsApi, (_request, { broker }) => ({
  errorCode: ErrorCode.none,
  groups: broker.groups.all().map(({ groupId, protocolType }) => ({ groupId, protocolType })),
}));
