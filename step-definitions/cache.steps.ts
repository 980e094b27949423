import { formatDuration } from '../support/time';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { cachedValue, describeEntry } from '../world/cache-values';
import { counted, expectJson, expectLiteral, fail, type Literal } from '../world/expectations';
import { stepsUsing } from './define';

const { assertion, setup } = stepsUsing('redis');

setup(
  'cache key {string} is set to {literal}',
  { doc: 'Sets a string.', examples: ['Given cache key "greeting" is set to "hello"'] },
  async function (this: AcceptanceWorld, key: string, value: Literal) {
    await this.cache.write(key, this.variables.text(String(value), `the value of cache key "${key}"`));
  },
);

setup(
  'cache key {string}[ expiring in {duration}] is set to:',
  {
    doc: 'Sets a string to this text, `${...}` filled, which may expire.',
    examples: ['Given cache key "order:1" is set to:\n  """\n  { "status": "confirmed" }\n  """'],
  },
  async function (this: AcceptanceWorld, key: string, expiresInMs: number | undefined, value: string) {
    const text = this.variables.text(value, `the value of cache key "${key}"`);
    await this.cache.write(key, text, expiresInMs);
  },
);

setup(
  'cache key {string} is removed',
  { doc: 'Deletes the key, whatever it holds.', examples: ['Given cache key "order:1" is removed'] },
  async function (this: AcceptanceWorld, key: string) {
    await this.cache.remove(key);
  },
);

assertion(
  'cache key {string} is {literal}',
  {
    doc: 'The key holds this value. Text may be a marker.',
    examples: ['Then cache key "greeting" is "hello"'],
  },
  async function (this: AcceptanceWorld, key: string, expected: Literal) {
    const entry = await this.cache.read(key);
    if (entry.type === 'none') return fail(await absence(this, entry.key));
    const actual = typeof expected === 'string' ? entry.value : cachedValue(entry);
    return expectLiteral(this, expected, actual, `cache key "${entry.key}"`);
  },
);

assertion(
  'cache key {string} matches:',
  {
    doc: 'The key holds JSON (or a hash, list or set) with at least these fields.',
    examples: [
      'Then within 5 seconds cache key "order:${orderId}" matches:\n  """\n  { "status": "confirmed" }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, key: string, expected: string) {
    const entry = await this.cache.read(key);
    if (entry.type === 'none') return fail(await absence(this, entry.key));
    return expectJson(this, expected, cachedValue(entry), {
      what: `cache key "${entry.key}"`,
      mode: 'contains',
    });
  },
);

assertion(
  'cache key {string} is absent',
  {
    doc: 'There is no such key, or it has expired.',
    examples: ['Then within 2 seconds cache key "order:1" is absent'],
  },
  async function (this: AcceptanceWorld, key: string) {
    const entry = await this.cache.read(key);
    if (entry.type !== 'none') fail(`cache key "${entry.key}" is not absent: ${describeEntry(entry)}`);
  },
);

assertion(
  'cache key {string} expires within {duration}',
  {
    doc: 'The key is there and will expire, at the latest after that time.',
    examples: ['Then cache key "order:${orderId}" expires within 5 minutes'],
  },
  async function (this: AcceptanceWorld, key: string, limitMs: number) {
    const { key: name, type, expiresInMs } = await this.cache.read(key);
    if (type === 'none') return fail(await absence(this, name));
    if (expiresInMs === undefined) return fail(`cache key "${name}" never expires`);
    if (expiresInMs > limitMs) {
      return fail(
        `cache key "${name}" expires in ${formatDuration(expiresInMs)}, not within ${formatDuration(limitMs)}`,
      );
    }
    return undefined;
  },
);

assertion(
  'cache key {string} never expires',
  { doc: 'The key is there and has no time to live.', examples: ['Then cache key "greeting" never expires'] },
  async function (this: AcceptanceWorld, key: string) {
    const { key: name, type, expiresInMs } = await this.cache.read(key);
    if (type === 'none') return fail(await absence(this, name));
    if (expiresInMs !== undefined)
      return fail(`cache key "${name}" expires in ${formatDuration(expiresInMs)}`);
    return undefined;
  },
);

assertion(
  'the cache has {int} key(s) like {string}',
  {
    doc: 'How many keys match a pattern of Redis: `order:*`.',
    examples: ['Then the cache has 1 key like "order:*"', 'Then the cache has 0 keys like "session:*"'],
  },
  async function (this: AcceptanceWorld, count: number, pattern: string) {
    const keys = await this.cache.keys(pattern);
    if (keys.length === count) return;
    const list = keys.length === 0 ? '' : `: ${keys.slice(0, 20).join(', ')}`;
    fail(`the cache has ${counted(keys.length, 'key')} like "${pattern}", not ${count}${list}`);
  },
);

async function absence(world: AcceptanceWorld, key: string): Promise<string> {
  const keys = await world.cache.keys();
  const there = keys.length === 0 ? 'the cache is empty' : `the cache has: ${keys.slice(0, 20).join(', ')}`;
  return `cache key "${key}" is absent; ${there}`;
}
