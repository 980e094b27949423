import { BrineError } from '../errors';
import { type JsonObject, type Mismatch, matchJson, readPattern, renderMismatches } from '../matching';
import type { StubAnswer } from './stub-answer';
import { asJson, type StubRequest } from './stub-request';

/** One of the answers that are given in turn. */
export interface Turn {
  readonly answer: StubAnswer;
  /** How often it is given; ever after unless given. */
  readonly times?: number;
}

/** Requests that a scenario describes, and how they are answered. */
export interface StubRule {
  /** As messages say it: `POST /charges`. */
  readonly called: string;
  /** What a request must have: `method`, `path`, `query`, `headers`, `body`, with markers. */
  readonly request: JsonObject;
  /** At least one. */
  readonly turns: readonly Turn[];
}

/** Who said what is answered: a step, so that it can be named when nobody calls. */
export interface Origin {
  /** `features/orders.feature:12`. */
  readonly place: string;
  /** As it stands in the feature, with its keyword. */
  readonly text: string;
}

/** What is answered, or why nothing is known to answer. */
export type Choice = { readonly answer: StubAnswer } | { readonly unexpected: string };

/** A rule under way: how often it has answered. */
interface Used {
  readonly rule: StubRule;
  readonly origin: Origin | undefined;
  given: number;
}

/**
 * The answers of one outside service: those of the requests that the scenario describes, the last description first; else
 * the one for all requests; else, as long as it describes none, the usual one.
 */
export class StubRules {
  private readonly rules: Used[] = [];
  private forAll: StubAnswer | undefined;
  private originOfAll: Origin | undefined;
  private readonly waiting = new Set<Origin>();

  constructor(private readonly usual: StubAnswer) {}

  /**
   * From now on every request that no rule describes is answered so; the rules there are end.
   * @param origin is to be called: see {@link uncalled}
   */
  answerAll(answer: StubAnswer, origin?: Origin): void {
    this.rules.length = 0;
    this.forAll = answer;
    this.originOfAll = origin;
    this.isToBeCalled(origin);
  }

  /**
   * From now on the requests that the rule describes are answered as it says.
   * @param origin is to be called: see {@link uncalled}
   * @throws BrineError BRINE_MATCH_001 or BRINE_MATCH_002 for a marker that cannot be read, BRINE_STEP_002 for one that captures
   */
  add(rule: StubRule, origin?: Origin): void {
    assertReadable(rule);
    this.rules.unshift({ rule, origin, given: 0 });
    this.isToBeCalled(origin);
  }

  private isToBeCalled(origin: Origin | undefined): void {
    if (origin !== undefined) this.waiting.add(origin);
  }

  /**
   * The origins for which no call came: of all that one described none was asked for. What is said of all requests is used by
   * any call, for what others describe goes before it.
   */
  get uncalled(): readonly Origin[] {
    return [...this.waiting];
  }

  /** Of what has been described by now, nothing needs to be called. */
  excuse(): void {
    this.waiting.clear();
  }

  private wasCalled(origin: Origin | undefined): void {
    if (origin !== undefined) this.waiting.delete(origin);
  }

  choose(request: StubRequest): Choice {
    this.wasCalled(this.originOfAll);
    const shown = asJson(request);
    for (const used of this.rules) {
      if (mismatches(used.rule, shown).length > 0) continue;
      this.wasCalled(used.origin);
      const answer = turnOf(used);
      if (answer === undefined) return { unexpected: exhausted(used) };
      used.given++;
      return { answer };
    }
    if (this.forAll !== undefined) return { answer: this.forAll };
    return this.rules.length === 0 ? { answer: this.usual } : { unexpected: this.explain(shown) };
  }

  /** Which description comes nearest to the request, and what differs. */
  private explain(shown: JsonObject): string {
    const compared = this.rules.map(({ rule }) => ({ rule, found: mismatches(rule, shown) }));
    const [nearest] = compared.sort((a, b) => distance(a.found) - distance(b.found));
    if (nearest === undefined) return 'no step describes it';
    const others = this.rules.length - 1;
    const more = others === 0 ? '' : ` (${others} other${others === 1 ? '' : 's'})`;
    return `the closest description is ${nearest.rule.called}${more}, which differs in:\n${renderMismatches(nearest.found, { limit: 10 }).replace(/^/gm, '  ')}`;
  }
}

function assertReadable({ called, request }: StubRule): void {
  const place = `the description of ${called}`;
  if (!readPattern(request, place).captures) return;
  throw new BrineError('BRINE_STEP_002', {
    place,
    reason: 'a marker in it captures, but no call has come yet',
    advice:
      'check it only, and capture where the calls are looked at: Then outside service ... received a call like: ...',
  });
}

function mismatches({ request }: StubRule, actual: JsonObject): readonly Mismatch[] {
  return matchJson(request, actual, { mode: 'contains', captured: new Map() }).mismatches;
}

/** Another path is another thing; a wrong method is still the same thing done otherwise. */
function distance(found: readonly Mismatch[]): number {
  return found.reduce((sum, { path }) => sum + (path === '$.path' ? 10 : path === '$.method' ? 3 : 1), 0);
}

function turnOf({ rule, given }: Used): StubAnswer | undefined {
  let before = 0;
  for (const { answer, times = Number.POSITIVE_INFINITY } of rule.turns) {
    before += times;
    if (given < before) return answer;
  }
  return undefined;
}

function exhausted({ rule, given }: Used): string {
  return `${rule.called} has been answered ${given} time${given === 1 ? '' : 's'}, as its description says, which has no answer for a further call`;
}
