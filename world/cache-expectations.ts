import type { DataTable } from '@cucumber/cucumber';
import { type CacheEntry, type CachePart, typeName } from '../support/clients';
import { nearest } from '../support/errors';
import { type ColumnKind, type Row, type RowsMode, renderValue, stringifyJson } from '../support/matching';
import { formatDuration } from '../support/time';
import type { AcceptanceWorld } from './acceptance-world';
import type { PartNoun } from './cache-tables';
import { cachedValue, lifeOf, nestedOrText, readIfJson } from './cache-values';
import {
  counted,
  expectJson,
  expectRows,
  fail,
  type Literal,
  matchesJson,
  matchingRows,
} from './expectations';

/** Names that a message lists. */
const mostNames = 20;
/** Keys that are looked at for a message. */
const mostKeys = 1_000;

const typesOf: Readonly<Record<PartNoun, readonly string[]>> = {
  field: ['hash'],
  item: ['list'],
  member: ['set', 'zset'],
  entry: ['stream'],
};

const phraseOf: Readonly<Record<string, string>> = {
  string: 'is "..."` or `matches:',
  hash: 'has fields:',
  list: 'has items:',
  set: 'has members:',
  zset: 'has members:',
  stream: 'has entries:',
};

/** The key, which must be there. Fails the step with the nearest keys, and where else it is. */
export async function presentEntry(world: AcceptanceWorld, key: string): Promise<CacheEntry> {
  const entry = await world.cache.read(key);
  return entry.type === 'none' ? fail(await absence(world, key)) : entry;
}

/** Compares a string with a word of a step: text with the text, a number with the number that it says. */
export async function expectCached(world: AcceptanceWorld, key: string, literal: Literal): Promise<void> {
  const entry = await presentEntry(world, key);
  const text = stringifyJson(literal);
  const wanted: unknown = world.variables.expected(text, 'this step');
  const isMarker = typeof wanted === 'string' && wanted.startsWith('#');
  if (entry.type !== 'string' && !isMarker) return fail(wrongType(entry, 'string'));
  const asText = typeof wanted === 'string' && (!isMarker || matchesJson(world, text, entry.value));
  expectJson(world, text, asText ? entry.value : cachedValue(entry), {
    what: `cache key "${key}"`,
    mode: 'exactly',
    context: () => {
      const hint = typeof wanted === 'string' && !isMarker ? formattingHint(wanted, entry) : undefined;
      return [hint, lifeOf(entry)].filter(Boolean).join('\n');
    },
  });
}

function formattingHint(wanted: string, entry: CacheEntry): string | undefined {
  const [expected, actual] = [readIfJson(wanted), cachedValue(entry)];
  const areJson = typeof expected === 'object' && typeof actual === 'object';
  if (!areJson || renderValue(expected) !== renderValue(actual) || wanted === entry.value) return undefined;
  return 'the two are the same JSON and differ only in how it is written; say `is exactly:` to compare as JSON';
}

/** Compares what the key holds, as JSON, with JSON of a step. */
export async function expectCachedJson(
  world: AcceptanceWorld,
  key: string,
  expected: string,
  mode: 'contains' | 'exactly',
): Promise<void> {
  const entry = await presentEntry(world, key);
  const value = entry.type === 'stream' ? entry.parts : cachedValue(entry);
  const arrays = entry.type === 'set' ? ({ arrays: 'any order' } as const) : {}; // Redis gives members in no order
  expectJson(world, expected, value, {
    what: `cache key "${key}"`,
    mode,
    ...arrays,
    context: () => lifeOf(entry),
  });
}

/** The parts of a key that has such; none of one that is absent, for Redis keeps nothing empty. */
export async function partsOf(world: AcceptanceWorld, key: string, noun: PartNoun): Promise<CacheEntry> {
  const entry = await world.cache.read(key);
  if (entry.type !== 'none' && !typesOf[noun].includes(entry.type)) {
    fail(wrongType(entry, typesOf[noun].map(typeName).join(' or ')));
  }
  return entry;
}

/** Compares the fields, items, members or entries of a key with a table of a step. */
export async function expectParts(
  world: AcceptanceWorld,
  key: string,
  noun: PartNoun,
  table: DataTable,
  mode: RowsMode,
): Promise<void> {
  const entry = await partsOf(world, key, noun);
  if (entry.type === 'none') return fail(await absence(world, key));
  const rows = entry.parts.map(asRow);
  expectRows(world, table, rows, {
    what: `cache key "${key}" (a ${typeName(entry.type)}; ${lifeOf(entry)})`,
    mode,
    noun,
    columnTypes: columnKinds(table, entry.parts),
    ...(entry.type === 'stream' ? {} : { columns: Object.keys(entry.parts[0] ?? {}) }),
  });
}

