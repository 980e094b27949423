/** Finds for each expected thing an actual one of its own. */
export interface AssignmentProblem {
  readonly expected: number;
  readonly actual: number;
  /** Whether the two fit together. */
  accepts(expected: number, actual: number): boolean;
  /** The actual things worth trying, ascending; all when it gives undefined. */
  candidates?(expected: number): readonly number[] | undefined;
  /** Expected things of the same key accept the same actual ones, so that what one was refused, the next is not offered. */
  key?(expected: number): string | undefined;
}

/** The actual thing of each expected one; -1 for none. */
export type Assignment = readonly number[];

/** So many pairs may be looked at for rearranging; then the assignment so far stands. */
const mostLooks = 20_000_000;

/**
 * As many pairs as possible (maximum bipartite matching by augmenting paths). Earlier expected things get earlier
 * actual ones where there is a choice. On very large ambiguous input the search ends after 20 million looks, and
 * the answer is then the greedy one.
 */
export function assign(problem: AssignmentProblem): Assignment {
  return new Assigner(problem).assign();
}

class Assigner {
  private readonly partner: number[];
  private readonly owner: Int32Array;
  /** What a search in vain has been at: no later search gets further there (it would be a Hungarian tree of its own). */
  private readonly exhausted: Uint8Array;
  /** Where the next expected thing of a key goes on: what comes before is taken, or was refused. */
  private readonly cursors = new Map<string, number>();
  private readonly hopeless = new Set<string>();
  private readonly everything: readonly number[];
  private firstFree = 0;
  private looks = 0;

  constructor(private readonly problem: AssignmentProblem) {
    this.partner = new Array<number>(problem.expected).fill(-1);
    this.owner = new Int32Array(problem.actual).fill(-1);
    this.exhausted = new Uint8Array(problem.actual);
    this.everything = Array.from({ length: problem.actual }, (_, index) => index);
  }

  assign(): Assignment {
    for (let expected = 0; expected < this.problem.expected; expected++) {
      if (!this.takeFree(expected)) this.augment(expected);
    }
    return this.partner;
  }

  private takeFree(expected: number): boolean {
    const candidates = this.problem.candidates?.(expected);
    const key = this.problem.key?.(expected);
    const all = candidates ?? this.everything;
    let index = Math.max(
      candidates === undefined ? this.skipTaken() : 0,
      key === undefined ? 0 : (this.cursors.get(key) ?? 0),
    );
    while (index < all.length && !this.take(expected, all[index] ?? -1)) index++;
    if (key !== undefined) this.cursors.set(key, index);
    return index < all.length;
  }

  private take(expected: number, actual: number): boolean {
    if (this.owner[actual] !== -1 || !this.problem.accepts(expected, actual)) return false;
    this.pair(expected, actual);
    return true;
  }

  private skipTaken(): number {
    while (this.firstFree < this.owner.length && this.owner[this.firstFree] !== -1) this.firstFree++;
    return this.firstFree;
  }

  /** Breadth first: looks for a chain of exchanges that frees an actual thing for the expected one. */
  private augment(start: number): void {
    const startKey = this.problem.key?.(start);
    if (startKey !== undefined && this.hopeless.has(startKey)) return;
    const cameFrom = new Map<number, number>();
    const queue = [start];
    const seenKeys = new Set<string>();
    for (const next of queue) {
      if (this.looks > mostLooks) return;
      const key = this.problem.key?.(next);
      if (key !== undefined && seenKeys.has(key)) continue;
      if (key !== undefined) seenKeys.add(key);
      for (const actual of this.problem.candidates?.(next) ?? this.everything) {
        this.looks++;
        if (this.exhausted[actual] === 1 || cameFrom.has(actual)) continue;
        if (!this.problem.accepts(next, actual)) continue;
        cameFrom.set(actual, next);
        const owner = this.owner[actual] ?? -1;
        if (owner === -1) {
          this.exchange(actual, cameFrom);
          return;
        }
        queue.push(owner);
      }
    }
    for (const actual of cameFrom.keys()) this.exhausted[actual] = 1;
    if (startKey !== undefined) this.hopeless.add(startKey);
  }

  private exchange(free: number, cameFrom: ReadonlyMap<number, number>): void {
    for (let actual = free; actual !== -1; ) {
      const expected = cameFrom.get(actual) ?? -1;
      const previous = this.partner[expected] ?? -1;
      this.pair(expected, actual);
      actual = previous;
    }
  }

  private pair(expected: number, actual: number): void {
    this.partner[expected] = actual;
    this.owner[actual] = expected;
  }
}

/** A choice that depends on the choices before it, as captured values make it. */
export interface ChoiceProblem extends Pick<AssignmentProblem, 'expected' | 'actual' | 'candidates'> {
  /** Tries the pair, keeping what it captures; false when it does not fit. */
  choose(expected: number, actual: number): boolean;
  /** A mark to go back to. */
  mark(): number;
  undo(mark: number): void;
}

/** So many pairs are tried when the choice for one expected thing depends on that for another. */
const mostTrials = 50_000;
/** So many expected things are rearranged at most. */
const mostRearranged = 1_000;

/** Each expected thing takes the first free one that fits what was chosen before; -1 for none. The usual case needs no more. */
export function assignInTurn(problem: ChoiceProblem): Assignment {
  const taken = new Set<number>();
  return Array.from({ length: problem.expected }, (_, expected) => {
    for (const actual of candidatesOf(problem, expected)) {
      if (taken.has(actual) || !problem.choose(expected, actual)) continue;
      taken.add(actual);
      return actual;
    }
    return -1;
  });
}

/**
 * An actual thing for every expected one, by trying (backtracking). What was chosen last stays chosen in the problem.
 * @returns undefined when there is none, or none was found within 50,000 trials, or there are more than 1,000 to place
 */
export function assignAll(problem: ChoiceProblem): Assignment | undefined {
  return problem.expected <= mostRearranged ? new Rearranger(problem).assign() : undefined;
}

class Rearranger {
  private readonly partner: number[] = [];
  private readonly taken = new Set<number>();
  private trials = 0;

  constructor(private readonly problem: ChoiceProblem) {}

  assign(): Assignment | undefined {
    return this.place(0) ? this.partner : undefined;
  }

  private place(expected: number): boolean {
    if (expected === this.problem.expected) return true;
    for (const actual of candidatesOf(this.problem, expected)) {
      if (this.trials >= mostTrials) return false;
      if (!this.taken.has(actual) && this.tryPair(expected, actual)) return true;
    }
    return false;
  }

  private tryPair(expected: number, actual: number): boolean {
    this.trials++;
    const mark = this.problem.mark();
    this.partner[expected] = actual;
    this.taken.add(actual);
    if (this.problem.choose(expected, actual) && this.place(expected + 1)) return true;
    this.taken.delete(actual);
    this.problem.undo(mark);
    return false;
  }
}

function candidatesOf({ candidates, actual }: ChoiceProblem, expected: number): Iterable<number> {
  return candidates?.(expected) ?? numbersBelow(actual);
}

function* numbersBelow(end: number): Generator<number> {
  for (let number = 0; number < end; number++) yield number;
}
