import type { DataTable } from '@cucumber/cucumber';
import type { RowsMode } from '../support/matching';
import { formatDuration } from '../support/time';
import type { AcceptanceWorld } from '../world/acceptance-world';
import {
  countedParts,
  expectCached,
  expectCachedJson,
  expectExpired,
  expectParts,
  listed,
  partsLike,
  partsOf,
  presentEntry,
  wrongType,
} from '../world/cache-expectations';
import { expectEqualsRow } from '../world/cache-row';
import { additionFrom, keysFrom, type PartNoun } from '../world/cache-tables';
import {
  bytesFrom,
  cachedValue,
  describeEntry,
  lifeOf,
  nestedOrText,
  typeName,
  type Window,
} from '../world/cache-values';
import { counted, expectRows, fail, indented, type Literal } from '../world/expectations';
import { renderRows } from '../world/row-text';
import { stepsUsing } from './define';

const { assertion, setup } = stepsUsing('redis');

setup(
  'cache key {string}[ expiring in {duration}] is set to {literal}',
  {
    doc: 'Sets a string, which may expire. A number makes a counter.',
    examples: [
      'Given cache key "greeting" is set to "hello"',
      'Given cache key "session:${id}" expiring in 5 minutes is set to "ada"',
      'Given cache key "visits" is set to 41',
    ],
  },
  async function (this: AcceptanceWorld, key: string, expiresInMs: number | undefined, value: Literal) {
    const text = this.variables.text(String(value), `the value of cache key "${key}"`);
    await this.cache.write(key, text, expiresInMs);
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
  'cache key {string}[ expiring in {duration}] is set to bytes {string}',
  {
    doc: 'Sets a string to bytes, written in hexadecimal digits or base64: `"0x00ff"`, `"base64:AP8="`.',
    examples: ['Given cache key "thumbnail:1" is set to bytes "0x89504e47"'],
  },
  async function (this: AcceptanceWorld, key: string, expiresInMs: number | undefined, bytes: string) {
    await this.cache.write(key, bytesFrom(bytes), expiresInMs);
  },
);

setup(
  'cache key {string}[ expiring in {duration}] receives {parts}:',
  {
    doc: 'Adds to a key, which is made when there is none: `fields` to a hash (columns `field`, `value`), `items` to the end of a list (`item`), `members` to a set (`member`) or, with a column `score`, a sorted set, `entries` to a stream (a column for each field). With `expiring in`, the whole key expires.',
    examples: [
      'Given cache key "user:1" receives fields:\n  | field | value |\n  | name  | ada   |',
      'Given cache key "queue" receives items:\n  | item |\n  | a    |\n  | b    |',
      'Given cache key "board" expiring in 1 hour receives members:\n  | member | score |\n  | ada    | 120   |',
      'Given cache key "audit" receives entries:\n  | type    | orderId |\n  | created | 1       |',
    ],
  },
  async function (
    this: AcceptanceWorld,
    key: string,
    expiresInMs: number | undefined,
    noun: PartNoun,
    table: DataTable,
  ) {
    await this.cache.add(key, additionFrom(this, noun, table), expiresInMs);
  },
);

setup(
  'the cache receives keys:',
  {
    doc: 'Sets many strings. Columns: `key`, `value`, and perhaps `expires in`; an empty cell there means never.',
    examples: [
      'Given the cache receives keys:\n  | key     | value           | expires in |\n  | stock:1 | 5               | 10 minutes |\n  | stock:2 | { "left": 7 }   |            |',
    ],
  },
  async function (this: AcceptanceWorld, table: DataTable) {
    for (const { key, value, expiresInMs } of keysFrom(this, table))
      await this.cache.write(key, value, expiresInMs);
  },
);

setup(
  'cache key {string} is increased by {int}',
  {
    doc: 'Adds to a counter; one that is absent begins at 0.',
    examples: ['Given cache key "visits" is increased by 1'],
  },
  async function (this: AcceptanceWorld, key: string, by: number) {
    await this.cache.increase(key, by);
  },
);

setup(
  'cache key {string} is removed',
  { doc: 'Deletes the key, whatever it holds.', examples: ['Given cache key "order:1" is removed'] },
  async function (this: AcceptanceWorld, key: string) {
    await this.cache.remove(key);
  },
);

setup(
  'cache keys like {string} are removed',
  {
    doc: 'Deletes all keys that match a pattern of Redis; found by SCAN.',
    examples: ['Given cache keys like "order:*" are removed'],
  },
  async function (this: AcceptanceWorld, pattern: string) {
    for (const key of await this.cache.keys(pattern)) await this.cache.remove(key);
  },
);

setup(
  'the cache is emptied',
  {
    doc: "Deletes all keys of the lane's logical database. A cache that is not Brine's is not emptied.",
    examples: ['Given the cache is emptied'],
  },
  async function (this: AcceptanceWorld) {
    await this.cache.empty();
  },
);

setup(
  'consumer group {string} of cache key {string} exists',
  {
    doc: 'Makes a consumer group that begins at the first entry of a stream, and the stream, unless they are there.',
    examples: ['Given consumer group "mailer" of cache key "audit" exists'],
  },
  async function (this: AcceptanceWorld, group: string, key: string) {
    await this.cache.createGroup(key, group);
  },
);

setup(
  'reads of the cache are watched',
  {
    doc: 'From now on it is seen what the services do with keys (by `MONITOR`), for `the last read of cache key ...`.',
    examples: ['Given reads of the cache are watched'],
  },
  async function (this: AcceptanceWorld) {
    await this.cache.startWatch();
  },
);

assertion(
  'cache key {string} is {literal}',
  {
    doc: 'The key holds this string, or this number. Text may be a marker.',
    examples: [
      'Then cache key "greeting" is "hello"',
      'Then cache key "visits" is 42',
      'Then cache key "visits" is "#? _ > 41"',
    ],
  },
  async function (this: AcceptanceWorld, key: string, expected: Literal) {
    await expectCached(this, key, expected);
  },
);

assertion(
  'cache key {string} holds bytes {string}',
  {
    doc: 'The key holds a string of just these bytes, written in hexadecimal digits or base64.',
    examples: ['Then cache key "thumbnail:1" holds bytes "0x89504e47"'],
  },
  async function (this: AcceptanceWorld, key: string, bytes: string) {
    const wanted = bytesFrom(bytes);
    const entry = await presentEntry(this, key);
    if (entry.type !== 'string') return fail(wrongType(entry, 'string'));
    if (!wanted.equals(Buffer.from(entry.value as string | Buffer)))
      fail(`cache key "${key}" does not hold the bytes ${bytes}: ${describeEntry(entry)}`);
  },
);

assertion(
  'cache key {string} matches:',
  {
    doc: 'The key holds JSON with at least these fields; a hash is an object of texts, a list or stream an array, a set an array in any order.',
    examples: [
      'Then within 5 seconds cache key "order:${orderId}" matches:\n  """\n  { "status": "confirmed" }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, key: string, expected: string) {
    await expectCachedJson(this, key, expected, 'contains');
  },
);

assertion(
  'cache key {string} is exactly:',
  {
    doc: 'The key holds JSON with these fields and no others, at every level, however it is formatted.',
    examples: ['Then cache key "order:1" is exactly:\n  """\n  { "status": "confirmed" }\n  """'],
  },
  async function (this: AcceptanceWorld, key: string, expected: string) {
    await expectCachedJson(this, key, expected, 'exactly');
  },
);

const modes: ReadonlyArray<{
  readonly phrase: string;
  readonly mode: RowsMode;
  readonly doc: string;
  readonly example: string;
}> = [
  {
    phrase: 'has {parts}:',
    mode: 'contains',
    doc: 'The key has one for each row, in any order; there may be others. Only the given columns are compared; values that are JSON may be named by paths, such as `item.sku`. Columns: `field`, `value`; `position`, `item`; `member`, `score`, `rank`; `id` and the fields of an entry.',
    example: 'has fields:\n  | field | value |\n  | name  | ada   |',
  },
  {
    phrase: 'has {parts} in order:',
    mode: 'in order',
    doc: 'As `has items:`, in this order; others may come between. A sorted set is in the order of its scores.',
    example: 'has items in order:\n  | item |\n  | a    |\n  | b    |',
  },
  {
    phrase: 'has only these {parts}:',
    mode: 'only',
    doc: 'The key has these and no others, in any order.',
    example: 'has only these members:\n  | member |\n  | ada    |',
  },
  {
    phrase: 'has only these {parts} in order:',
    mode: 'only in order',
    doc: 'The key has these and no others, in this order.',
    example:
      'has only these members in order:\n  | member | score |\n  | ada    | 90    |\n  | grace  | 120   |',
  },
];

for (const { phrase, mode, doc, example } of modes) {
  assertion(
    `cache key {string} ${phrase}`,
    { doc, examples: [`Then cache key "user:1" ${example}`] },
    async function (this: AcceptanceWorld, key: string, noun: PartNoun, table: DataTable) {
      await expectParts(this, key, noun, table, mode);
    },
  );
}

assertion(
  'cache key {string} has no {parts} like:',
  {
    doc: 'None of them matches any of these rows; so it is when there is no such key.',
    examples: ['Then for 1 second cache key "queue" has no items like:\n  | item |\n  | poison |'],
  },
  async function (this: AcceptanceWorld, key: string, noun: PartNoun, table: DataTable) {
    const found = await partsLike(this, key, noun, table);
    if (found.length > 0)
      fail(
        `cache key "${key}" has ${countedParts(found.length, noun)} like that:\n${indented(renderRows(found))}`,
      );
  },
);

assertion(
  'cache key {string} has {int} {parts}',
  {
    doc: 'How many fields, items, members or entries the key has; an absent one has 0.',
    examples: ['Then cache key "queue" has 2 items', 'Then cache key "audit" has 1 entry'],
  },
  async function (this: AcceptanceWorld, key: string, count: number, noun: PartNoun) {
    const { parts } = await partsOf(this, key, noun);
    if (parts.length === count) return;
    const rows = parts.length === 0 ? '' : `:\n${indented(renderRows(parts))}`;
    fail(`cache key "${key}" has ${countedParts(parts.length, noun)}, not ${count}${rows}`);
  },
);

assertion(
  'cache key {string} is a {keyType}',
  {
    doc: 'The type of what the key holds.',
    examples: ['Then cache key "board" is a sorted set'],
  },
  async function (this: AcceptanceWorld, key: string, wanted: string) {
    const entry = await presentEntry(this, key);
    if (typeName(entry.type) !== wanted)
      fail(`cache key "${key}" is a ${typeName(entry.type)}, not a ${wanted}; ${describeEntry(entry)}`);
  },
);

assertion(
  'cache key {string} exists',
  { doc: 'The key is there, whatever it holds.', examples: ['Then cache key "order:1" exists'] },
  async function (this: AcceptanceWorld, key: string) {
    await presentEntry(this, key);
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
    if (entry.type !== 'none') fail(`cache key "${key}" is not absent: ${describeEntry(entry)}`);
  },
);

assertion(
  'cache key {string} expires within {duration}',
  {
    doc: 'The key is there and will expire, at the latest after that time.',
    examples: ['Then cache key "order:${orderId}" expires within 5 minutes'],
  },
  async function (this: AcceptanceWorld, key: string, limitMs: number) {
    const left = await lifeLeft(this, key);
    if (left > limitMs)
      fail(`cache key "${key}" expires in ${formatDuration(left)}, not within ${formatDuration(limitMs)}`);
  },
);

assertion(
  'cache key {string} expires in {window}',
  {
    doc: 'The key is there and will expire, neither sooner nor later than that.',
    examples: [
      'Then cache key "order:${orderId}" expires in 4 to 5 minutes',
      'Then cache key "session:1" expires in 30 seconds to 2 minutes',
    ],
  },
  async function (this: AcceptanceWorld, key: string, { fromMs, toMs }: Window) {
    const left = await lifeLeft(this, key);
    if (left < fromMs || left > toMs) {
      const wanted = `${formatDuration(fromMs)} to ${formatDuration(toMs)}`;
      fail(`cache key "${key}" expires in ${formatDuration(left)}, not in ${wanted}`);
    }
  },
);

assertion(
  'cache key {string} never expires',
  { doc: 'The key is there and has no time to live.', examples: ['Then cache key "greeting" never expires'] },
  async function (this: AcceptanceWorld, key: string) {
    const entry = await presentEntry(this, key);
    if (entry.expiresInMs !== undefined)
      fail(`cache key "${key}" expires in ${formatDuration(entry.expiresInMs)}`);
  },
);

assertion(
  'cache key {string} has expired',
  {
    doc: 'The key was seen by a step of this scenario, and is gone because its time to live is over: not because it was removed before.',
    examples: ['Then within 5 seconds cache key "session:1" has expired'],
  },
  async function (this: AcceptanceWorld, key: string) {
    await expectExpired(this, key);
  },
);

assertion(
  'the cache has {int} key(s)[ like {string}]',
  {
    doc: 'How many keys there are, or match a pattern of Redis: `order:*`. They are counted by SCAN.',
    examples: [
      'Then the cache has 1 key like "order:*"',
      'Then the cache has 0 keys like "session:*"',
      'Then the cache has 3 keys',
    ],
  },
  async function (this: AcceptanceWorld, count: number, pattern?: string) {
    const keys = await this.cache.keys(pattern);
    if (keys.length === count) return;
    const list = keys.length === 0 ? '' : `: ${listed(keys)}`;
    fail(`the cache has ${counted(keys.length, 'key')}${like(pattern)}, not ${count}${list}`);
  },
);

assertion(
  'the cache has no keys[ like {string}]',
  {
    doc: 'There is no key, or none that matches a pattern of Redis. Say for how long: `for 1 second ...`.',
    examples: ['Then for 1 second the cache has no keys like "lock:*"'],
  },
  async function (this: AcceptanceWorld, pattern?: string) {
    const keys = await this.cache.keys(pattern);
    if (keys.length > 0)
      fail(`the cache has ${counted(keys.length, 'key')}${like(pattern)}, not none: ${listed(keys)}`);
  },
);

assertion(
  'the cache has keys:',
  {
    doc: 'The cache has a key for each row, and may have others. Columns: `key`, `type`, `value`; a value that is JSON may be named by paths, such as `value.status`.',
    examples: [
      'Then the cache has keys:\n  | key     | type   | value.status |\n  | order:1 | string | confirmed    |',
    ],
  },
  async function (this: AcceptanceWorld, table: DataTable) {
    await expectKeys(this, table, 'contains');
  },
);

assertion(
  'the cache has only these keys:',
  {
    doc: 'The cache has these keys and no others. Columns as with `the cache has keys:`.',
    examples: ['Then the cache has only these keys:\n  | key     |\n  | order:1 |'],
  },
  async function (this: AcceptanceWorld, table: DataTable) {
    await expectKeys(this, table, 'only');
  },
);

assertion(
  'cache key {string} equals the row of table {string}[ of {database}] where:',
  {
    doc: 'The JSON object or hash equals the one row that fits the given cells. Compared is what both have: a field and a column of the same name but for case, `_` and `-` (`totalCents` and `total_cents`), as the type of the column demands.',
    examples: [
      'Then within 5 seconds cache key "order:${orderId}" equals the row of table "orders" where:\n  | id         |\n  | ${orderId} |',
    ],
    uses: ['postgres', 'redis'],
  },
  async function (
    this: AcceptanceWorld,
    key: string,
    table: string,
    database: string | undefined,
    where: DataTable,
  ) {
    await expectEqualsRow(this, key, { table, database, where });
  },
);

assertion(
  'consumer group {string} of cache key {string} has caught up',
  {
    doc: 'The group of this stream was given every entry, and has acknowledged them all.',
    examples: ['Then within 5 seconds consumer group "mailer" of cache key "audit" has caught up'],
  },
  async function (this: AcceptanceWorld, group: string, key: string) {
    const { lag, pending } = await groupOf(this, group, key);
    if (lag + pending === 0) return;
    const behind = `${counted(lag, 'entry').replace(/entrys$/, 'entries')} not delivered, ${pending} not acknowledged`;
    fail(`group "${group}" of cache key "${key}" is behind: ${behind}`);
  },
);

assertion(
  'the last read of cache key {string} was a hit',
  {
    doc: 'A service has read the key since `reads of the cache are watched`, it is there, and was not written since: the value was served. Redis does not tell its answers, so ask right after the request. Beyond doubt is another value: set the key to one that only the cache has, and look for it in the response.',
    examples: ['Then the last read of cache key "order:${orderId}" was a hit'],
  },
  async function (this: AcceptanceWorld, key: string) {
    await expectLastRead(this, key, 'hit');
  },
);

assertion(
  'the last read of cache key {string} was a miss',
  {
    doc: 'A service has read the key since `reads of the cache are watched`, and then it was filled, or is still absent.',
    examples: ['Then the last read of cache key "order:${orderId}" was a miss'],
  },
  async function (this: AcceptanceWorld, key: string) {
    await expectLastRead(this, key, 'miss');
  },
);

assertion(
  'cache key {string} was read {int} time(s)',
  {
    doc: 'How often services have read the key since `reads of the cache are watched`.',
    examples: ['Then cache key "order:1" was read 1 time', 'Then cache key "order:1" was read 0 times'],
  },
  async function (this: AcceptanceWorld, key: string, count: number) {
    const reads = await this.cache.watch.readsOf(key);
    if (reads !== count) fail(`cache key "${key}" was read ${times(reads)}, not ${times(count)}`);
  },
);

async function lifeLeft(world: AcceptanceWorld, key: string): Promise<number> {
  const { expiresInMs } = await presentEntry(world, key);
  return expiresInMs ?? fail(`cache key "${key}" never expires`);
}

function like(pattern: string | undefined): string {
  return pattern === undefined ? '' : ` like "${pattern}"`;
}

function times(count: number): string {
  return `${count} time${count === 1 ? '' : 's'}`;
}

const keyColumns = ['key', 'type', 'value'];

async function expectKeys(world: AcceptanceWorld, table: DataTable, mode: RowsMode): Promise<void> {
  const keys = await world.cache.keys();
  const entries = await Promise.all(keys.map((key) => world.cache.read(key)));
  const rows = entries.map((entry) => ({
    key: entry.key,
    type: typeName(entry.type),
    value: nestedOrText(cachedValue(entry)),
  }));
  expectRows(world, table, rows, { what: 'the cache', mode, noun: 'key', columns: keyColumns });
}

async function groupOf(world: AcceptanceWorld, name: string, key: string) {
  const entry = await presentEntry(world, key);
  if (entry.type !== 'stream') return fail(wrongType(entry, 'stream'));
  const groups = await world.cache.groups(key);
  const found = groups.find((group) => group.name === name);
  const known =
    groups.length === 0 ? 'it has none' : `it has: ${groups.map((group) => group.name).join(', ')}`;
  return found ?? fail(`cache key "${key}" has no consumer group "${name}"; ${known}`);
}

async function expectLastRead(world: AcceptanceWorld, key: string, wanted: 'hit' | 'miss'): Promise<void> {
  const { watch } = world.cache;
  const seen = world.cache.seen(key);
  const entry = await world.cache.read(key);
  const expired = (seen?.expiresAt ?? Number.POSITIVE_INFINITY) <= world.cache.clock.monotonic();
  const outcome = await watch.lastRead(key, entry.type !== 'none', expired);
  if (outcome === wanted) return;
  const now = entry.type === 'none' ? 'it is absent' : lifeOf(entry);
  const told: Readonly<Record<typeof outcome, string>> = {
    hit: `was a hit: the key is there, and was not written since (${now})`,
    miss: `was a miss: the key was ${entry.type === 'none' ? 'not there' : 'written after it'} (${now})`,
    'never read': `is none: no service has read it since reads are watched`,
    'removed since': `cannot be told: the key was removed or replaced after it (${now}); ask right after the request`,
    'perhaps expired since': `cannot be told: the key may have expired since; ask right after the request`,
  };
  fail(`the last read of cache key "${key}" ${told[outcome]}`);
}
