import { editDistance } from '../support/errors';
import {
  type ExpressionWord,
  type ParameterPattern,
  phrasesOf,
  type StepExpression,
  type TextWord,
  wordsOfText,
} from './expression-words';
import { complaintsAbout } from './wrong-values';

export type { ParameterPattern, StepExpression } from './expression-words';

/** What the project's step definitions can say. */
export interface KnownSteps {
  readonly expressions: readonly StepExpression[];
  readonly parameterTypes?: readonly ParameterPattern[];
}

/** How like a phrase must be (0 to 1) to be worth suggesting. */
const leastLikeness = 0.55;
/** A suggestion this much worse than the best one only distracts. */
const widestGap = 0.2;
/** The most words that one parameter takes (`1 minute 30 seconds`). */
const longestParameter = 5;
const mostSuggestions = 3;
/** What another order of the same words takes from their likeness. */
const orderShare = 0.9;
const fillers = new Set(
  'a an the this that is are was be has have should must of to in on at by from with and'.split(' '),
);

/**
 * The known steps nearest to the text of an undefined one, best first, as they were registered.
 * The guarded variants of a phrase (`within {duration} ...`, `for {duration} ...`) count as one: the one that
 * has the text's own guard, or none when the text has none.
 * @param text a step without its keyword: `the respons status is 200`
 * @param most how many to give at most
 */
export function nearestSteps(text: string, known: KnownSteps, most = mostSuggestions): string[] {
  return nearestExpressions(text, known, most).map(shown);
}

function nearestExpressions(text: string, known: KnownSteps, most: number): StepExpression[] {
  const ranked = oneForEachPhrase(text, known.expressions)
    .map((expression) => ({ expression, likeness: likenessOf(text, expression, known.parameterTypes) }))
    .filter(({ likeness }) => likeness >= leastLikeness)
    .sort((a, b) => b.likeness - a.likeness);
  const best = ranked[0]?.likeness ?? 0;
  return ranked
    .filter(({ likeness }) => best - likeness <= widestGap)
    .slice(0, most)
    .map(({ expression }) => expression);
}

/**
 * What to tell the author of an undefined step, line by line: the nearest known steps, or, only when none is
 * near, the snippet to start from. What in the step keeps it from being one of them is said, where it is a value.
 * @param snippet code that would define the step; may be missing
 */
export function undefinedStepAdvice(text: string, known: KnownSteps, snippet?: string): string[] {
  const near = nearestExpressions(text, known, mostSuggestions);
  if (near.length > 0) {
    const complaints = complaintsAbout(text, near, known.parameterTypes);
    return [
      'did you mean',
      ...near.map((step) => `  ${shown(step)}`),
      ...complaints.map((one) => `-> ${one}`),
    ];
  }
  return snippet === undefined ? [] : ['no known step is near; to define it:', ...indented(snippet)];
}

function indented(snippet: string): string[] {
  return snippet
    .trim()
    .split('\n')
    .map((line) => `  ${line}`);
}

function shown({ source, type }: StepExpression): string {
  return type === 'REGULAR_EXPRESSION' && !source.startsWith('/') ? `/${source}/` : source;
}

const guardOfExpression = /^(within|for) \{[^}]*\},? /;
const guardOfText =
  /^(within|for) \S+(?: \S+)?? ?(?:milliseconds?|seconds?|minutes?|hours?|ms|s|min|m|h),? /i;

function oneForEachPhrase(text: string, expressions: readonly StepExpression[]): StepExpression[] {
  const wanted = guardOfText.exec(text)?.[1]?.toLowerCase();
  const chosen = new Map<string, StepExpression>();
  for (const expression of expressions) {
    const phrase = expression.source.replace(guardOfExpression, '');
    const current = chosen.get(phrase);
    if (current === undefined || fits(expression, wanted) > fits(current, wanted)) {
      chosen.set(phrase, expression);
    }
  }
  return [...chosen.values()];
}

/** 2 when the expression has just the wanted guard, 1 when it has none, else 0. */
function fits(expression: StepExpression, wanted: string | undefined): number {
  const guard = guardOfExpression.exec(expression.source)?.[1];
  if (guard === wanted) return 2;
  return guard === undefined ? 1 : 0;
}

/** 0 (nothing in common) to 1 (the same). Guards are left out of the comparison, but for a phrase that is none else. */
function likenessOf(
  text: string,
  expression: StepExpression,
  parameters: readonly ParameterPattern[] | undefined,
): number {
  const phrase = { ...expression, source: expression.source.replace(guardOfExpression, '') };
  const plain = text.replace(guardOfText, '');
  const words = wordsOfText(plain);
  return Math.max(0, ...phrasesOf(phrase, parameters).map((parts) => likeness(plain, words, parts)));
}

