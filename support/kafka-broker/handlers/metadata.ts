import { ErrorCode } from '../error-code';
import { noLeader } from '../state/leadership';
import { Topics } from '../state/topics';
import { metadataApi } from '../wire/messages/metadata';
import { createTopic, mayCreateTopic } from './new-topic';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

/**
 * Metadata (3), versions 0-9. Creates missing topics at once, when the request and the broker allow it. With ACLs, who asks
 * for all topics is told those that he may describe.
 */
export const metadata = implement(metadataApi, (request, context) => {
  const { access, broker, version } = context;
  const wantsAll = request.topics === null || (version === 0 && request.topics.length === 0);
  const names = wantsAll
    ? broker.topics
        .all()
        .map(({ name }) => name)
        .filter((name) => access.may('describe', 'topic', name))
    : (request.topics ?? []).map(({ name }) => name);
  const { nodes } = broker.cluster;
  return {
    brokers: nodes.running().map(({ id, host, port }) => ({ nodeId: id, host, port })),
    clusterId: broker.clusterId,
    controllerId: nodes.controllerId,
    topics: [...new Set(names)].map((name) => ({
      ...describe(name, request.allowAutoTopicCreation, context),
      ...(request.includeTopicAuthorizedOperations && {
        topicAuthorizedOperations: access.operations('topic', name),
      }),
    })),
    ...(request.includeClusterAuthorizedOperations && {
      clusterAuthorizedOperations: access.operations('cluster'),
    }),
  };
});

function describe(name: string, mayCreate: boolean, { access, broker }: RequestContext) {
  const { topics, settings, cluster } = broker;
  if (!Topics.isValidName(name)) return { errorCode: ErrorCode.invalidTopic, name, partitions: [] };
  const refused = { errorCode: ErrorCode.topicAuthorizationFailed, name, partitions: [] };
  if (!access.may('describe', 'topic', name)) return refused;
  const existing = topics.get(name);
  if (!existing && !(mayCreate && settings.autoCreateTopics)) {
    return { errorCode: ErrorCode.unknownTopicOrPartition, name, partitions: [] };
  }
  if (!existing && !mayCreateTopic(access, name)) return refused;
  const topic = existing ?? createTopic(broker, name);
  return {
    errorCode: ErrorCode.none,
    name,
    partitions: topic.partitions.map(({ leadership }, partitionIndex) => ({
      errorCode: leadership.leader === noLeader ? ErrorCode.leaderNotAvailable : ErrorCode.none,
      partitionIndex,
      leaderId: leadership.leader,
      leaderEpoch: leadership.epoch,
      replicaNodes: leadership.replicas,
      isrNodes: leadership.inSync(cluster.nodes),
      offlineReplicas: leadership.offline(cluster.nodes),
    })),
  };
}
