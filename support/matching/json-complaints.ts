/** What a reader of JSON stumbled over. */
export type Complaint =
  | { readonly kind: 'value' | 'rest' | 'text' | 'number' }
  | { readonly kind: 'name'; readonly start: number }
  | { readonly kind: 'unclosed'; readonly bracket: '{' | '['; readonly start: number }
  | { readonly kind: 'twice' | 'colon'; readonly name: string }
  | { readonly kind: 'escape'; readonly escape: string }
  | { readonly kind: 'depth'; readonly limit: number };

/** The complaint in a tester's words; `at` is the offset to point at. */
export interface Explanation {
  readonly reason: string;
  readonly advice: string;
  readonly at: number;
}

/** A mistake that people make often: how it looks at the point of trouble, what to say, what to do. */
interface KnownMistake {
  readonly pattern: RegExp;
  readonly reason: (found: string) => string;
  readonly advice: (found: string) => string;
}

const inQuotes = (found: string) => `put it in double quotes: "${found}"`;

const knownMistakes: readonly KnownMistake[] = [
  {
    pattern: /^'[^'\n]*'?/,
    reason: (found) => `${shorten(found)} is in single quotes`,
    advice: () => 'JSON knows only double quotes: write "..." in place of \'...\'',
  },
  {
    pattern: /^[\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb\u2039\u203a]/,
    reason: (found) => `${found} is a typographic quote`,
    advice: () => 'write straight double quotes ("); an editor or a chat program has changed them',
  },
  {
    pattern: /^##?(?:\[[^\]\n]*\]|\?[^,}\]\n]*|[^\s,}\]"]+(?: as \w+)?)/,
    reason: (found) => `the marker ${found.trim()} stands without quotes`,
    advice: (found) => inQuotes(found.trim()),
  },
  {
    pattern: /^\$\{[^}\n]*\}?/,
    reason: (found) => `the variable ${found} stands without quotes`,
    advice: (found) =>
      `${inQuotes(found)} (a text that is nothing but a variable keeps the type of its value)`,
  },
  {
    pattern: /^(?:\/\/|\/\*)/,
    reason: () => 'JSON has no comments',
    advice: () => 'remove the comment',
  },
  {
    pattern: /^(?:True|TRUE|False|FALSE|Null|NULL)\b/,
    reason: (found) => `${found} is not a word of JSON`,
    advice: (found) => `write ${found.toLowerCase()}`,
  },
  {
    pattern: /^(?:None|nil|undefined)\b/,
    reason: (found) => `${found} is not a word of JSON`,
    advice: () => 'write null, or leave the field out',
  },
  {
    pattern: /^[-+]?(?:NaN|Infinity)\b/,
    reason: (found) => `${found} is not a number of JSON`,
    advice: () => 'JSON cannot say it; put it in double quotes if the text is meant',
  },
  {
    pattern: /^[-+]?[.\d][\w.+-]*/,
    reason: (found) => `${found} is not a number of JSON`,
    advice: () =>
      'a number has no leading zero or plus, and digits on both sides of its point: 0.5, -12, 1e6',
  },
];

/** Turns a complaint at an offset of the text into a reason and an advice. */
export function explain(complaint: Complaint, text: string, at: number): Explanation {
  if (text.trim() === '') {
    return { reason: 'there is nothing', advice: 'give a JSON value, such as {} or []', at: 0 };
  }
  return trailingComma(complaint, text, at) ?? { ...byKind(complaint, text, at), at };
}

function trailingComma(complaint: Complaint, text: string, at: number): Explanation | undefined {
  if (complaint.kind !== 'value' && complaint.kind !== 'name') return undefined;
  const closing = text[at];
  const comma = /,\s*$/.exec(text.slice(Math.max(0, at - 1_000), at));
  if (comma === null || (closing !== '}' && closing !== ']')) return undefined;
  return {
    reason: `a comma stands before the closing ${closing}`,
    advice: 'remove the comma',
    at: at - comma[0].length,
  };
}

