import { sameValue } from './equality';
import { formatPath, type Segment } from './path';

/** One thing that is not as expected. */
export interface Mismatch {
  /** Where: `$.items[2].sku`, or a column of a table: `payload.items[2].sku`. */
  readonly path: string;
  /** What is wrong, in a tester's words: `expected "confirmed", was "pending"`. */
  readonly reason: string;
  /** The expected value, or the marker's text; undefined where nothing was expected. */
  readonly expected: unknown;
  /** The actual value; undefined where there is none. */
  readonly actual: unknown;
}

/** How arrays are compared; `contains`: each expected item matches a distinct actual one. */
export type ArrayMode = 'same' | 'contains' | 'any order';

/** The rules of a comparison. */
export interface Rules {
  readonly exactly: boolean;
  readonly arrays: ArrayMode;
}

/** One comparison under way: where it is, what it found wrong, what it captured. */
export class Attempt {
  readonly mismatches: Mismatch[] = [];
  /** What was captured by this comparison, in order. */
  readonly fresh = new Map<string, unknown>();
  readonly trail: Segment[] = [];
  /** Set while only the yes or no counts: nothing is listed, and the first mismatch ends it. */
  quick = false;
  /** What paths begin with. */
  root = '$';

  constructor(
    private readonly known: ReadonlyMap<string, unknown>,
    readonly rules: Rules,
  ) {}

  /** Notes a mismatch here; the reason is made only when it is wanted. Always false. */
  fail(reason: () => string, expected: unknown, actual: unknown): false {
    if (!this.quick) this.mismatches.push({ path: this.path(), reason: reason(), expected, actual });
    return false;
  }

  path(): string {
    return formatPath(this.trail, this.root);
  }

  within(segment: Segment, body: () => boolean): boolean {
    this.trail.push(segment);
    const result = body();
    this.trail.pop();
    return result;
  }

  /** Whether the body holds; lists nothing. What it captured is kept only if asked for and it holds. */
  holds(body: () => boolean, keep = false): boolean {
    const [before, mark] = [this.quick, this.fresh.size];
    this.quick = true;
    const result = body();
    this.quick = before;
    if (!result || !keep) this.rollBack(mark);
    return result;
  }

  /** The mismatches of the body, which are not listed, nor its captures kept. */
  explain(body: () => boolean): Mismatch[] {
    const [before, mark, from] = [this.quick, this.fresh.size, this.mismatches.length];
    this.quick = false;
    body();
    this.quick = before;
    this.rollBack(mark);
    return this.mismatches.splice(from);
  }

  isCaptured(name: string): boolean {
    return this.fresh.has(name) || this.known.has(name);
  }

  captured(name: string): unknown {
    return this.fresh.has(name) ? this.fresh.get(name) : this.known.get(name);
  }

  /** Captures the value, or tells whether it is the one captured before. */
  capture(name: string, value: unknown, same: (a: unknown, b: unknown) => boolean = sameValue): boolean {
    if (this.isCaptured(name)) return same(this.captured(name), value);
    this.fresh.set(name, value);
    return true;
  }

  rollBack(size: number): void {
    if (this.fresh.size === size) return;
    for (const name of [...this.fresh.keys()].slice(size)) this.fresh.delete(name);
  }
}
