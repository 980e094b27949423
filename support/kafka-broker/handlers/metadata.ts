import { ErrorCode } from '../error-code';
import { Topics } from '../state/topics';
import { metadataApi } from '../wire/messages/metadata';
import { implement } from './registered-api';
import { type BrokerContext, nodeId } from './request-context';

/**
 * Metadata (3), versions 0-8. Creates missing topics at once, when the request and the broker allow it.
 * Not implemented: authorized operations (answered as "not asked for").
 */
export const metadata = implement(metadataApi, (request, { broker, version }) => {
  const wantsAll = request.topics === null || (version === 0 && request.topics.length === 0);
  const names = wantsAll
    ? broker.topics.all().map(({ name }) => name)
    : (request.topics ?? []).map(({ name }) => name);
  return {
    brokers: [{ nodeId, host: broker.host, port: broker.port }],
    clusterId: broker.clusterId,
    controllerId: nodeId,
    topics: [...new Set(names)].map((name) => describe(name, request.allowAutoTopicCreation, broker)),
  };
});

function describe(name: string, mayCreate: boolean, { topics, settings }: BrokerContext) {
  if (!Topics.isValidName(name)) return { errorCode: ErrorCode.invalidTopic, name, partitions: [] };
  const existing = topics.get(name);
  if (!existing && !(mayCreate && settings.autoCreateTopics)) {
    return { errorCode: ErrorCode.unknownTopicOrPartition, name, partitions: [] };
  }
  const topic = existing ?? topics.create(name, settings.defaultPartitions);
  return {
    errorCode: ErrorCode.none,
    name,
    partitions: topic.partitions.map((_log, partitionIndex) => ({
      errorCode: ErrorCode.none,
      partitionIndex,
      leaderId: nodeId,
      leaderEpoch: 0,
      replicaNodes: [nodeId],
      isrNodes: [nodeId],
    })),
  };
}
