import { ErrorCode } from '../error-code';
import { joinGroupApi } from '../wire/messages/join-group';
import { implementForGroup } from './coordinator-check';

/** group.min.session.timeout.ms and group.max.session.timeout.ms of Kafka. */
const sessionTimeoutRange = { least: 6_000, most: 1_800_000 };

/** JoinGroup (11), versions 0-8: the id is handed out first from version 4 on, static members from version 5 on. */
export const joinGroup = implementForGroup(
  joinGroupApi,
  async (request, { broker, version, clientId, clientHost }) => {
    const refused = refusal(request);
    if (refused !== ErrorCode.none) {
      const empty = { generationId: -1, leader: '', members: [] };
      return { errorCode: refused, memberId: request.memberId, protocolName: nameless(version), ...empty };
    }
    // Copies: members outlive the request, whose memory is shared with others.
    const protocols = request.protocols.map(({ name, metadata }) => ({
      name,
      metadata: Buffer.from(metadata),
    }));
    const joined = await broker.groups
      .getOrCreate(request.groupId)
      .join({ ...request, protocols, clientId, clientHost, requireKnownMemberId: version >= 4 });
    return joined.errorCode === ErrorCode.none
      ? { ...joined, protocolType: request.protocolType }
      : { ...joined, protocolName: nameless(version) };
  },
);

/** Null since version 7. */
function nameless(version: number): string | null {
  return version >= 7 ? null : '';
}

function refusal({ groupId, sessionTimeoutMs }: { groupId: string; sessionTimeoutMs: number }): ErrorCode {
  if (groupId === '') return ErrorCode.invalidGroupId;
  const { least, most } = sessionTimeoutRange;
  const isAllowed = sessionTimeoutMs >= least && sessionTimeoutMs <= most;
  return isAllowed ? ErrorCode.none : ErrorCode.invalidSessionTimeout;
}
