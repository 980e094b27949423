import { ErrorCode } from '../error-code';
import { clusterWide, dynamicBrokerConfigs } from '../state/broker-configs';
import { type ConfigDefinition, problemWith } from '../state/config-definition';
import { configProblem, topicConfigs } from '../state/topic-configs';
import { resourceType } from './config-resources';
import type { BrokerContext, RequestContext } from './request-context';

/** Something whose settings can be changed, and how. */
export interface ConfigTarget {
  readonly current: ReadonlyMap<string, string>;
  definitionOf(name: string): ConfigDefinition | undefined;
  problemOf(wanted: ReadonlyMap<string, string>): ConfigFailure | null;
  replace(wanted: ReadonlyMap<string, string>): void;
}

export interface ConfigFailure {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

export function configFailure(errorCode: ErrorCode, errorMessage: string | null): ConfigFailure {
  return { errorCode, errorMessage };
}

/** What a request names, or why its settings cannot be changed. */
export function configTarget(
  type: number,
  name: string,
  { access, broker }: RequestContext,
): ConfigTarget | ConfigFailure {
  if (type === resourceType.topic && !access.may('alterConfigs', 'topic', name)) {
    return configFailure(ErrorCode.topicAuthorizationFailed, 'Topic authorization failed.');
  }
  if (type === resourceType.broker && !access.may('alterConfigs', 'cluster')) {
    return configFailure(ErrorCode.clusterAuthorizationFailed, 'Cluster authorization failed.');
  }
  if (type === resourceType.topic) return topicTarget(name, broker);
  if (type === resourceType.broker) return brokerTarget(name, broker);
  return configFailure(ErrorCode.invalidRequest, `Unknown resource type ${type}`);
}

function topicTarget(name: string, { topics }: BrokerContext): ConfigTarget | ConfigFailure {
  const topic = topics.get(name);
  if (!topic) {
    return configFailure(ErrorCode.unknownTopicOrPartition, `The topic '${name}' does not exist.`);
  }
  return {
    current: topic.configs,
    definitionOf: (setting) => topicConfigs.get(setting),
    problemOf(wanted) {
      const problem = configProblem(wanted);
      return problem === null ? null : configFailure(ErrorCode.invalidConfig, problem);
    },
    replace(wanted) {
      topic.configs.clear();
      for (const [setting, value] of wanted) topic.configs.set(setting, value);
    },
  };
}

function brokerTarget(name: string, { configs }: BrokerContext): ConfigTarget | ConfigFailure {
  if (name !== clusterWide && !/^\d+$/.test(name)) {
    return configFailure(ErrorCode.invalidRequest, `Node id must be an integer, but it is: ${name}`);
  }
  return {
    current: configs.changedFor(name),
    definitionOf: (setting) => dynamicBrokerConfigs.get(setting),
    problemOf: brokerProblem,
    replace: (wanted) => configs.change(name, wanted),
  };
}

function brokerProblem(wanted: ReadonlyMap<string, string>): ConfigFailure | null {
  const fixed = [...wanted.keys()].filter((setting) => !dynamicBrokerConfigs.has(setting));
  if (fixed.length > 0) {
    return configFailure(
      ErrorCode.invalidRequest,
      `Cannot update these configs dynamically: Set(${fixed.join(', ')})`,
    );
  }
  for (const [setting, value] of wanted) {
    const definition = dynamicBrokerConfigs.get(setting);
    const problem = definition ? problemWith(definition, value) : null;
    if (problem !== null) return configFailure(ErrorCode.invalidRequest, problem);
  }
  return null;
}