function byKind(complaint: Complaint, text: string, at: number): Omit<Explanation, 'at'> {
  switch (complaint.kind) {
    case 'value':
      return mistake(text, at) ?? noValue(text, at);
    case 'number':
      return mistake(text, at) ?? noValue(text, at);
    case 'name':
      return at >= text.length
        ? unclosed('{', complaint.start, text)
        : (nameMistake(text, at) ?? noName(text, at));
    case 'unclosed':
      return at >= text.length
        ? unclosed(complaint.bracket, complaint.start, text)
        : afterValue(complaint.bracket, text, at);
    case 'rest':
      return {
        reason: `${found(text, at)} comes after the end of the value`,
        advice: 'remove it, or put several values into an array: [ ..., ... ]',
      };
    case 'text':
      return {
        reason: 'the text that begins here is not closed on its line',
        advice: 'close it with a double quote; a line break within a text is written \\n',
      };
    case 'twice':
      return {
        reason: `the name "${shorten(complaint.name)}" is given twice`,
        advice: 'remove one of the two',
      };
    case 'colon':
      return {
        reason: `after the name "${shorten(complaint.name)}" comes ${found(text, at)}, not a colon`,
        advice: `write "${shorten(complaint.name)}": and the value`,
      };
    case 'escape':
      return {
        reason: `${complaint.escape} is not an escape of JSON`,
        advice: 'a backslash itself is written \\\\',
      };
    case 'depth':
      return {
        reason: `it is nested deeper than ${complaint.limit} levels`,
        advice: 'use a flatter example',
      };
  }
}

function mistake(text: string, at: number): Omit<Explanation, 'at'> | undefined {
  const rest = text.slice(at, at + 200);
  for (const { pattern, reason, advice } of knownMistakes) {
    const hit = pattern.exec(rest)?.[0];
    if (hit !== undefined) return { reason: reason(hit), advice: advice(hit) };
  }
  return undefined;
}

function nameMistake(text: string, at: number): Omit<Explanation, 'at'> | undefined {
  const bare = /^[\p{L}_$][\p{L}\p{N}_$-]*(?=\s*:)/u.exec(text.slice(at, at + 200))?.[0];
  if (bare === undefined) return mistake(text, at);
  return { reason: `the name ${bare} stands without quotes`, advice: `write "${bare}":` };
}

function noName(text: string, at: number): Omit<Explanation, 'at'> {
  return {
    reason: `${found(text, at)} stands where a name in double quotes is due`,
    advice: 'write "name": value',
  };
}

function noValue(text: string, at: number): Omit<Explanation, 'at'> {
  return {
    reason: `${found(text, at)} stands where a value is due`,
    advice: 'a value is a text in double quotes, a number, true, false, null, {...} or [...]',
  };
}

function unclosed(bracket: '{' | '[', start: number, text: string): Omit<Explanation, 'at'> {
  const line = text.slice(0, start).split(/\r\n|\r|\n/).length;
  const closing = bracket === '{' ? '}' : ']';
  return { reason: `the ${bracket} of line ${line} is not closed`, advice: `add the missing ${closing}` };
}

function afterValue(bracket: '{' | '[', text: string, at: number): Omit<Explanation, 'at'> {
  const closing = bracket === '{' ? '}' : ']';
  const reason = `${found(text, at)} stands where a comma or ${closing} is due`;
  const startsNext = /["{[\d-]/.test(text[at] ?? '');
  return { reason, advice: startsNext ? 'is a comma missing before it?' : `write , or ${closing}` };
}

/** What stands at the offset, in words that fit a sentence. */
function found(text: string, at: number): string {
  const word = /^(?:"[^"\n]*"?|[\p{L}\p{N}_.-]+|.)/u.exec(text.slice(at, at + 200))?.[0];
  if (word !== undefined) return shorten(word);
  return at >= text.length ? 'the end of the text' : 'a line break';
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
