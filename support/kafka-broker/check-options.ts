import { didYouMean } from '../errors/nearest';
import type { KafkaBrokerOptions } from './broker-options';

/** What a request, or a test, may ask for at once: MAX_PARTITIONS_PER_BATCH of Kafka's controller. */
export const maxPartitions = 10_000;

type Check = (value: unknown, options: KafkaBrokerOptions) => string | null;

const flag: Check = (value) => (typeof value === 'boolean' ? null : 'true or false is wanted');
const callback: Check = (value) => (typeof value === 'function' ? null : 'a function is wanted');
const object: Check = (value) => (typeof value === 'object' && value !== null ? null : 'an object is wanted');

const checks: Readonly<Record<keyof KafkaBrokerOptions, Check>> = {
  host: (value) => (typeof value === 'string' && value !== '' ? null : 'a host name or address is wanted'),
  port: (value, { brokers = 1 }) => whole(0, 65_536 - brokers)(value, {}),
  brokers: whole(1, 100),
  autoCreateTopics: flag,
  defaultPartitions: whole(1, maxPartitions),
  maxFetchWaitMs: whole(0),
  initialRebalanceDelayMs: whole(0),
  fastRebalance: flag,
  maxBytes: whole(1),
  retentionCheckIntervalMs: whole(1, 2 ** 31 - 1),
  acls: flag,
  superUsers: (value) => (Array.isArray(value) ? null : 'a list of names is wanted'),
  sasl: object,
  tls: (value) =>
    object(value, {}) ?? (hasKeyAndCert(value) ? null : '`key` and `cert` are wanted, both PEM'),
  clock: object,
  now: callback,
  random: callback,
  log: callback,
};

/** @throws when an option does not exist or cannot be: the message has its name, what was given, and what is wanted */
export function checkOptions(options: KafkaBrokerOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const problem = value === undefined ? null : problemOf(name, value, options);
    if (problem !== null) throw new Error(`Kafka broker, ${name}: ${shown(value)}: ${problem}`);
  }
}

function problemOf(name: string, value: unknown, options: KafkaBrokerOptions): string | null {
  const check = Object.entries(checks).find(([known]) => known === name)?.[1];
  if (check) return check(value, options);
  const names = Object.keys(checks);
  return `there is no such option; ${didYouMean(name, names)}there are: ${names.join(', ')}`;
}

function whole(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  return (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? null
      : `a whole number ${range} is wanted`;
}

function hasKeyAndCert(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'key' in value && 'cert' in value;
}

/** No more of it than tells which it was: a key must not be in a message. */
function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? JSON.stringify(value) : typeof value;
}
