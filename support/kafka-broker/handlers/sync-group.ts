import { ErrorCode } from '../error-code';
import { syncGroupApi } from '../wire/messages/sync-group';
import { implementForGroup } from './coordinator-check';

/** SyncGroup (14), versions 0-5. The assignments are opaque; only the leader's count. */
export const syncGroup = implementForGroup(syncGroupApi, async (request, { broker, version }) => {
  if (request.groupId === '') return { errorCode: ErrorCode.invalidGroupId, assignment: Buffer.alloc(0) };
  if (version >= 5 && (request.protocolType === null || request.protocolName === null)) {
    return { errorCode: ErrorCode.inconsistentGroupProtocol, assignment: Buffer.alloc(0) };
  }
  const group = broker.groups.get(request.groupId);
  if (!group) return { errorCode: ErrorCode.unknownMemberId, assignment: Buffer.alloc(0) };
  if (
    isOther(request.protocolType, group.protocolType) ||
    isOther(request.protocolName, group.protocolName)
  ) {
    return { errorCode: ErrorCode.inconsistentGroupProtocol, assignment: Buffer.alloc(0) };
  }
  const assignments = new Map(request.assignments.map(({ memberId, assignment }) => [memberId, assignment]));
  const synced = await group.sync(request, request.generationId, assignments);
  if (synced.errorCode !== ErrorCode.none) return synced;
  return { ...synced, protocolType: group.protocolType, protocolName: group.protocolName };
});

/** What a member says of the protocol, since version 5, must be so. Null says nothing. */
function isOther(said: string | null, actual: string): boolean {
  return said !== null && actual !== '' && said !== actual;
}
