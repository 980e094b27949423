/** What a step definition says it matches, as in cucumber's `stepDefinition` message. */
export interface StepExpression {
  readonly source: string;
  readonly type: 'CUCUMBER_EXPRESSION' | 'REGULAR_EXPRESSION' | (string & {});
}

/** A parameter type of the project's own, as in cucumber's `parameterType` message. */
export interface ParameterPattern {
  readonly name: string;
  readonly regularExpressions: readonly string[];
}

/** One place of a phrase: a word in any of its forms, or a parameter (`anything`: of any text). */
export type ExpressionWord =
  | { readonly kind: 'word'; readonly forms: readonly string[] }
  | {
      readonly kind: 'parameter';
      readonly pattern: RegExp;
      readonly anything: boolean;
      /** As the expression has it, with what stands around its braces: `{string}`, `({int})`; empty of a regular expression. */
      readonly source: string;
    };

/** One word, quoted text or number of a step; `start` and `end` are its offsets in the step's text. */
export interface TextWord {
  readonly text: string;
  readonly literal: boolean;
  readonly start: number;
  readonly end: number;
}

const builtInParameters: Readonly<Record<string, string>> = {
  int: '-?\\d+',
  byte: '-?\\d+',
  short: '-?\\d+',
  long: '-?\\d+',
  biginteger: '-?\\d+',
  float: '-?\\d*\\.?\\d+',
  double: '-?\\d*\\.?\\d+',
  bigdecimal: '-?\\d*\\.?\\d+',
  word: '[^\\s]+',
  string: `"[^"]*"|'[^']*'`,
  '': '.*',
};

/** Patterns that say nothing about what they match. */
const takesAnyWord = new Set(['.*', '.+', '\\S+', '[^\\s]+']);

/** More optional parts than this in one expression, and the rest of them count as being there. */
const mostOptionalParts = 4;

/** The words of a step's text; quoted text stays in one piece. */
export function wordsOfText(text: string): TextWord[] {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"|'[^']*'|\S+/g)].map((found) => ({
    text: found[0],
    literal: /^["'].*["']$|^-?\d+([.,]\d+)?$/s.test(found[0]),
    start: found.index,
    end: found.index + found[0].length,
  }));
}

/**
 * The phrases that an expression can stand for (with and without its optional parts), word by word.
 * An expression that cannot be read gives what could be read of it; never throws.
 */
export function phrasesOf(
  expression: StepExpression,
  parameters: readonly ParameterPattern[] = [],
): ExpressionWord[][] {
  if (expression.type === 'REGULAR_EXPRESSION') return [wordsOfPattern(expression.source)];
  const patterns = new Map(parameters.map((type) => [type.name, type.regularExpressions.join('|')]));
  return withOptionalParts(hideEscapes(expression.source)).map((phrase) =>
    chunksOf(phrase).map((chunk) => wordOf(chunk, patterns)),
  );
}

/** `\(` and its like become letters that no grammar rule sees; {@link showEscapes} brings them back. */
function hideEscapes(source: string): string {
  return source.replace(/\\(.)/gs, (_, char: string) =>
    String.fromCharCode(0xe000 + (char.charCodeAt(0) % 0x1000)),
  );
}

function showEscapes(text: string): string {
  return text.replace(/[\ue000-\uefff]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xe000));
}

function withOptionalParts(phrase: string, depth = 0): string[] {
  const part = /\(([^()]*)\)/.exec(phrase);
  if (part === null) return [phrase];
  const before = phrase.slice(0, part.index);
  const after = phrase.slice(part.index + part[0].length);
  const present = withOptionalParts(`${before}${part[1] ?? ''}${after}`, depth + 1);
  return depth >= mostOptionalParts
    ? present
    : [...present, ...withOptionalParts(`${before}${after}`, depth + 1)];
}

function chunksOf(phrase: string): string[] {
  return phrase.match(/(?:\{[^}]*\}|[^\s{])+/g) ?? [];
}

function wordOf(chunk: string, patterns: ReadonlyMap<string, string>): ExpressionWord {
  if (!/\{[^}]*\}/.test(chunk)) return { kind: 'word', forms: chunk.split('/').map(showEscapes) };
  let anything = false;
  const source = chunk
    .split(/(\{[^}]*\})/)
    .map((piece) => {
      if (!piece.startsWith('{')) return escapePattern(showEscapes(piece));
      const pattern = patternOf(piece.slice(1, -1), patterns);
      anything ||= takesAnyWord.has(pattern);
      return `(?:${pattern})`;
    })
    .join('');
  return { kind: 'parameter', pattern: wholePattern(source), anything, source: showEscapes(chunk) };
}

function patternOf(name: string, patterns: ReadonlyMap<string, string>): string {
  return patterns.get(name) ?? builtInParameters[name] ?? '\\S+';
}

function wholePattern(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`);
  } catch {
    return /^\S+$/;
  }
}

/** A text as a part of a regular expression that matches just it. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** A regular expression's words; each group or class in it counts as a parameter. */
function wordsOfPattern(source: string): ExpressionWord[] {
  const body = source.replace(/^\/(.*)\/[a-z]*$/s, '$1').replace(/^\^|\$$/g, '');
  return (withoutGroups(body).match(/\S+/g) ?? []).map((word) =>
    word.includes(hole)
      ? { kind: 'parameter', pattern: /^.+$/s, anything: true, source: '' }
      : { kind: 'word', forms: [word.replace(/\\(.)/g, '$1')] },
  );
}

/** Stands for whatever a group matches; a letter of the private use area. */
const hole = '\uf8ff';

function withoutGroups(pattern: string): string {
  let text = pattern.replace(/\[(?:[^\]\\]|\\.)*\]|\\[dwsDWSbB]/g, hole);
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/\((?:[^()\\]|\\.)*\)/g, hole);
  }
  return text.replace(/\.?[*+?]|\{\d+,?\d*\}/g, hole);
}
