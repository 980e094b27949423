import { ErrorCode } from '../error-code';
import { listGroupsApi } from '../wire/messages/list-groups';
import type { Access } from './access';
import { coordinates } from './coordinator-check';
import { implement } from './registered-api';

/** ListGroups (16), versions 0-5: those that this node coordinates, by state (KIP-518) and type (KIP-848: all are classic). */
export const listGroups = implement(listGroupsApi, ({ statesFilter, typesFilter }, context) => ({
  errorCode: ErrorCode.none,
  groups: context.broker.groups
    .all()
    .filter(({ groupId }) => coordinates(context, 'group', groupId))
    .filter(({ groupId }) => mayList(groupId, context.access))
    .filter(({ state }) => isAmong(statesFilter, state) && isAmong(typesFilter, 'classic'))
    .map(({ groupId, protocolType, state: groupState }) => {
      return { groupId, protocolType, groupState, groupType: 'classic' };
    }),
}));

function mayList(groupId: string, access: Access): boolean {
  return access.may('describe', 'cluster') || access.may('describe', 'group', groupId);
}

/** No filter lets all through. Case does not matter. */
function isAmong(filter: readonly string[], value: string): boolean {
  return filter.length === 0 || filter.some((each) => each.toLowerCase() === value.toLowerCase());
}
