import { ErrorCode } from '../error-code';
import { listOf } from '../state/config-definition';
import { incrementalAlterConfigsApi } from '../wire/messages/incremental-alter-configs';
import { type ConfigFailure, type ConfigTarget, configFailure, configTarget } from './config-changes';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

/** AlterConfigOp.OpType of Kafka's admin client. */
const operation = { set: 0, delete: 1, append: 2, subtract: 3 } as const;
const names = ['SET', 'DELETE', 'APPEND', 'SUBTRACT'];

/** IncrementalAlterConfigs (44), versions 0-1 (KIP-339): settings are set, unset, or have elements added and removed. */
export const incrementalAlterConfigs = implement(
  incrementalAlterConfigsApi,
  ({ resources, validateOnly }, context) => ({
    responses: resources.map((resource) => {
      const { resourceType, resourceName } = resource;
      return { resourceType, resourceName, ...alter(resource, validateOnly, context) };
    }),
  }),
);

interface Change {
  readonly name: string;
  readonly configOperation: number;
  readonly value: string | null;
}

interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly Change[];
}

function alter(
  { resourceType, resourceName, configs }: Resource,
  validateOnly: boolean,
  context: RequestContext,
) {
  const target = configTarget(resourceType, resourceName, context);
  if ('errorCode' in target) return target;
  const wanted = changed(target, configs);
  if ('errorCode' in wanted) return wanted;
  const problem = target.problemOf(wanted);
  if (problem === null && !validateOnly) target.replace(wanted);
  return problem ?? configFailure(ErrorCode.none, null);
}

function changed(target: ConfigTarget, changes: readonly Change[]): Map<string, string> | ConfigFailure {
  const names = changes.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    return configFailure(ErrorCode.invalidRequest, 'Error due to duplicate config keys');
  }
  const unset = changes.filter(
    ({ configOperation, value }) => configOperation !== operation.delete && value === null,
  );
  if (unset.length > 0) {
    const list = unset.map(({ name }) => name).join(',');
    return configFailure(ErrorCode.invalidRequest, `Null value not supported for : ${list}`);
  }
  const wanted = new Map(target.current);
  for (const change of changes) {
    const failure = apply(change, target, wanted);
    if (failure) return failure;
  }
  return wanted;
}

function apply(change: Change, target: ConfigTarget, wanted: Map<string, string>): ConfigFailure | null {
  const { name, configOperation, value } = change;
  if (configOperation === operation.set) wanted.set(name, value ?? '');
  else if (configOperation === operation.delete) wanted.delete(name);
  else if (configOperation === operation.append || configOperation === operation.subtract) {
    const definition = target.definitionOf(name);
    if (definition?.type !== 'list') {
      const verb = names[configOperation];
      return configFailure(
        ErrorCode.invalidConfig,
        `Can't ${verb} to key ${name} because its type is not LIST.`,
      );
    }
    const before = listOf(wanted.get(name) ?? definition.byDefault);
    wanted.set(name, combined(before, listOf(value ?? ''), configOperation).join(','));
  } else return configFailure(ErrorCode.invalidRequest, `Unknown operation type ${configOperation}`);
  return null;
}

function combined(before: readonly string[], elements: readonly string[], by: number): string[] {
  if (by === operation.append) return [...new Set([...before, ...elements])];
  return before.filter((element) => !elements.includes(element));
}
