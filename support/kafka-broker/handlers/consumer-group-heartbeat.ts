import { ErrorCode } from '../error-code';
import { consumerGroupHeartbeatApi } from '../wire/messages/consumer-group-heartbeat';
import { implement } from './registered-api';

/**
 * ConsumerGroupHeartbeat (68), versions 0-1: the new consumer protocol (KIP-848) is not there. Answers as a real Kafka does with
 * group.coordinator.rebalance.protocols=classic, whatever the request says.
 */
export const consumerGroupHeartbeat = implement(consumerGroupHeartbeatApi, () => ({
  errorCode: ErrorCode.unsupportedVersion,
  errorMessage: null,
  memberId: null,
  memberEpoch: 0,
  heartbeatIntervalMs: 0,
  assignment: null,
}));
