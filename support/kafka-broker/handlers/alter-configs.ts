import { ErrorCode } from '../error-code';
import { configProblem } from '../state/topic-configs';
import { alterConfigsApi } from '../wire/messages/alter-configs';
import { resourceType } from './config-resources';
import { implement } from './registered-api';
import type { BrokerContext } from './request-context';

/**
 * AlterConfigs (33), versions 0-1, for topics: what is given replaces all that was set before.
 * Not implemented: changing the broker's own settings (error 42).
 */
export const alterConfigs = implement(alterConfigsApi, ({ resources, validateOnly }, { broker }) => ({
  responses: resources.map(({ resourceType: type, resourceName, configs }) => {
    const wanted = new Map(
      configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const])),
    );
    const problem = problemOf(type, resourceName, wanted, broker);
    const topic = broker.topics.get(resourceName);
    if (problem === null && topic && !validateOnly) {
      topic.configs.clear();
      for (const [name, value] of wanted) topic.configs.set(name, value);
    }
    const result = problem ?? { errorCode: ErrorCode.none, errorMessage: null };
    return { resourceType: type, resourceName, ...result };
  }),
}));

function problemOf(type: number, name: string, wanted: Map<string, string>, { topics }: BrokerContext) {
  const fail = (errorCode: ErrorCode, errorMessage: string | null) => ({ errorCode, errorMessage });
  if (type !== resourceType.topic) return fail(ErrorCode.invalidRequest, 'Only topics can be configured.');
  if (!topics.get(name)) return fail(ErrorCode.unknownTopicOrPartition, null);
  const badConfig = configProblem(wanted);
  return badConfig === null ? null : fail(ErrorCode.invalidConfig, badConfig);
}
