/** The types of settings, with their numbers in DescribeConfigsResponse.json. */
export const configType = { boolean: 1, string: 2, int: 3, long: 5, double: 6, list: 7 } as const;

export type ConfigType = keyof typeof configType;

/** A setting that a broker knows: what it may be, and what it is when nobody has set it. */
export interface ConfigDefinition {
  readonly name: string;
  readonly type: ConfigType;
  readonly byDefault: string;
  readonly documentation: string;
  /** What is wrong with a value of the right type, in Kafka's words; null when nothing is. */
  readonly complaint?: (value: string) => string | null;
  /** How a value is shown in an error about it, when not as it was given. */
  readonly shown?: (value: string) => string;
}

const limits = {
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

/** Kafka's ConfigDef.Range. */
export function range(least?: number, most?: number): (value: string) => string | null {
  return (value) => {
    if (least !== undefined && Number(value) < least) return `Value must be at least ${least}`;
    if (most !== undefined && Number(value) > most) return `Value must be no more than ${most}`;
    return null;
  };
}

/** Kafka's ConfigDef.ValidString, and ValidList for a list. */
export function oneOf(...allowed: string[]): (value: string) => string | null {
  return (value) => (allowed.includes(value) ? null : `String must be one of: ${allowed.join(', ')}`);
}

/**
 * Why the value cannot be accepted, worded as Kafka's ConfigDef words it; null when it can.
 */
export function problemWith(definition: ConfigDefinition, given: string): string | null {
  const { name, type, complaint } = definition;
  const value = given.trim();
  const fail = (shown: string, reason: string) =>
    `Invalid value ${shown} for configuration ${name}: ${reason}`;
  if (!isOfType(type, value)) {
    return fail(
      given,
      type === 'boolean'
        ? 'Expected value to be either true or false'
        : `Not a number of type ${type.toUpperCase()}`,
    );
  }
  for (const part of type === 'list' ? listOf(value) : [value]) {
    const reason = complaint?.(part);
    if (reason) return fail(definition.shown?.(part) ?? part, reason);
  }
  return null;
}

/** The elements of a list: separated by commas, spaces around them ignored. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isOfType(type: ConfigType, value: string): boolean {
  if (type === 'boolean') return /^(true|false)$/i.test(value);
  if (type === 'double') return value !== '' && Number.isFinite(Number(value));
  if (type !== 'int' && type !== 'long') return true;
  if (!/^[+-]?\d{1,19}$/.test(value)) return false;
  const [least, most] = limits[type];
  const number = BigInt(value.replace('+', ''));
  return number >= least && number <= most;
}
