import { BrineError } from '../errors';

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

/** So many pairs are compared for rearranging at most: some ten seconds. */
const mostCompared = 100_000_000;

/**
 * As many pairs as possible (maximum bipartite matching). Earlier expected things get earlier actual ones where there
 * is a choice.
 * @throws BrineError BRINE_MATCH_004 when that is not known after so many comparisons: each of very many things fits
 *   many others, and the choice matters
 */
export function assign(problem: AssignmentProblem, most = mostCompared): Assignment {
  return new Assigner(problem, most).assign();
}

const none = -1;

/** First each takes what is free; then those without a partner get one by exchanges: Hopcroft and Karp, 1973. */
class Assigner {
  private readonly partner: Int32Array;
  private readonly owner: Int32Array;
  private readonly everything: readonly number[];
  /** By key, where the next free thing is looked for: those before it are taken, or were refused. */
  private readonly cursors = new Map<string, number>();
  private readonly answers: Answers;
  private firstFree = 0;

  constructor(
    private readonly problem: AssignmentProblem,
    mostCompared: number,
  ) {
    this.partner = new Int32Array(problem.expected).fill(none);
    this.owner = new Int32Array(problem.actual).fill(none);
    this.everything = Array.from({ length: problem.actual }, (_, index) => index);
    this.answers = new Answers(problem, mostCompared);
  }

  assign(): Assignment {
    let left: number[] = [];
    for (let expected = 0; expected < this.problem.expected; expected++) {
      if (!this.takeFree(expected)) left.push(expected);
    }
    while (left.length > 0) {
      const layers = this.layersFrom(left);
      if (layers === undefined) break;
      left = left.filter((expected) => !this.exchange(expected, layers));
    }
    return [...this.partner];
  }

  private takeFree(expected: number): boolean {
    const candidates = this.problem.candidates?.(expected);
    const key = this.problem.key?.(expected);
    const all = candidates ?? this.everything;
    let index = Math.max(
      candidates === undefined ? this.skipTaken() : 0,
      key === undefined ? 0 : (this.cursors.get(key) ?? 0),
    );
    while (index < all.length && !this.take(expected, all[index] ?? none)) index++;
    if (key !== undefined) this.cursors.set(key, index);
    return index < all.length;
  }

  private take(expected: number, actual: number): boolean {
    if (this.owner[actual] !== none || !this.problem.accepts(expected, actual)) return false;
    this.pair(expected, actual);
    return true;
  }

  private skipTaken(): number {
    while (this.firstFree < this.owner.length && this.owner[this.firstFree] !== none) this.firstFree++;
    return this.firstFree;
  }

  private candidatesOf(expected: number): readonly number[] {
    return this.problem.candidates?.(expected) ?? this.everything;
  }

  /** Breadth first from all that have no partner, as far as the nearest free things; undefined when none is reached. */
  private layersFrom(roots: readonly number[]): Layers | undefined {
    const layers = new Layers(this.problem);
    const queue = [...roots];
    const expanded = new Set<string>();
    let last = Number.POSITIVE_INFINITY;
    for (const root of roots) layers.ofExpected[root] = 0;
    for (const next of queue) {
      const layer = layers.ofExpected[next] ?? 0;
      if (layer > last) break;
      const key = this.problem.key?.(next);
      if (key !== undefined && expanded.has(key)) continue; // another like it has reached the same
      if (key !== undefined) expanded.add(key);
      for (const actual of this.candidatesOf(next)) {
        if (layers.ofActual[actual] !== none || !this.answers.accepts(next, actual)) continue;
        layers.ofActual[actual] = layer;
        const owner = this.owner[actual] ?? none;
        if (owner === none) last = layer;
        else {
          layers.ofExpected[owner] = layer + 1;
          queue.push(owner);
        }
      }
    }
    return last === Number.POSITIVE_INFINITY ? undefined : layers;
  }

  /** Depth first along the layers: gives the expected thing a partner by exchanges, if nobody used these before. */
  private exchange(start: number, layers: Layers): boolean {
    const path = [start];
    const taken: number[] = [];
    for (let next = start; ; next = path.at(-1) ?? none) {
      const actual = this.nextOf(next, layers);
      if (actual === none) {
        path.pop();
        taken.pop();
        if (path.length === 0) return false;
        continue;
      }
      layers.used[actual] = 1;
      taken.push(actual);
      const owner = this.owner[actual] ?? none;
      if (owner === none) {
        for (const [at, expected] of path.entries()) this.pair(expected, taken[at] ?? none);
        return true;
      }
      path.push(owner);
    }
  }

  private nextOf(expected: number, { ofExpected, ofActual, used, cursors }: Layers): number {
    const all = this.candidatesOf(expected);
    const layer = ofExpected[expected];
    for (let index = cursors[expected] ?? 0; index < all.length; index++) {
      const actual = all[index] ?? none;
      if (ofActual[actual] !== layer || used[actual] === 1 || !this.answers.accepts(expected, actual))
        continue;
      cursors[expected] = index + 1;
      return actual;
    }
    cursors[expected] = all.length;
    return none;
  }

  private pair(expected: number, actual: number): void {
    this.partner[expected] = actual;
    this.owner[actual] = expected;
  }
}

/** How many exchanges lie between a thing and those without a partner, in one phase. */
class Layers {
  readonly ofExpected: Int32Array;
  readonly ofActual: Int32Array;
  readonly used: Uint8Array;
  /** Where each expected thing goes on. */
  readonly cursors: Int32Array;

  constructor({ expected, actual }: AssignmentProblem) {
    this.ofExpected = new Int32Array(expected).fill(none);
    this.ofActual = new Int32Array(actual).fill(none);
    this.used = new Uint8Array(actual);
    this.cursors = new Int32Array(expected);
  }
}

/** What was compared, two bits for each pair: known, and accepted. */
class Answers {
  private readonly bits: Uint8Array;
  private compared = 0;

  constructor(
    private readonly problem: AssignmentProblem,
    private readonly most: number,
  ) {
    const pairs = problem.expected * problem.actual;
    this.bits = new Uint8Array(pairs <= mostRemembered ? Math.ceil(pairs / 4) : 0);
  }

  accepts(expected: number, actual: number): boolean {
    const pair = expected * this.problem.actual + actual;
    const shift = (pair & 3) << 1;
    const known = ((this.bits[pair >>> 2] ?? 0) >>> shift) & 3;
    if (known !== 0) return known === 3;
    if (++this.compared > this.most) throw undecided(this.problem, this.most);
    const answer = this.problem.accepts(expected, actual);
    const byte = pair >>> 2;
    if (byte < this.bits.length) this.bits[byte] = (this.bits[byte] ?? 0) | ((answer ? 3 : 1) << shift);
    return answer;
  }
}

/** Of more pairs than these (50 MB) the answers are not remembered. */
const mostRemembered = 200_000_000;

function undecided({ expected, actual }: AssignmentProblem, compared: number): BrineError {
  return new BrineError('BRINE_MATCH_004', { expected, actual, compared });
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
