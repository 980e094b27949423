import { ErrorCode } from '../error-code';
import { topicConfigDefaults } from '../state/topic-configs';
import { Topics } from '../state/topics';
import { describeConfigsApi } from '../wire/messages/describe-configs';
import { configSource, resourceType } from './config-resources';
import { implement } from './registered-api';
import { type BrokerContext, nodeId } from './request-context';

/**
 * DescribeConfigs (32), versions 0-3, for topics and for the broker.
 * Not implemented: synonyms, types and documentation of settings (answered empty), loggers.
 */
export const describeConfigs = implement(describeConfigsApi, (request, { broker }) => ({
  results: request.resources.map(({ resourceType: type, resourceName, configurationKeys }) => {
    const resource = { resourceType: type, resourceName };
    const { errorCode, settings } = settingsOf(type, resourceName, broker);
    const configs = settings.filter(({ name }) => configurationKeys?.includes(name) ?? true);
    return { ...resource, errorCode, errorMessage: null, configs };
  }),
}));

interface Settings {
  readonly errorCode: ErrorCode;
  readonly settings: ReturnType<typeof setting>[];
}

function settingsOf(type: number, name: string, broker: BrokerContext): Settings {
  if (type === resourceType.topic) {
    if (!Topics.isValidName(name)) return { errorCode: ErrorCode.invalidTopic, settings: [] };
    const topic = broker.topics.get(name);
    if (topic) return { errorCode: ErrorCode.none, settings: topicSettings(topic.configs) };
    return { errorCode: ErrorCode.unknownTopicOrPartition, settings: [] };
  }
  if (type === resourceType.broker && (name === '' || name === String(nodeId))) {
    return { errorCode: ErrorCode.none, settings: brokerSettings(broker) };
  }
  return { errorCode: ErrorCode.invalidRequest, settings: [] };
}

function topicSettings(own: ReadonlyMap<string, string>) {
  return [...topicConfigDefaults].map(([name, fallback]) => {
    const value = own.get(name);
    return setting(
      name,
      value ?? fallback,
      value === undefined ? configSource.byDefault : configSource.topic,
      false,
    );
  });
}

function brokerSettings({ settings }: BrokerContext) {
  const values = {
    'auto.create.topics.enable': settings.autoCreateTopics,
    'broker.id': nodeId,
    'default.replication.factor': 1,
    'num.partitions': settings.defaultPartitions,
  };
  return Object.entries(values).map(([name, value]) =>
    setting(name, String(value), configSource.staticBroker, true),
  );
}

function setting(name: string, value: string, source: number, readOnly: boolean) {
  const isDefault = source === configSource.byDefault;
  return { name, value, readOnly, isDefault, configSource: source, isSensitive: false };
}
