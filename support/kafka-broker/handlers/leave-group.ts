import { ErrorCode } from '../error-code';
import type { MemberIdentity } from '../state/membership';
import { leaveGroupApi } from '../wire/messages/leave-group';
import { implementForGroup } from './coordinator-check';

/** LeaveGroup (13), versions 0-5: a batch of members in version 3. */
export const leaveGroup = implementForGroup(leaveGroupApi, (request, { broker, version }) => {
  if (request.groupId === '') return { errorCode: ErrorCode.invalidGroupId };
  const group = broker.groups.get(request.groupId);
  const leave = (member: MemberIdentity) => group?.leave(member) ?? ErrorCode.unknownMemberId;
  if (version < 3) return { errorCode: leave({ memberId: request.memberId, groupInstanceId: null }) };
  const members = request.members.map((member) => ({ ...member, errorCode: leave(member) }));
  return { errorCode: ErrorCode.none, members };
});
