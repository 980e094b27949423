import { isFields } from './json-value';
import { isNumeric, numberKey } from './numbers';
import type { Pattern } from './pattern';

/** Below so many pairs an index is not worth its making. */
const worthwhile = 2_000;

/**
 * Finds for an expected item the actual items that can match at all, by a field (or the item itself) that is
 * expected literally. So large arrays match in about linear time.
 */
export class ItemIndex {
  private readonly byField = new Map<string, ReadonlyMap<string, readonly number[]>>();

  private constructor(private readonly items: readonly unknown[]) {}

  static of(expected: number, items: readonly unknown[]): ItemIndex | undefined {
    return expected * items.length < worthwhile ? undefined : new ItemIndex(items);
  }

  /** The positions to try, ascending; undefined when nothing is known. */
  candidates(pattern: Pattern): readonly number[] | undefined {
    if (pattern.kind === 'scalar') return this.positions('', pattern.expected);
    if (pattern.kind !== 'object') return undefined;
    let best: readonly number[] | undefined;
    for (const [name, field] of pattern.fields) {
      if (field.kind !== 'scalar') continue;
      const found = this.positions(`.${name}`, field.expected);
      if (best === undefined || found.length < best.length) best = found;
      if (best.length < 8) return best;
    }
    return best;
  }

  private positions(field: string, expected: unknown): readonly number[] {
    let index = this.byField.get(field);
    if (index === undefined) {
      index = this.build(field);
      this.byField.set(field, index);
    }
    return index.get(keyOf(expected)) ?? [];
  }

  private build(field: string): Map<string, number[]> {
    const index = new Map<string, number[]>();
    for (const [position, item] of this.items.entries()) {
      const key = keyOf(field === '' ? item : fieldOf(item, field.slice(1)));
      const positions = index.get(key);
      if (positions) positions.push(position);
      else index.set(key, [position]);
    }
    return index;
  }
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
