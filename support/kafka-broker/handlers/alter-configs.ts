import { ErrorCode } from '../error-code';
import { alterConfigsApi } from '../wire/messages/alter-configs';
import { configFailure, configTarget } from './config-changes';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

/** AlterConfigs (33), versions 0-2 (KIP-133), for topics and brokers: what is given replaces all that was set before. */
export const alterConfigs = implement(alterConfigsApi, ({ resources, validateOnly }, context) => ({
  responses: resources.map(({ resourceType, resourceName, configs }) => {
    const result = alter({ resourceType, resourceName, configs, validateOnly }, context);
    return { resourceType, resourceName, ...result };
  }),
}));

interface Alteration {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: ReadonlyArray<{ name: string; value: string | null }>;
  readonly validateOnly: boolean;
}

function alter({ resourceType, resourceName, configs, validateOnly }: Alteration, context: RequestContext) {
  const target = configTarget(resourceType, resourceName, context);
  if ('errorCode' in target) return target;
  const unset = configs.filter(({ value }) => value === null).map(({ name }) => name);
  if (unset.length > 0) {
    return configFailure(ErrorCode.invalidRequest, `Null value not supported for : ${unset.join(',')}`);
  }
  const wanted = new Map(configs.map(({ name, value }) => [name, value ?? '']));
  const problem = target.problemOf(wanted);
  if (problem === null && !validateOnly) target.replace(wanted);
  return problem ?? configFailure(ErrorCode.none, null);
}
