import { ErrorCode } from '../error-code';
import { joinGroupApi } from '../wire/messages/join-group';
import { implementForGroup } from './coordinator-check';

/** group.min.session.timeout.ms and group.max.session.timeout.ms of Kafka. */
const sessionTimeoutRange = { least: 6_000, most: 1_800_000 };

/** JoinGroup (11), versions 0-5: the id is handed out first from version 4 on, static members in version 5. */
export const joinGroup = implementForGroup(
  joinGroupApi,
  async (request, { broker, version, clientId, clientHost }) => {
    const refused = refusal(request);
    if (refused !== ErrorCode.none) {
      const empty = { generationId: -1, protocolName: '', leader: '', members: [] };
      return { errorCode: refused, memberId: request.memberId, ...empty };
    }
    // Copies: members outlive the request, whose memory is shared with others.
    const protocols = request.protocols.map(({ name, metadata }) => ({
      name,
      metadata: Buffer.from(metadata),
    }));
    return await broker.groups
      .getOrCreate(request.groupId)
      .join({ ...request, protocols, clientId, clientHost, requireKnownMemberId: version >= 4 });
  },
);

function refusal({ groupId, sessionTimeoutMs }: { groupId: string; sessionTimeoutMs: number }): ErrorCode {
  if (groupId === '') return ErrorCode.invalidGroupId;
  const { least, most } = sessionTimeoutRange;
  const isAllowed = sessionTimeoutMs >= least && sessionTimeoutMs <= most;
  return isAllowed ? ErrorCode.none : ErrorCode.invalidSessionTimeout;
}
