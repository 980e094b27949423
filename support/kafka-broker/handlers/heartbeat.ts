import { ErrorCode } from '../error-code';
import { heartbeatApi } from '../wire/messages/heartbeat';
import { implementForGroup } from './coordinator-check';

/** Heartbeat (12), versions 0-4. */
export const heartbeat = implementForGroup(heartbeatApi, (request, { broker }) => {
  if (request.groupId === '') return { errorCode: ErrorCode.invalidGroupId };
  const group = broker.groups.get(request.groupId);
  return { errorCode: group?.heartbeat(request, request.generationId) ?? ErrorCode.unknownMemberId };
});
