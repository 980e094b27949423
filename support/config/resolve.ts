import type { z } from 'zod';
import { BrineError, didYouMean } from '../errors';
import { credentialsOf } from './credentials';
import { commonNameOf, environmentName, withEnvironment } from './from-environment';
import { configurationSchema, type ResolvedConfiguration } from './schema';
import { schemaAt, shapeOf } from './walk';

type Issue = z.core.$ZodIssue;

/** Where the configuration was read, for messages. */
const source = 'brine({...})';

/**
 * The complete configuration: what the user gave, what the environment says over it, and the defaults.
 * @param given what `brine({...})` got; nothing about it is taken on trust
 * @throws BrineError naming the key, the value, what is allowed, and the nearest match;
 *   an AggregateError of those when there are several
 */
export function resolveConfiguration(given: unknown, environment: NodeJS.ProcessEnv): ResolvedConfiguration {
  const merged = withEnvironment(given, environment);
  const result = configurationSchema.safeParse(merged);
  if (!result.success)
    throw combined(result.error.issues.flatMap((issue) => errorsOf(issue, merged, environment)));
  const configuration = withShortForms(result.data);
  checkServices(configuration);
  const { schemaRegistry = '' } = configuration.kafka;
  const secrets = new Set([...configuration.secrets, ...credentialsOf(schemaRegistry)]);
  return { ...configuration, secrets: [...secrets] };
}

function combined(errors: readonly BrineError[]): Error {
  const [first] = errors;
  if (errors.length === 1 && first !== undefined) return first;
  return new AggregateError(errors, errors.map(({ message }) => message).join('\n'));
}

function errorsOf(issue: Issue, given: unknown, environment: NodeJS.ProcessEnv): BrineError[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue.path, key));
  return [wrongValue(issue, given, environment)];
}

function unknownKey(path: readonly PropertyKey[], key: string): BrineError {
  const parent = schemaAt(configurationSchema, path);
  const allowed = Object.keys((parent && shapeOf(parent)) ?? {});
  return new BrineError('BRINE_CONFIG_001', {
    key: dotted([...path, key]),
    source,
    suggestion: didYouMean(key, allowed),
    allowed: allowed.join(', '),
  });
}

function wrongValue(issue: Issue, given: unknown, environment: NodeJS.ProcessEnv): BrineError {
  const value = issue.path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    given,
  );
  const choices = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  return new BrineError('BRINE_CONFIG_002', {
    ...placeOf(issue.path, value, environment),
    value: value === undefined ? 'missing' : JSON.stringify(value),
    reason: value === undefined ? 'it must be given' : 'it is not allowed',
    suggestion: typeof value === 'string' ? didYouMean(value, choices) : '',
    expected: choices.length > 0 ? `one of ${choices.join(', ')}` : expectation(issue),
  });
}

/** Where a value came from: the environment goes before what was written. */
function placeOf(
  path: readonly PropertyKey[],
  value: unknown,
  environment: NodeJS.ProcessEnv,
): { key: string; source: string } {
  const isItem = typeof path.at(-1) === 'number'; // a list is one variable
  const variable = environmentName((isItem ? path.slice(0, -1) : path).map(String));
  const name = environment[variable] === undefined ? commonNameOf(path, value, environment) : variable;
  return name === undefined ? { key: dotted(path), source } : { key: name, source: 'the environment' };
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'string' ? 'text' : `a value of type ${issue.expected}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'another name';
    case 'too_small':
      return `at least ${issue.minimum}${issue.origin === 'number' ? '' : ' of them'}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

/** `useContainers` and `apiUrl` are short for other keys. */
function withShortForms(configuration: ResolvedConfiguration): ResolvedConfiguration {
  const { useContainers, apiUrl } = configuration;
  if (useContainers !== undefined && configuration.provider === 'auto') {
    configuration.provider = useContainers ? 'container' : 'embedded';
  }
  const [first] = Object.keys(configuration.services);
  const service = first === undefined ? undefined : configuration.services[first];
  if (apiUrl !== undefined && service !== undefined) service.url ??= apiUrl;
  return configuration;
}

function checkServices(configuration: ResolvedConfiguration): void {
  for (const [name, service] of Object.entries(configuration.services)) {
    const { command, image, compose, module, url } = service;
    if ((command ?? image ?? compose ?? module ?? url) === undefined) {
      throw new BrineError('BRINE_CONFIG_004', {
        reason: `service "${name}" has neither a command nor an image nor a url nor a module`,
        advice: `give services.${name}.command how to start it, services.${name}.image what to run, services.${name}.module which file it is, or services.${name}.url where it runs`,
      });
    }
    const another = (['command', 'image', 'compose'] as const).find((key) => service[key] !== undefined);
    if (module !== undefined && another !== undefined) {
      throw new BrineError('BRINE_CONFIG_004', {
        reason: `service "${name}" has both a module, which runs in Brine's own process, and services.${name}.${another}`,
        advice: `take out services.${name}.module or services.${name}.${another}`,
      });
    }
    if (service.image !== undefined && service.compose !== undefined) {
      throw new BrineError('BRINE_CONFIG_004', {
        reason: `service "${name}" has both an image and its name in a compose file`,
        advice: `take out services.${name}.image or services.${name}.compose`,
      });
    }
    const container = service.image ?? service.compose;
    if (container !== undefined && service.containerPort === undefined && service.url === undefined) {
      throw new BrineError('BRINE_CONFIG_004', {
        reason: `service "${name}" runs in a container, and nothing says on which port it listens in its container`,
        advice: `give services.${name}.containerPort`,
      });
    }
  }
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}
