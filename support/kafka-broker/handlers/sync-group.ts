import { ErrorCode } from '../error-code';
import { syncGroupApi } from '../wire/messages/sync-group';
import { implementForGroup } from './coordinator-check';

/** SyncGroup (14), versions 0-3. The assignments are opaque; only the leader's count. */
export const syncGroup = implementForGroup(syncGroupApi, async (request, { broker }) => {
  if (request.groupId === '') return { errorCode: ErrorCode.invalidGroupId, assignment: Buffer.alloc(0) };
  const group = broker.groups.get(request.groupId);
  if (!group) return { errorCode: ErrorCode.unknownMemberId, assignment: Buffer.alloc(0) };
  const assignments = new Map(request.assignments.map(({ memberId, assignment }) => [memberId, assignment]));
  return await group.sync(request, request.generationId, assignments);
});
