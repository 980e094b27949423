import { stringifyJson } from './json';
import { isFields } from './json-value';
import { isNumeric, numberKey } from './numbers';
import type { Pattern } from './pattern';

/** Below so many pairs an index is not worth its making. */
const worthwhile = 2_000;
/** So deep within an item its literal fields are looked for: `{ "node": { "id": 7 } }`. */
const deepestKey = 3;

/** A literal within an expected item, and where. */
interface Literal {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Finds for an expected item the actual items that can match at all, by a field (or the item itself) that is
 * expected literally. So large arrays match in about linear time.
 */
export class ItemIndex {
  private readonly byPath = new Map<string, ReadonlyMap<string, readonly number[]>>();
  private readonly keys = new WeakMap<Pattern, string>();

  private constructor(private readonly items: readonly unknown[]) {}

  static of(expected: number, items: readonly unknown[]): ItemIndex | undefined {
    return expected * items.length < worthwhile ? undefined : new ItemIndex(items);
  }

  /** The positions to try, ascending; undefined when nothing is known. */
  candidates(pattern: Pattern): readonly number[] | undefined {
    let best: readonly number[] | undefined;
    for (const literal of literals(pattern)) {
      const found = this.positions(literal);
      if (best === undefined || found.length < best.length) best = found;
      if (best.length < 8) return best;
    }
    return best;
  }

  /** Items that are written alike have the same. */
  key(pattern: Pattern): string {
    const known = this.keys.get(pattern) ?? stringifyJson(pattern.expected);
    this.keys.set(pattern, known);
    return known;
  }

  private positions({ path, value }: Literal): readonly number[] {
    const name = JSON.stringify(path);
    let index = this.byPath.get(name);
    if (index === undefined) {
      index = this.build(path);
      this.byPath.set(name, index);
    }
    return index.get(keyOf(value)) ?? [];
  }

  private build(path: readonly string[]): Map<string, number[]> {
    const index = new Map<string, number[]>();
    for (const [position, item] of this.items.entries()) {
      const key = keyOf(path.reduce(fieldOf, item));
      const positions = index.get(key);
      if (positions) positions.push(position);
      else index.set(key, [position]);
    }
    return index;
  }
}

function* literals(pattern: Pattern, path: readonly string[] = []): Generator<Literal> {
  if (pattern.kind === 'scalar') yield { path, value: pattern.expected };
  if (pattern.kind !== 'object' || path.length === deepestKey) return;
  for (const [name, field] of pattern.fields) yield* literals(field, [...path, name]);
}

function fieldOf(item: unknown, name: string): unknown {
  return isFields(item) && Object.hasOwn(item, name) ? item[name] : undefined;
}

/** Equal scalars have the same key. Texts that may be timestamps share one with dates. */
function keyOf(value: unknown): string {
  if (typeof value === 'string') return /^\d{4}-\d{2}-\d{2}/.test(value) ? 'moment' : `text ${value}`;
  if (value instanceof Date) return 'moment';
  return isNumeric(value)
    ? `number ${numberKey(value)}`
    : typeof value === 'object' && value !== null
      ? 'nested'
      : String(value);
}
