import { ErrorCode } from '../error-code';
import { consumerGroupDescribeApi } from '../wire/messages/consumer-group-describe';
import { implement } from './registered-api';

/**
 * ConsumerGroupDescribe (69), versions 0-1: no group is of the new consumer protocol (KIP-848), which is not there; see
 * ConsumerGroupHeartbeat. Clients ask DescribeGroups then.
 */
export const consumerGroupDescribe = implement(consumerGroupDescribeApi, ({ groupIds }) => ({
  groups: groupIds.map((groupId) => ({ errorCode: ErrorCode.unsupportedVersion, groupId })),
}));