/** The parts of a key that match any row of a table of a step. */
export async function partsLike(
  world: AcceptanceWorld,
  key: string,
  noun: PartNoun,
  table: DataTable,
): Promise<Row[]> {
  const { parts } = await partsOf(world, key, noun);
  return matchingRows(world, table, parts.map(asRow), {
    what: `cache key "${key}"`,
    columnTypes: columnKinds(table, parts),
  });
}

function asRow(part: CachePart): Row {
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, nestedOrText(value)]));
}

/** Redis keeps texts and knows no types: what reads as JSON is compared as that. Names and numbers of its own it knows. */
function columnKinds(table: DataTable, parts: readonly CachePart[]): Map<string, ColumnKind> {
  const own: Readonly<Record<string, ColumnKind>> = {
    id: 'text',
    position: 'number',
    rank: 'number',
    score: 'number',
  };
  const columns = new Set([...(table.raw()[0] ?? []), ...Object.keys(parts[0] ?? {})]);
  const kindOf = (column: string): ColumnKind => {
    if (parts.some((part) => part[column] instanceof Uint8Array)) return 'bytes';
    return own[column] ?? 'json';
  };
  return new Map([...columns].map((column) => [column, kindOf(column)]));
}

/** What is to be said where a key is of another type than the step looks at. */
export function wrongType(entry: CacheEntry, wanted: string): string {
  const say = phraseOf[entry.type];
  const advice = say === undefined ? '' : `; say \`cache key "${entry.key}" ${say}\``;
  return `cache key "${entry.key}" is a ${typeName(entry.type)}, and this step looks at a ${wanted}${advice}`;
}

/** How many parts there are, in words: `2 entries`. */
export function countedParts(count: number, noun: PartNoun): string {
  return noun === 'entry' && count !== 1 ? `${count === 0 ? 'no' : count} entries` : counted(count, noun);
}

/** Why a key is not found: what is near, what became of it, where else it is. */
export async function absence(world: AcceptanceWorld, key: string): Promise<string> {
  const { cache } = world;
  const [keys, elsewhere] = await Promise.all([cache.keys('*', mostKeys), cache.databaseWith(key)]);
  const near = nearest(key, keys, 3).map((name) => `"${name}"`);
  const advice = near.length === 0 ? '' : `did you mean ${near.join(', ')}? `;
  const there = keys.length === 0 ? 'the cache is empty' : `the cache has: ${listed(keys)}`;
  return [
    `cache key "${key}" is absent; ${advice}${there}`,
    became(world, key),
    elsewhere === undefined ? undefined : otherDatabase(cache.database, elsewhere),
  ]
    .filter((line) => line !== undefined)
    .join('\n  ');
}

/** The first names of many. */
export function listed(names: readonly string[]): string {
  const more = names.length - mostNames;
  return `${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function became({ cache }: AcceptanceWorld, key: string): string | undefined {
  const seen = cache.seen(key);
  if (seen === undefined) return undefined;
  const { expiresAt = Number.POSITIVE_INFINITY } = seen;
  const early = expiresAt - cache.clock.monotonic();
  if (early <= 0) return 'it was there earlier in this scenario, and has expired';
  const when = Number.isFinite(early) ? `, ${formatDuration(early)} before it would have expired` : '';
  return `it was there earlier in this scenario, and was removed${when}`;
}

function otherDatabase(own: number, other: number): string {
  return `logical database ${other} of the server has it, and the lane's is ${own}: give the service {{redis.url}} whole, with its number`;
}

/** Fails unless the key is gone because its time to live is over. */
export async function expectExpired(world: AcceptanceWorld, key: string): Promise<void> {
  const before = world.cache.seen(key);
  const entry = await world.cache.read(key);
  if (entry.type !== 'none') return fail(`cache key "${key}" has not expired: ${lifeOf(entry)}`);
  if (before === undefined) {
    return fail(
      `cache key "${key}" is absent, and no step of this scenario has seen it there; say before: Then cache key "${key}" exists`,
    );
  }
  if (before.expiresAt === undefined)
    return fail(`cache key "${key}" had no time to live when it was seen last: it was removed`);
  const early = before.expiresAt - world.cache.clock.monotonic();
  if (early > timerSlackMs)
    fail(`cache key "${key}" was removed ${formatDuration(early)} before it would have expired`);
}

/** The server's milliseconds are whole, and its clock is another. */
const timerSlackMs = 20;
