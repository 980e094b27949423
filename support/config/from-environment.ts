import { BrineError, didYouMean } from '../errors';
import { configurationSchema } from './schema';
import { isObject, type Leaf, leaves, unwrapped } from './walk';

/** Names that other tools use too. They fill what the configuration leaves open; `BRINE_...` goes before them. */
const commonNames: Readonly<Record<string, readonly string[]>> = {
  DATABASE_URL: ['postgres', 'url'],
  REDIS_URL: ['redis', 'url'],
  KAFKA_BROKERS: ['kafka', 'brokers'],
  API_BASE_URL: ['apiUrl'],
};

/** The one of those names that a value has come from; undefined when it was given otherwise. */
export function commonNameOf(
  path: readonly PropertyKey[],
  value: unknown,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const key = path.filter((part) => typeof part !== 'number').join('.');
  const [name] = Object.entries(commonNames).find(([, own]) => own.join('.') === key) ?? [];
  const text = name === undefined ? undefined : environment[name];
  if (text === undefined || typeof value !== 'string') return undefined;
  return listOf(text).includes(value) || text === value ? name : undefined;
}

/** Set by Brine itself for its workers and its own tests; not part of the configuration. */
const ownNames = new Set([
  'BRINE_RUN',
  'BRINE_RUN_ID',
  'BRINE_STEP_TIMEOUT',
  'BRINE_CACHE_DIR',
  'BRINE_TEST_DOCKER',
]);

/** `postgres.mayReset` is `BRINE_POSTGRES_MAY_RESET`. */
export function environmentName(path: readonly string[]): string {
  const words = path.map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^a-zA-Z0-9]/g, '_'));
  return `BRINE_${words.join('_').toUpperCase()}`;
}

/**
 * The configuration with the values of the environment laid over it.
 * `DATABASE_URL`, `REDIS_URL`, `KAFKA_BROKERS` and `API_BASE_URL` count only where the external provider is asked for by name:
 * a variable of the developer's shell must not turn a run on somebody's server.
 * @throws BrineError for a `BRINE_...` variable that is no key, or whose text is not of the key's kind
 */
export function withEnvironment(given: unknown, environment: NodeJS.ProcessEnv): unknown {
  const result = structuredClone(isObject(given) ? given : {});
  const known = new Map(
    leaves(configurationSchema, result).map((leaf) => [environmentName(leaf.path), leaf]),
  );
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('BRINE_') || ownNames.has(variable) || text === undefined) continue;
    const leaf = known.get(variable);
    if (leaf === undefined) throw unknownVariable(variable, known.keys());
    put(result, leaf.path, parsed(text, leaf, variable));
  }
  fillFromCommonNames(result, environment);
  return result;
}

function fillFromCommonNames(result: Record<string, unknown>, environment: NodeJS.ProcessEnv): void {
  for (const [variable, path] of Object.entries(commonNames)) {
    const text = environment[variable];
    if (text === undefined || text === '' || at(result, path) !== undefined) continue;
    const [service = ''] = path;
    const provider = at(result, [service, 'provider']) ?? result.provider;
    if (provider !== 'external') continue;
    put(result, path, variable === 'KAFKA_BROKERS' ? listOf(text) : text);
  }
}

function unknownVariable(variable: string, known: Iterable<string>): BrineError {
  const names = [...known];
  return new BrineError('BRINE_CONFIG_001', {
    key: variable,
    source: 'the environment',
    suggestion: didYouMean(variable, names),
    allowed: `${names.slice(0, 12).join(', ')}, ... (docs/configuration.md has them all)`,
  });
}

/** The text as a value of the leaf's kind; what is wrong with it otherwise is left to the schema. */
function parsed(text: string, leaf: Leaf, variable: string): unknown {
  switch (unwrapped(leaf.schema)._zod.def.type) {
    case 'number':
      return text.trim() === '' || Number.isNaN(Number(text))
        ? wrong(variable, text, 'a number')
        : Number(text);
    case 'boolean':
      if (/^(true|1|yes|on)$/i.test(text)) return true;
      if (/^(false|0|no|off)$/i.test(text)) return false;
      return wrong(variable, text, 'true or false');
    case 'array':
      return listOf(text);
    default:
      return text;
  }
}

function wrong(variable: string, text: string, expected: string): never {
  throw new BrineError('BRINE_CONFIG_002', {
    key: variable,
    source: 'the environment',
    value: JSON.stringify(text),
    reason: 'it is not of the right kind',
    suggestion: '',
    expected,
  });
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const child = isObject(target[key]) ? target[key] : {};
  target[key] = child;
  put(child, rest, value);
}
