import { ErrorCode } from '../error-code';
import { noLeader } from '../state/leadership';
import { Topics } from '../state/topics';
import { noUuid } from '../uuid';
import { MalformedError } from '../wire/malformed-error';
import { metadataApi } from '../wire/messages/metadata';
import type { MaybeNamedById } from '../wire/topic-names';
import { createTopic, mayCreateTopic } from './new-topic';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

/** The first version in which topics may be asked for by id. */
const firstById = 12;
/** The first version in which a name may be null. */
const firstWithNull = 10;

/**
 * Metadata (3), versions 0-13. Creates missing topics at once, when the request and the broker allow it. With ACLs, who asks
 * for all topics is told those that he may describe. Since version 12 by id (KIP-516): then names that are asked for, too, do not count.
 */
export const metadata = implement(metadataApi, (request, context) => {
  const { access, broker, version } = context;
  const asked = request.topics ?? [];
  if (version < firstById && asked.some(isByIdOrNothing)) return invalid(asked, version);
  const { nodes } = broker.cluster;
  const told = asked.some(hasId)
    ? distinctIds(asked).map((topic) => describeById(topic, request.allowAutoTopicCreation, context))
    : namesIn(request.topics, context).map((name) => describe(name, request.allowAutoTopicCreation, context));
  return {
    brokers: nodes.running().map(({ id, host, port }) => ({ nodeId: id, host, port })),
    clusterId: broker.clusterId,
    controllerId: nodes.controllerId,
    topics: told.map((topic) => ({
      ...topic,
      ...(request.includeTopicAuthorizedOperations &&
        topic.name !== null && { topicAuthorizedOperations: access.operations('topic', topic.name) }),
    })),
    ...(request.includeClusterAuthorizedOperations && {
      clusterAuthorizedOperations: access.operations('cluster'),
    }),
  };
});

interface Asked extends MaybeNamedById {
  readonly topicId: string;
  readonly name: string | null;
}

function hasId({ topicId }: Asked): boolean {
  return topicId !== noUuid;
}

function isByIdOrNothing(topic: Asked): boolean {
  return topic.name === null || hasId(topic);
}

/** MetadataRequest.getErrorResponse of Kafka: no brokers, and empty names. */
function invalid(asked: readonly Asked[], version: number) {
  if (version < firstWithNull) throw new MalformedError('null where the protocol wants a string');
  const errorCode = ErrorCode.invalidRequest;
  return {
    brokers: [],
    topics: asked.map(({ topicId, name, isNamedById }) => ({
      errorCode,
      name: isNamedById ? '' : (name ?? ''),
      topicId,
      partitions: [],
    })),
  };
}

function distinctIds(asked: readonly Asked[]): Asked[] {
  return [...new Map(asked.filter(hasId).map((topic) => [topic.topicId, topic])).values()];
}

function namesIn(asked: readonly Asked[] | null, { access, broker, version }: RequestContext): string[] {
  const wantsAll = asked === null || (version === 0 && asked.length === 0);
  if (!wantsAll) return [...new Set(asked.map(({ name }) => name ?? ''))];
  return broker.topics
    .all()
    .map(({ name }) => name)
    .filter((name) => access.may('describe', 'topic', name));
}

/** Who may not describe a topic is not told its name. */
function describeById({ topicId }: Asked, mayCreate: boolean, context: RequestContext) {
  const name = context.broker.topics.nameOf(topicId);
  const unnamed = { name: null, topicId, partitions: [] };
  if (name === undefined) return { errorCode: ErrorCode.unknownTopicId, ...unnamed };
  if (!context.access.may('describe', 'topic', name)) {
    return { errorCode: ErrorCode.topicAuthorizationFailed, ...unnamed };
  }
  return describe(name, mayCreate, context);
}

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
    topicId: topic.id,
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
