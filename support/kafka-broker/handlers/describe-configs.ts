import { ErrorCode } from '../error-code';
import { Topics } from '../state/topics';
import { describeConfigsApi } from '../wire/messages/describe-configs';
import { resourceType } from './config-resources';
import { brokerConfigsOf, clusterConfigsOf, type DescribedConfig, topicConfigsOf } from './described-config';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

/**
 * DescribeConfigs (32), versions 0-4 (KIP-133, KIP-226, KIP-569), for topics, a broker, and what was set for all brokers.
 * Simplified: of the settings that Kafka knows by several names (log.retention.hours) one is shown (log.retention.ms).
 * Not implemented: loggers, client metrics, groups (error 42).
 */
export const describeConfigs = implement(describeConfigsApi, (request, context) => ({
  results: request.resources.map(({ resourceType: type, resourceName, configurationKeys }) => {
    const found = find(type, resourceName, context);
    const configs = found.configs
      .filter(({ name }) => configurationKeys?.includes(name) ?? true)
      .map((config) => ({
        ...config,
        synonyms: request.includeSynonyms ? config.synonyms : [],
        documentation: request.includeDocumentation ? config.documentation : null,
      }));
    return { ...found, resourceType: type, resourceName, configs };
  }),
}));

interface Found {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
  readonly configs: readonly DescribedConfig[];
}

function find(type: number, name: string, { access, node, broker }: RequestContext): Found {
  const { topics, configs } = broker;
  const nodeId = String(node.id);
  if (type === resourceType.topic) {
    if (!access.may('describeConfigs', 'topic', name)) {
      return failed(ErrorCode.topicAuthorizationFailed, null);
    }
    const topic = topics.get(name);
    if (topic) return found(topicConfigsOf(topic.configs, configs, nodeId));
    return Topics.isValidName(name)
      ? failed(ErrorCode.unknownTopicOrPartition, null)
      : failed(ErrorCode.invalidTopic, `Topic name is invalid: '${name}' is illegal`);
  }
  if (type !== resourceType.broker)
    return failed(ErrorCode.invalidRequest, `Unsupported resource type: ${type}`);
  if (!access.may('describeConfigs', 'cluster')) return failed(ErrorCode.clusterAuthorizationFailed, null);
  if (name === '') return found(clusterConfigsOf(configs));
  if (name === nodeId) return found(brokerConfigsOf(configs, name));
  return failed(
    ErrorCode.invalidRequest,
    `Unexpected broker id, expected ${nodeId} or empty string, but received ${name}`,
  );
}

function found(configs: readonly DescribedConfig[]): Found {
  return { errorCode: ErrorCode.none, errorMessage: null, configs };
}

function failed(errorCode: ErrorCode, errorMessage: string | null): Found {
  return { errorCode, errorMessage, configs: [] };
}