function likeness(text: string, words: readonly TextWord[], parts: readonly ExpressionWord[]): number {
  const weight = Math.max(weightOfText(words), weightOfPhrase(parts));
  if (weight === 0 || !shareWord(words, parts)) return 0;
  return Math.max(1 - alignment(text, words, parts) / weight, orderShare * sharedWords(words, parts));
}

/** The share of words that both have, in whatever order: 0 to 1. */
function sharedWords(words: readonly TextWord[], parts: readonly ExpressionWord[]): number {
  const left = new Set(words);
  let shared = 0;
  for (const part of parts) {
    const found = [...left].find((word) => takes(part, word));
    if (found === undefined) continue;
    left.delete(found);
    shared += partWeight(part);
  }
  return (2 * shared) / (weightOfText(words) + weightOfPhrase(parts));
}

function takes(part: ExpressionWord, word: TextWord): boolean {
  if (part.kind === 'word') return wordCost(word, part) < 0.5;
  return !part.anything && part.pattern.test(word.text);
}

/** Parameters alone make no likeness: some word that carries meaning must be (nearly) the same. */
function shareWord(words: readonly TextWord[], parts: readonly ExpressionWord[]): boolean {
  return parts.some(
    (part) =>
      part.kind === 'word' && words.some((word) => weightOf(word.text) === 1 && wordCost(word, part) < 0.5),
  );
}

function weightOfText(words: readonly TextWord[]): number {
  return words.reduce((sum, word) => sum + weightOf(word.text), 0);
}

function weightOfPhrase(parts: readonly ExpressionWord[]): number {
  return parts.reduce((sum, part) => sum + partWeight(part), 0);
}

function weightOf(word: string): number {
  return fillers.has(word.toLowerCase()) ? 0.4 : 1;
}

function partWeight(part: ExpressionWord): number {
  return part.kind === 'word' ? weightOf(part.forms[0] ?? '') : 1;
}

/** What it costs to turn the words into the phrase: an edit distance whose letters are words. */
function alignment(text: string, words: readonly TextWord[], parts: readonly ExpressionWord[]): number {
  let row = [0];
  for (const word of words) row.push(lastOf(row) + weightOf(word.text));
  for (const part of parts) row = nextRow(text, words, part, row);
  return lastOf(row);
}

function nextRow(
  text: string,
  words: readonly TextWord[],
  part: ExpressionWord,
  previous: readonly number[],
): number[] {
  const row = [cell(previous, 0) + partWeight(part)];
  for (const [index, word] of words.entries()) {
    row.push(
      Math.min(
        cell(row, index) + weightOf(word.text),
        cell(previous, index + 1) + partWeight(part),
        ...costsOfTaking(text, words, index, part).map((cost, taken) => cell(previous, index - taken) + cost),
      ),
    );
  }
  return row;
}

/** What it costs the part to take the words that end at the index: the last one, the last two... */
function costsOfTaking(
  text: string,
  words: readonly TextWord[],
  index: number,
  part: ExpressionWord,
): number[] {
  const end = words[index];
  if (end === undefined) return [];
  if (part.kind === 'word') return [wordCost(end, part)];
  const starts = words.slice(Math.max(0, index + 1 - longestParameter), index + 1).reverse();
  return starts.map((start, taken) => parameterCost(text.slice(start.start, end.end), end, taken, part));
}

function wordCost(word: TextWord, part: ExpressionWord & { kind: 'word' }): number {
  if (word.literal) return part.forms.includes(word.text) ? 0 : 1.5;
  return Math.min(...part.forms.map((form) => difference(word.text.toLowerCase(), form.toLowerCase())));
}

/** 0 for the same word, up to 0.5 for a misspelt one, else what leaving one out and putting one in would cost. */
function difference(a: string, b: string): number {
  const share = editDistance(a, b) / Math.max(a.length, b.length, 1);
  return share <= 0.4 ? share : weightOf(a) + weightOf(b);
}

function parameterCost(
  words: string,
  last: TextWord,
  taken: number,
  part: ExpressionWord & { kind: 'parameter' },
): number {
  if (part.pattern.test(words)) return part.anything ? 0.2 * taken : 0;
  if (taken > 0) return Number.POSITIVE_INFINITY;
  return last.literal ? 0.4 : 0.7;
}

function cell(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

function lastOf(row: readonly number[]): number {
  return cell(row, row.length - 1);
}
