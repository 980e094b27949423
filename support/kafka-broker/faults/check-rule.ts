import { didYouMean } from '../../errors/nearest';
import { errorCodeOf, errorNames } from '../error-code';
import type { RegisteredApi } from '../handlers/registered-api';
import type { FaultRule } from './fault-rule';
import { type Aspect, tells } from './request-facts';

const ruleKeys = [
  'api',
  'node',
  'clientId',
  'topic',
  'partition',
  'group',
  'member',
  'transactionalId',
  'effect',
  'nth',
  'times',
  'chance',
];
const aspects: readonly Aspect[] = ['topic', 'partition', 'group', 'member', 'transactionalId'];
/** APIs with records, which alone can be given twice. */
const withRecords = ['Produce', 'Fetch'];

/** What a rule is checked against. */
export interface Known {
  readonly apis: ReadonlyMap<number, RegisteredApi>;
  readonly nodes: readonly number[];
}

/** @throws when the rule cannot mean anything: with the key, the value, and the nearest right word */
export function checkRule(rule: FaultRule, known: Known): void {
  checkKeys(rule, ruleKeys, 'a rule');
  const api = rule.api === undefined ? undefined : apiOf(rule.api, known.apis);
  if (rule.node !== undefined && !known.nodes.includes(rule.node)) {
    fail('node', rule.node, `there is no such broker; there are: ${known.nodes.join(', ')}`);
  }
  for (const key of ['clientId', 'topic', 'group', 'member', 'transactionalId'] as const) {
    if (rule[key] !== undefined && typeof rule[key] !== 'string') fail(key, rule[key], 'a text is wanted');
  }
  checkNumber(rule, 'partition', 0);
  checkNumber(rule, 'nth', 1);
  checkNumber(rule, 'times', 1);
  if (rule.chance !== undefined && !(rule.chance > 0 && rule.chance <= 1)) {
    fail('chance', rule.chance, 'a number above 0 and up to 1 is wanted');
  }
  if (rule.partition !== undefined && rule.topic === undefined) {
    fail('partition', rule.partition, 'of which topic? `topic` is missing');
  }
  for (const aspect of aspects) {
    if (api && rule[aspect] !== undefined && !tells(api, aspect)) {
      fail(aspect, rule[aspect], `no ${api.name} request tells it, so the rule would never hit`);
    }
  }
  checkEffect(rule, api);
}

/** @throws when there is no such API, or it is not offered */
export function apiOf(api: string | number, apis: ReadonlyMap<number, RegisteredApi>): RegisteredApi {
  const all = [...apis.values()];
  const found = all.find(({ key, name }) => (typeof api === 'number' ? key === api : name === api));
  if (found) return found;
  const names = all.map(({ name }) => name);
  const hint = typeof api === 'string' ? didYouMean(api, names) : '';
  return fail('api', api, `there is no such API; ${hint}there are: ${names.join(', ')}`);
}

type Check = (value: unknown) => string | null;

const effects: Readonly<Record<string, Check>> = {
  error: errorProblem,
  delayMs: (value) => {
    const range = Array.isArray(value) ? value : [value, value];
    const isRange = range.length === 2 && range.every(isDuration) && range[0] <= range[1];
    return isRange ? null : 'milliseconds are wanted, or the least and the most of them';
  },
  drop: (value) => (value === 'before' || value === 'after' ? null : '"before" or "after" is wanted'),
  loseAnswer: (value) => (value === true ? null : 'true is wanted'),
  hang: (value) => (value === true ? null : 'true is wanted'),
  repeat: (value) => (isInteger(value, 2) ? null : 'a whole number from 2 on is wanted'),
  throttleMs: (value) => (isInteger(value, 1) ? null : 'whole milliseconds are wanted'),
  truncateTo: (value) => (isInteger(value, 0) ? null : 'a number of bytes is wanted'),
};

function checkEffect({ effect }: FaultRule, api: RegisteredApi | undefined): void {
  if (typeof effect !== 'object' || effect === null) {
    fail('effect', effect, `an object with one of these is wanted: ${Object.keys(effects).join(', ')}`);
  }
  checkKeys(effect, Object.keys(effects), 'an effect');
  const [[name, value] = ['', undefined], ...more] = Object.entries(effect);
  const check = effects[name];
  if (!check || more.length > 0)
    fail('effect', effect, `exactly one of these is wanted: ${Object.keys(effects).join(', ')}`);
  const problem = check(value);
  if (problem !== null) fail(`effect.${name}`, value, problem);
  if (name === 'repeat' && !(api && withRecords.includes(api.name))) {
    fail(
      'effect.repeat',
      value,
      `only ${withRecords.join(' and ')} have records: give one of them as \`api\``,
    );
  }
}

function errorProblem(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number')
    return 'the name or the code of an error is wanted';
  if (errorCodeOf(value) !== undefined) return null;
  const hint = typeof value === 'string' ? didYouMean(value, errorNames) : '';
  return `Kafka has no such error${hint === '' ? '' : `; ${hint.trim()}`}`;
}

function checkKeys(given: object, allowed: readonly string[], where: string): void {
  for (const [key, value] of Object.entries(given)) {
    if (allowed.includes(key)) continue;
    fail(key, value, `${where} has no such key; ${didYouMean(key, allowed)}there are: ${allowed.join(', ')}`);
  }
}

function checkNumber(rule: FaultRule, key: 'partition' | 'nth' | 'times', least: number): void {
  const value = rule[key];
  if (value !== undefined && !isInteger(value, least))
    fail(key, value, `a whole number from ${least} on is wanted`);
}

function isInteger(value: unknown, least: number): boolean {
  return Number.isInteger(value) && (value as number) >= least;
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value);
}

function fail(key: string, value: unknown, why: string): never {
  throw new Error(`fault rule, ${key}: ${JSON.stringify(value)}: ${why}`);
}
